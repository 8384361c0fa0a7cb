import AudioCore
import Speech
import Synchronization
import TestSupport
import Testing

@testable import OrioleCommand

/// The bench on a clock that is not real: what is put in comes out.
@Suite(.neverHangs) struct LatencyBenchTests {
    private static func bench(
        _ timing: SimulatedTiming, seed: UInt64 = 1, _ plan: LatencyBench.Plan
    ) -> LatencyBench {
        let clock = BenchClock.virtual(.now)
        let service = SimulatedService(timing, on: clock, seed: seed)
        return LatencyBench(
            plan: plan, service: .init(name: "test", hasWire: false) { _ in (service, service) }, clock: clock)
    }

    private static func plan(runs: Int = 4, _ kinds: [LatencyReport.Kind] = [.speech]) -> LatencyBench.Plan {
        var plan = LatencyBench.Plan()
        (plan.text, plan.runs, plan.kinds) = ("eight chars.", runs, kinds)
        return plan
    }

    private static func timing(_ text: String) throws -> SimulatedTiming { try #require(SimulatedTiming(text)) }

    private static func milliseconds(_ times: [Duration]) -> [Double] {
        times.map { ($0 / .milliseconds(1) * 1_000).rounded() / 1_000 }
    }

    @Test func `injected delays come back exactly`() async throws {
        let timing = try Self.timing("first=300ms,chunk=100ms,jitter=20ms,stall=5%:400ms,length=5s")
        for kind in LatencyReport.Kind.allCases {
            let results = try await Self.bench(timing, seed: 9, Self.plan(runs: 6, [kind])).results()
            var random = SharedRandom.Generator(9)
            let answers = (0..<6).map { _ in timing.arrivals(count: 50, &random) }
            let result = try #require(results.first)
            #expect(result.count == 6 && result.failures.isEmpty)
            #expect(result.firstChunkMs?.samples == Self.milliseconds(answers.map { $0[0] }).sorted())
            let gaps = answers.flatMap { answer in zip(answer, answer.dropFirst()).map { $1 - $0 } }
            let told = try #require(result.gapMs?.samples)
            #expect(zip(told, Self.milliseconds(gaps).sorted()).allSatisfy { abs($0 - $1) < 0.002 })
            #expect(told.count == 6 * 49 && (result.gapMs?.most ?? 0) > 400)
        }
    }

    @Test func `a steady stream needs no buffer, a slow one all that it lacks`() async throws {
        let steady = try await Self.bench(Self.timing("first=250ms,chunk=100ms,length=2s"), Self.plan()).results()[0]
        #expect(steady.bufferMs?.most == 0 && steady.firstSoundMs?.p50 == 250 && steady.gapMs?.p99 == 100)
        #expect(steady.realTimeFactor?.p50 == 1.075)
        // Ten pieces of 100 ms, each 150 ms after the last: the tenth is 450 ms late.
        let slow = try await Self.bench(
            Self.timing("first=100ms,chunk=100ms,every=150ms,length=1s"), Self.plan()
        ).results()[0]
        #expect(slow.bufferMs?.p50 == 450 && slow.firstAudibleMs?.p50 == 100 && slow.firstSoundMs?.p50 == 550)
    }

    /// Ten pieces of silence, each 250 ms after the last, and then sound.
    @Test func `nothing is heard before it is there`() throws {
        var trace = StreamTrace()
        let format = PCMFormat(rate: 24_000, channels: 1)
        for index in 0..<12 {
            let samples = [Int16](repeating: index < 10 ? 0 : 1_000, count: 2_400)
            let start = MediaTime(frames: index * 2_400, rate: 24_000)
            trace.add(PCMChunk(format: format, start: start, samples: samples), at: 0.1 + 0.25 * Double(index))
        }
        let (first, buffered) = (try #require(trace.firstSound(buffer: 0)), try #require(trace.firstSound(buffer: 2)))
        #expect(abs((trace.audible ?? 0) - 1) < 1e-9 && abs(first - 2.6) < 1e-9 && abs(buffered - 3.1) < 1e-9)
        #expect(abs(trace.neededBuffer - 1.65) < 1e-9)
    }

    @Test func `the same delays give the same report`() async throws {
        var plan = Self.plan()
        (plan.rates, plan.opusFrames) = ([16_000], [20])
        let timing = try Self.timing("first=300ms,chunk=100ms,jitter=20ms,length=1s")
        let first = try await Self.bench(timing, plan).results()[0]
        let second = try await Self.bench(timing, plan).results()[0]
        #expect(first.firstSoundMs == second.firstSoundMs && first.gapMs == second.gapMs)
    }

    @Test func `the buffer of a risk is the one that so many answers need more than`() throws {
        let distribution = try #require(Distribution((1...100).map(Double.init)))
        #expect(distribution.percentile(1) == 100 && distribution.percentile(0.99) == 99)
        #expect(distribution.percentile(0.95) == 95 && distribution.p50 == 50 && distribution.most == 100)
        #expect(Distribution([]) == nil)
        #expect(try #require(Distribution([7])).p99 == 7)
    }

    @Test func `pieces, frames and filters hold back what they must, and lose nothing`() {
        var trace = StreamTrace()
        for index in 0..<10 { trace.add(StreamTrace.Piece(arrival: 1 + Double(index) * 0.05, length: 0.05)) }
        // Pieces of 100 ms leave with every second one that comes.
        let pieces = PassingOn(chunk: 100).passed(trace, PassingCost())
        #expect(pieces.pieces.map(\.length).allSatisfy { abs($0 - 0.1) < 1e-9 } && pieces.pieces.count == 5)
        #expect(pieces.pieces.map(\.arrival) == [1.05, 1.15, 1.25, 1.35, 1.45])
        // Frames of 20 ms: 40 of the first 50 ms, less what the encoder looks ahead.
        let frames = PassingOn(opusFrame: 20).passed(trace, PassingCost(opusDelay: 0.0065))
        #expect(abs(frames.pieces[0].length - 0.0335) < 1e-9 && abs(frames.length - 0.5) < 1e-9)
        let filtered = PassingOn(rate: 16_000).passed(trace, PassingCost(resamplerDelay: 0.006))
        #expect(abs(filtered.pieces[0].length - 0.044) < 1e-9 && abs(filtered.length - 0.5) < 1e-9)
        // Work of 40 ms for each second takes 2 ms for each piece.
        let worked = PassingOn().passed(trace, PassingCost(work: 0.04))
        #expect(zip(worked.pieces, trace.pieces).allSatisfy { abs($0.arrival - $1.arrival - 0.002) < 1e-9 })
    }

    @Test func `every way of passing on is a result, and work costs what it costs`() async throws {
        var plan = Self.plan(runs: 1)
        (plan.concurrencies, plan.rates, plan.opusFrames, plan.chunks) = (
            [1, 3], [16_000, 24_000], [nil, 20], [nil, 50]
        )
        let results = try await Self.bench(Self.timing("length=1s"), plan).results()
        #expect(results.count == 16 && Set(results.map(\.setting)).count == 16)
        #expect(results.filter { $0.setting.concurrency == 3 }.allSatisfy { $0.count == 3 })
        for result in results {
            let names = result.stages.map(\.name)
            #expect(names.contains("resample") == (result.setting.rate == 16_000))
            #expect(names.contains("Opus") == (result.setting.opusFrame == 20))
            #expect(result.stages.allSatisfy { $0.microseconds > 0 })
        }
    }

    @Test func `what fails for many at once is told beside what is answered for one`() async throws {
        var plan = Self.plan(runs: 1)
        plan.concurrencies = [1, 3]
        let clock = BenchClock.virtual(.now)
        let service = SimulatedService(try Self.timing("length=1s"), on: clock, seed: 1)
        let asked = Atomic(0)
        let bench = LatencyBench(
            plan: plan,
            service: .init(name: "test", hasWire: false) { _ throws(CommandError) in
                guard asked.add(1, ordering: .relaxed).newValue == 1 else {
                    throw CommandError(.serviceFailed, "too many at once")
                }
                return (service, service)
            }, clock: clock)
        let results = try await bench.results()
        #expect(results.map(\.count) == [1, 0] && results[1].failures == ["too many at once": 3])
        #expect(Recommendation(results, target: nil)?.setting.concurrency == 1)
        // Where nobody is answered at all, that is an error.
        let error = await #expect(throws: CommandError.self) { try await bench.results() }
        #expect(error?.message == "too many at once")
    }

    @Test func `a simulation that is none is refused`() {
        for text in ["first", "first=-1ms", "first=61s", "chunk=0ms", "stall=101%", "stall=1", "other=1ms", ""] {
            #expect(SimulatedTiming(text) == nil, "\(text)")
        }
        #expect(SimulatedTiming("stall=2.5%:1.5s")?.stall == .milliseconds(1_500))
    }
}

/// What a report recommends, and what two of them say of each other.
@Suite struct LatencyReportTests {
    private static func result(
        _ setting: PassingOn, firstSound: Double, count: Int = 40, failed: Int = 0
    ) -> LatencyReport.Result {
        var traces: [StreamTrace] = []
        for index in 0..<count {
            var trace = StreamTrace()
            trace.keep(audible: 0)
            // Some milliseconds more or less, as it is with machines.
            trace.add(StreamTrace.Piece(arrival: firstSound / 1_000 + Double(index % 7) * 0.001, length: 1))
            traces.append(trace)
        }
        return LatencyReport.Result(.speech, setting, traces, failures: failed > 0 ? ["it broke": failed] : [:], .none)
    }

    @Test func `of what is quick enough the cheapest is recommended, else the quickest`() throws {
        let results = [
            Self.result(PassingOn(concurrency: 1, opusFrame: 10), firstSound: 300),
            Self.result(PassingOn(concurrency: 2, opusFrame: 20), firstSound: 350),
            Self.result(PassingOn(concurrency: 2, opusFrame: 60), firstSound: 380),
            Self.result(PassingOn(concurrency: 5, opusFrame: 60), firstSound: 500),
        ]
        let reached = try #require(Recommendation(results, target: 400))
        #expect(reached.isReached && reached.setting == PassingOn(concurrency: 2, opusFrame: 60))
        #expect(reached.firstSoundMs == 386 && reached.text.hasPrefix("recommended for 400 ms: speech, 2 at once"))
        let missed = try #require(Recommendation(results, target: 200))
        #expect(!missed.isReached && missed.setting == PassingOn(concurrency: 1, opusFrame: 10))
        #expect(missed.text.hasPrefix("nothing reaches 200 ms"))
        #expect(try #require(Recommendation(results, target: nil)).setting.concurrency == 1)
        #expect(Recommendation([], target: 1) == nil)
        // What fails more often than once in twenty is no advice, however quick the rest is.
        let failing = results + [Self.result(PassingOn(concurrency: 9), firstSound: 100, count: 20, failed: 80)]
        #expect(Recommendation(failing, target: 400)?.setting == reached.setting)
    }

    private static func report(_ results: [LatencyReport.Result]) -> LatencyReport {
        LatencyReport(
            version: 1, engine: "an engine", simulated: nil, isReal: true, machine: "m", characters: 9,
            results: results)
    }

    @Test func `noise is told from change`() {
        let setting = PassingOn()
        let before = Self.report([Self.result(setting, firstSound: 300)])
        #expect(Comparison(before, before).changes.allSatisfy { $0.verdict == .same })
        let near = Self.report([Self.result(setting, firstSound: 300.4)])
        #expect(Comparison(before, near).changes.allSatisfy { $0.verdict == .same })
        let later = Comparison(before, Self.report([Self.result(setting, firstSound: 330)]))
        #expect(later.changes.first { $0.figure == "first sound" }?.verdict == .worse)
        #expect(later.text.contains("worse: speech, 1 at once, 24000 Hz: first sound 303 ms → 333 ms (+9.9 %)"))
        let sooner = Comparison(before, Self.report([Self.result(setting, firstSound: 200)]))
        #expect(sooner.changes.first { $0.figure == "audible" }?.verdict == .better)
        // Five of each are enough for a great change.
        let five = Comparison(
            Self.report([Self.result(setting, firstSound: 300, count: 5)]),
            Self.report([Self.result(setting, firstSound: 3_000, count: 5)]))
        #expect(five.changes.first { $0.figure == "first sound" }?.verdict == .worse)
        let failing = Comparison(before, Self.report([Self.result(setting, firstSound: 300, failed: 40)]))
        #expect(failing.text.contains("worse: speech, 1 at once, 24000 Hz: failed answers 0 % → 50 %"))
        // Three answers each are too few to be sure of anything.
        let few = Comparison(
            Self.report([Self.result(setting, firstSound: 300, count: 3)]),
            Self.report([Self.result(setting, firstSound: 330, count: 3)]))
        #expect(few.changes.allSatisfy { $0.verdict == .same })
        let other = Comparison(before, Self.report([Self.result(PassingOn(rate: 16_000), firstSound: 300)]))
        #expect(other.missing.count == 2 && other.changes.isEmpty)
    }

    @Test func `ranks tell two groups apart`() {
        #expect(RankTest.probability([1, 2, 3], [1, 2, 3]) > 0.9)
        // Of 252 ways to choose five of ten, two are as far apart.
        let five = RankTest.probability([1, 2, 3, 4, 5], [6, 7, 8, 9, 10])
        #expect(abs(five - 2.0 / 252) < 1e-12)
        // All ways counted and the normal distribution agree where both are right.
        let counted = RankTest.probability((1...20).map(Double.init), (6...25).map { Double($0) + 0.5 })
        let normal = RankTest.probability((1...21).map(Double.init), (6...25).map { Double($0) + 0.5 })
        #expect(abs(counted - normal) < 0.02 && counted < 0.05)
        #expect(RankTest.probability((1...20).map(Double.init), (101...120).map(Double.init)) < 1e-6)
        #expect(RankTest.probability([5, 5, 5], [5, 5]) == 1)
        #expect(RankTest.probability([], [1]) == 1)
    }

    @Test func `the page needs nothing beside it, and says nothing but text`() {
        var report = Self.report([Self.result(PassingOn(opusFrame: 20), firstSound: 300)])
        report.recommendation = Recommendation(report.results, target: 400)
        let page = ReportPage(
            LatencyReport(
                version: 1, engine: "<script>alert(1)</script>", simulated: nil, isReal: true, machine: "m & n",
                characters: 9, results: report.results, recommendation: report.recommendation)
        ).html
        #expect(!page.contains("<script") && page.contains("&lt;script&gt;") && page.contains("m &amp; n"))
        #expect(
            !page.contains("http://") && !page.contains("https://") && !page.contains("src=") && !page.contains("url("))
        #expect(page.contains("prefers-color-scheme:dark") && page.contains("recommended for 400 ms"))
        #expect(page.ranges(of: "<svg ").count == 3 && page.ranges(of: "<figure>").count == 4)
        for tag in ["figure", "svg", "table", "ul", "main", "tr", "td", "li"] {
            let opened = page.ranges(of: "<\(tag)>").count + page.ranges(of: "<\(tag) ").count
            #expect(opened == page.ranges(of: "</\(tag)>").count, "\(tag) is not closed")
        }
    }
}
