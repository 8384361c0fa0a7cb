import Foundation
import Oriole
import Platform
import Synchronization
import TestSupport
import Testing

/// Calls that last: what they leave behind.
@Suite(.tags(.soak)) struct RealtimeSoakTests {
    /// Answers in half a second of sound, and hears the same in everything.
    private struct Answerer: SpeechSynthesizer, Transcriber, VoiceConversation {
        let speechLimits = EngineLimits(concurrentRequests: 8)
        let transcriptionLimits = EngineLimits(concurrentRequests: 8)

        func speak(_ request: SpeechRequest) throws(RemoteError) -> sending EngineStream<SpeechChunk> {
            EngineStream(Given([Self.chunk]))
        }

        func transcribe(_ clip: AudioClip, _ options: TranscriptionOptions) async throws(RemoteError) -> Transcript {
            Transcript(text: "something")
        }

        func transcribeAsItComes(
            _ clip: AudioClip, _ options: TranscriptionOptions
        ) async throws(RemoteError) -> sending EngineStream<String> { EngineStream(Given(["something"])) }

        func answer(_ request: VoiceRequest) async throws(RemoteError) -> sending EngineStream<VoiceEvent> {
            EngineStream(Given([.text("It is so."), .audio(Self.chunk)]))
        }

        static var chunk: SpeechChunk {
            SpeechChunk(
                audio: PCMChunk(
                    format: PCMFormat(rate: 24_000, channels: 1), start: MediaTime(frames: 0, rate: 24_000),
                    samples: [Int16](repeating: 500, count: 12_000)), index: 0, arrival: .now)
        }
    }

    private final class Given<Element: Sendable>: EngineSource {
        private var rest: ArraySlice<Element>

        init(_ elements: [Element]) { rest = elements[...] }

        func next() async throws(RemoteError) -> Element? { rest.popFirst() }
    }

    /// What this process holds.
    private struct Holdings {
        let kilobytes: Int
        let descriptors: Int

        init() throws {
            let status = String(decoding: try contents(of: "/proc/self/status"), as: UTF8.self)
            kilobytes = status.firstMatch(of: /VmRSS:\s+(\d+) kB/).flatMap { Int($0.1) } ?? 0
            descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
        }
    }

    /// One turn of a call, and its answer.
    private static func talk(over call: RealtimeCall, _ pace: RealtimePace) async throws {
        let voice = Array(Signals.voice(seconds: 6)[40_000...])
        let sound = PCMChunk(
            format: PCMFormat(rate: 16_000, channels: 1), start: MediaTime(frames: 0, rate: 16_000), samples: voice)
        try await call.say(.samples(sound), at: pace)
        var (text, samples) = ("", 0)
        for try await piece in call.answer() {
            switch piece {
            case .text(let new): text += new
            case .audio(let chunk): samples += chunk.audio.samples.count
            case .heard, .called: break
            }
        }
        #expect(text == "It is so." && samples == 12_000)
    }

    /// Turn after turn, for so long; three at least.
    private static func talk(with client: GLMClient, for length: Duration, _ turns: Counter) async throws {
        let end = ContinuousClock.now + length
        let pace = length > .zero ? RealtimePace.spoken : .fast
        var count = 0
        var call = try await client.call()
        while count < 3 || ContinuousClock.now < end {
            // Now and then a call ends, and another begins.
            if count.isMultiple(of: 20), count > 0 {
                await call.close()
                call = try await client.call()
            }
            try await talk(over: call, pace)
            count += 1
            turns.count.add(1, ordering: .relaxed)
        }
        await call.close()
    }

    private final class Counter: Sendable {
        let count = Atomic(0)
    }

    private static func talk(with client: GLMClient, callers: Int, for length: Duration, _ turns: Counter) async throws
    {
        try await withThrowingTaskGroup { group in
            for _ in 0..<callers { group.addTask { try await talk(with: client, for: length, turns) } }
            try await group.waitForAll()
        }
    }

    @Test(.timeLimit(.minutes(60))) func `half an hour of calls leaves neither memory nor descriptors behind`()
        async throws
    {
        let engine = Answerer()
        var settings = ServerSettings()
        settings.port = 0
        let server = try SpeechServer(ServerEngines(speech: engine, hearing: engine, conversation: engine), settings)
        let client = try GLMClient(
            GLMSettings(baseURL: server.address + "/api/paas/v4", credential: .key("a-key-of-some-length")))
        let turns = Counter()
        // What is made once is made in the first minutes.
        try await Self.talk(with: client, callers: 4, for: isSoaking ? .seconds(180) : .zero, turns)
        let before = try Holdings()
        try await Self.talk(with: client, callers: 4, for: isSoaking ? .seconds(1_620) : .zero, turns)
        let after = try Holdings()
        print(
            "calls: \(turns.count.load(ordering: .relaxed)) turns, \(before.kilobytes) kB and \(before.descriptors)",
            "descriptors, then \(after.kilobytes) kB and \(after.descriptors)")
        if isSoaking {
            #expect(after.kilobytes <= before.kilobytes + 2_048)
            #expect(after.descriptors <= before.descriptors)
        }
        await server.stop(within: .zero)
    }
}
