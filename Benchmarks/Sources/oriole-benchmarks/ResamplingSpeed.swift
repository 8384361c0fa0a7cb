import AudioCore
import CPeers
import Foundation

/// How fast resampling is beside soxr HQ and libsamplerate BEST, and how late.
enum ResamplingSpeed {
    struct Pair {
        let from: Int
        let to: Int
        let goal: Double
        var name: String { "\(Double(from) / 1_000)→\(Double(to) / 1_000) kHz" }
    }

    static let pairs = [
        Pair(from: 24_000, to: 16_000, goal: 3), Pair(from: 16_000, to: 24_000, goal: 3),
        Pair(from: 48_000, to: 16_000, goal: 2), Pair(from: 24_000, to: 44_100, goal: 1.9),
        Pair(from: 44_100, to: 16_000, goal: 1.9), Pair(from: 24_000, to: 48_000, goal: 1.6),
    ]

    static func measure() throws -> [Measurement] {
        var all: [Measurement] = []
        for pair in pairs {
            all += race(pair, block: 0, withBest: true, name: "resampling \(pair.name), 10 s at once")
            all += race(pair, block: pair.from / 10, name: "resampling \(pair.name), 100 ms blocks")
        }
        return all + [peakShare()] + delays() + [setUp()]
    }

    /// Whole files on the plain kernels.
    static func measurePlain() -> [Measurement] {
        pairs.flatMap { race($0, block: 0, name: "resampling \($0.name), 10 s at once, without AVX") }
    }

    /// All ordered pairs of the rates that have filters of ours.
    static func measureAllPairs() -> [Measurement] {
        let rates = [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]
        return rates.flatMap { from in
            rates.filter { $0 != from }.flatMap { to -> [Measurement] in
                let pair = Pair(from: from, to: to, goal: 1)
                return race(pair, block: 0, name: "resampling \(pair.name), 10 s at once")
            }
        }
    }

    private static func race(_ pair: Pair, block: Int, withBest: Bool = false, name: String) -> [Measurement] {
        let input = noise(10 * pair.from)
        let room = input.count * pair.to / pair.from + 65_536
        let target = UnsafeMutablePointer<Float>.allocate(capacity: room)
        defer { unsafe target.deallocate() }
        var output: [Float] = []
        output.reserveCapacity(room)
        let (from, to) = (Double(pair.from), Double(pair.to))
        var others: [(name: String, work: () -> Void)] = [
            ("soxr HQ", { unsafe consume(peer_soxr(from, to, input, input.count, block, target, room)) })
        ]
        if withBest {
            others.append(
                ("libsamplerate BEST", { unsafe consume(peer_samplerate(from, to, input, input.count, target, room)) }))
        }
        let race = Race(
            rounds: withBest ? 5 : 9,
            ours: {
                output.removeAll(keepingCapacity: true)
                resample(input, pair.from, pair.to, .throughput, block: block, into: &output)
            }, others: others)
        let goals = ["soxr HQ": pair.goal, "libsamplerate BEST": 250]
        return others.map { peer in
            Measurement(
                name: "\(name), beside \(peer.name)", value: race.ratios[peer.name] ?? 0, unit: "× \(peer.name)",
                goal: .atLeast(goals[peer.name] ?? 1), spread: race.spread, peers: race.milliseconds)
        }
    }

    static func resample(
        _ input: [Float], _ from: Int, _ to: Int, _ mode: Resampler.Mode, block: Int, into output: inout [Float]
    ) {
        mustWork {
            var resampler = try Resampler(from: from, to: to, channels: 1, mode: mode)
            let length = block == 0 ? input.count : block
            var start = 0
            while start < input.count {
                let end = min(start + length, input.count)
                try resampler.convert(input.span.extracting(start..<end), appendingTo: &output)
                start = end
            }
            try resampler.finish(appendingTo: &output)
        }
    }

    /// The low-latency filter's multiply-adds as a share of what the core can do.
    static func peakShare() -> Measurement {
        // Two seconds stay in the nearer caches: this is a figure of the kernel, not of the memory.
        let input = noise(2 * 24_000)
        let repeats = 10
        var output: [Float] = []
        output.reserveCapacity(input.count)
        var possible = 0.0
        let race = Race(
            rounds: 31,
            ours: {
                for _ in 0..<repeats {
                    output.removeAll(keepingCapacity: true)
                    resample(input, 24_000, 16_000, .lowLatency, block: 0, into: &output)
                }
            }, others: [("peak", { possible = peer_multiply_adds() })])
        // The outputs of a group all look at the taps of one and the steps between the first and the last.
        let lanes = peer_has_avx512() != 0 ? 32 : 16
        let perOutput = Double(220 + (lanes - 1) * 3 / 2)
        let done = Double(output.count * repeats) * perOutput
        return Measurement(
            name: "low-latency kernel, 24→16 kHz", value: 100 * done / possible * (race.ratios["peak"] ?? 0),
            unit: "% of FMA peak",
            goal: .atLeast(90), spread: race.spread)
    }

    /// How much sound is held back after pushes of 20 ms, at most.
    private static func delays() -> [Measurement] {
        [(24_000, 16_000, 6.1), (48_000, 16_000, 6.1), (24_000, 48_000, 4.2), (24_000, 44_100, 4.2)].map {
            from, to, goal in
            let input = noise(2 * from)
            var output: [Float] = []
            var held: [Double] = []
            mustWork {
                var resampler = try Resampler(from: from, to: to, channels: 1, mode: .lowLatency)
                for start in stride(from: 0, to: input.count, by: from / 50) {
                    try resampler.convert(input.span.extracting(start..<start + from / 50), appendingTo: &output)
                    held.append((Double(start + from / 50) / Double(from) - Double(output.count) / Double(to)) * 1_000)
                }
            }
            let spread = (held.max() ?? 0) - (held.min() ?? 0)
            return Measurement(
                name: "low-latency delay, \(from / 1_000)→\(Double(to) / 1_000) kHz", value: held.max() ?? 0,
                unit: "ms",
                goal: .atMost(goal), peers: ["spread of ours": spread])
        }
    }

    private static func setUp() -> Measurement {
        let race = Race(
            ours: {
                for _ in 0..<200 {
                    consume((try? Resampler(from: 24_000, to: 16_000, channels: 1)) == nil)
                }
            }, others: [("soxr HQ", { for _ in 0..<200 { peer_soxr_setup(24_000, 16_000) } })])
        let microseconds = race.seconds / 200 * 1e6
        return Measurement(
            name: "setting up a resampler, filter cached", value: microseconds, unit: "µs", goal: .atMost(20),
            spread: race.spread,
            peers: ["soxr HQ": microseconds * (race.ratios["soxr HQ"] ?? 0)])
    }
}

/// White noise that is the same every time.
func noise(_ count: Int) -> [Float] {
    var state: UInt64 = 1
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Float(Int32(truncatingIfNeeded: state >> 32)) / 4_294_967_296
    }
}
