internal import Foundation
internal import Oriole
internal import Synchronization

/// The lines of “Subtitles” that are about time, memory and money: a long recording, heard by an engine that takes as long as
/// services do.
enum CaptionSpeed {
    /// How much of the account's quota is used while an hour is heard.
    static func quota() async throws -> [Measurement] {
        let voice = try await Voice.spoken()
        let engine = TimedEngine(concurrency: 5, services: (0..<4_096).map { seconds(of: $0) })
        let clock = ContinuousClock()
        let began = clock.now
        _ = try await heard(by: engine, voice, hours: 1)
        let took = (clock.now - began) / .seconds(1)
        let ideal = engine.spent / 5
        return [
            Measurement(
                name: "an hour heard by five at once, of the least time that this can take", value: ideal / took * 100,
                unit: "%", goal: .atLeast(97), peers: ["seconds": took, "ideal": ideal, "clips": Double(engine.count)])
        ]
    }

    /// Service times as an engine has them: most near two seconds, some twice as long and more.
    static func seconds(of clip: Int) -> Double {
        var random = UInt64(clip) &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678
        random = (random ^ (random >> 30)) &* 0xBF58_476D_1CE4_E5B9
        random ^= random >> 27
        let uniform = Double(random >> 11) / Double(1 << 53)
        return 1.2 - log(1 - uniform * 0.98)
    }

    /// Ten hours: what stays in memory, when the first cue is there, and what an hour costs at any length.
    static func lengths() throws -> [Measurement] {
        let parts = try [1.0 / 6, 1, 10].map { try part($0) }
        let perHour = parts.map { $0["cpu", default: .nan] / $0["hours", default: .nan] }
        let last = parts[2]
        return [
            Measurement(
                name: "ten hours of subtitles, memory", value: last["memory", default: .nan], unit: "MiB",
                goal: .atMost(80), peers: ["ten minutes": parts[0]["memory", default: .nan]]),
            Measurement(
                name: "ten hours of subtitles, read before the first cue", value: last["first", default: .nan],
                unit: "% of the file", goal: .atMost(1)),
            Measurement(
                name: "CPU for an hour of subtitles, at ten hours beside ten minutes", value: perHour[2] / perHour[0],
                unit: "× ten minutes", goal: .atMost(1.1),
                peers: ["s an hour at 10 min": perHour[0], "at 1 h": perHour[1], "at 10 h": perHour[2]]),
        ]
    }

    private static func part(_ hours: Double) throws -> [String: Double] { try part(["captions", "\(hours)"]) }

    /// Does a part of the work in a process of its own, since memory is counted by processes.
    static func part(_ words: [String]) throws -> [String: Double] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["--part"] + words
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return try JSONDecoder().decode([String: Double].self, from: data)
    }

    /// What ``part(_:)`` runs: prints its figures as JSON.
    static func runPart(hours: Double) async throws {
        let voice = try await Voice.spoken()
        let before = processorSeconds()
        let first = try await heard(by: TimedEngine(concurrency: 5, services: [0]), voice, hours: hours)
        let figures = [
            "hours": hours, "cpu": processorSeconds() - before, "memory": peakMebibytes(), "first": first * 100,
        ]
        FileHandle.standardOutput.write(try JSONEncoder().encode(figures))
    }

    /// Makes the captions of some hours of a voice, and returns which share was read when the first cue was there.
    private static func heard(by engine: TimedEngine, _ voice: Voice, hours: Double) async throws -> Double {
        let reader = LoopedVoice(voice, seconds: hours * 3_600)
        var share: Double?
        for try await _ in Captioner(engine).cues(of: { () async throws(AudioError) in reader.copy() }) {
            share = share ?? reader.share
        }
        return share ?? 1
    }

    static func processorSeconds() -> Double {
        Double(clock()) / Double(CLOCKS_PER_SEC)
    }

    static func peakMebibytes() -> Double {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
        return (line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? .nan) / 1_024
    }
}

/// An engine that says a few words of each clip after a while, and counts how long it took.
final class TimedEngine: Transcriber {
    let transcriptionLimits: EngineLimits
    private let services: [Double]
    private let gate: RequestGate
    private let state = Mutex((count: 0, spent: 0.0))

    init(concurrency: Int, services: [Double]) {
        transcriptionLimits = EngineLimits(concurrentRequests: concurrency, clipDuration: .seconds(30))
        self.services = services
        gate = RequestGate(limit: concurrency)
    }

    var count: Int { state.withLock { $0.count } }
    var spent: Double { state.withLock { $0.spent } }

    func transcribe(_ clip: AudioClip, _ options: TranscriptionOptions) async throws(RemoteError) -> Transcript {
        guard case .samples(let sound) = clip else { throw RemoteError(.unsupported, "samples only") }
        let pass = try await gate.enter()
        defer { pass.leave() }
        let seconds = state.withLock { state in
            defer { state.count += 1 }
            let seconds = services[state.count % services.count]
            state.spent += seconds
            return seconds
        }
        try? await Task.sleep(for: .seconds(seconds))
        let words = (0..<max(1, sound.frameCount / 8_000)).map { index in
            Transcript.Span(
                text: "word\(index % 7)", start: .milliseconds(index * 500), end: .milliseconds(index * 500 + 400))
        }
        return Transcript(text: words.map(\.text).joined(separator: " "), language: "en", words: words)
    }

    func transcribeAsItComes(
        _ clip: AudioClip, _ options: TranscriptionOptions
    ) async throws(RemoteError) -> sending EngineStream<String> { throw RemoteError(.unsupported, "whole clips only") }
}

/// Half a minute that a machine speaks, with pauses.
struct Voice: Sendable {
    let samples: [Float]
    let rate: Int

    static func spoken() async throws -> Voice {
        let text = """
            The lamp in the hall had burned all night. Nobody knew who had lit it, and nobody asked. In the morning, when \
            the first train came through, a woman with two bags stepped down and looked around. She had been away for \
            eleven years. The station had not changed, except for the clock, which was now right. She set down her bags, \
            counted her money, and walked towards the river.
            """
        var samples: [Float] = []
        var rate = 24_000
        for try await chunk in try OfflineEngine().speak(SpeechRequest(text)) {
            let sound = chunk.audio.floats()
            samples += sound.samples
            rate = sound.format.rate
        }
        return Voice(samples: samples + [Float](repeating: 0, count: rate * 2), rate: rate)
    }
}

/// The same voice again and again, as long as is wanted.
final class LoopedVoice: Sendable {
    private let voice: Voice
    private let count: Int
    private let read = Atomic(0)

    init(_ voice: Voice, seconds: Double) {
        self.voice = voice
        count = Int(seconds * Double(voice.rate))
    }

    /// How much of it was read.
    var share: Double { Double(read.load(ordering: .relaxed)) / Double(count) }

    func copy() -> Source { Source(loop: self) }

    /// Where one reader is.
    struct Source: PCMSource {
        fileprivate let loop: LoopedVoice
        private var place = 0

        fileprivate init(loop: LoopedVoice) { self.loop = loop }

        var format: PCMFormat { PCMFormat(rate: loop.voice.rate, channels: 1) }

        mutating func next() async throws(AudioError) -> PCMChunk<Float>? {
            let samples = loop.voice.samples
            let inside = place % samples.count
            let last = min(inside + 16_384, samples.count, inside + loop.count - place)
            guard last > inside else { return nil }
            defer {
                place += last - inside
                loop.read.store(place, ordering: .relaxed)
            }
            return PCMChunk(
                format: format, start: MediaTime(frames: place, rate: loop.voice.rate),
                samples: Array(samples[inside..<last]))
        }
    }
}
