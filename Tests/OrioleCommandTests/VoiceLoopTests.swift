import AudioCore
import Foundation
import Oriole
import Platform
import Synchronization
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Conversations with a microphone and a loudspeaker, which are programs of the test's here.
@Suite(.tags(.program), .neverHangs) struct VoiceLoopTests {
    /// Answers each turn with as much sound as it is told, and numbers the answers.
    private final class Answerer: SpeechSynthesizer, Transcriber, VoiceConversation {
        let speechLimits = EngineLimits(concurrentRequests: 8)
        let transcriptionLimits = EngineLimits(concurrentRequests: 8)
        let asked = Mutex<[VoiceRequest]>([])
        /// The answer that never ends.
        let endless: Int?

        init(endless: Int? = nil) { self.endless = endless }

        func speak(_ request: SpeechRequest) throws(RemoteError) -> sending EngineStream<SpeechChunk> {
            throw RemoteError(.unsupported, "it only answers")
        }

        func transcribe(_ clip: AudioClip, _ options: TranscriptionOptions) async throws(RemoteError) -> Transcript {
            throw RemoteError(.unsupported, "it only answers")
        }

        func transcribeAsItComes(
            _ clip: AudioClip, _ options: TranscriptionOptions
        ) async throws(RemoteError) -> sending EngineStream<String> {
            throw RemoteError(.unsupported, "it only answers")
        }

        func answer(_ request: VoiceRequest) async throws(RemoteError) -> sending EngineStream<VoiceEvent> {
            let number = asked.withLock { asked in
                asked.append(request)
                return asked.count
            }
            return EngineStream(Sound(number, pieces: number == endless ? .max : 5))
        }
    }

    /// A text with the number, and pieces of a tenth of a second whose samples are the number.
    private final class Sound: EngineSource {
        private let number: Int
        private let pieces: Int
        private var index = -1

        init(_ number: Int, pieces: Int) { (self.number, self.pieces) = (number, pieces) }

        func next() async throws(RemoteError) -> VoiceEvent? {
            defer { index += 1 }
            guard index >= 0 else { return .text("answer \(number)") }
            guard index < pieces, !Task.isCancelled else { return nil }
            let samples = [Int16](repeating: Int16(number), count: 2_400)
            return .audio(
                SpeechChunk(
                    audio: PCMChunk(
                        format: PCMFormat(rate: 24_000, channels: 1),
                        start: MediaTime(frames: index * 2_400, rate: 24_000), samples: samples), index: index,
                    arrival: .now))
        }
    }

    /// A folder with a microphone that speaks twice, the second time once something is played, and a loudspeaker that keeps what it
    /// gets.
    private static func folder() throws -> ScratchFolder {
        let folder = ScratchFolder()
        let voice = Signals.voice(seconds: 25)
        var bytes: [UInt8] = []
        PCMEncoder(.signed16).encode(voice.span, appendingTo: &bytes)
        try write(Array(bytes[..<320_000]), to: folder.file("one.raw"))
        try write(Array(bytes[320_000...]), to: folder.file("two.raw"))
        try FileManager.default.createDirectory(atPath: folder.file("bin"), withIntermediateDirectories: false)
        let programs = [
            "arecord": "cat \"$HOME/one.raw\"; cat \"$HOME/go\" > /dev/null; cat \"$HOME/two.raw\"",
            // The first that plays lets the microphone go on.
            "aplay": """
            head -c 2 >> "$HOME/played"
            if mkdir "$HOME/first" 2> /dev/null; then echo > "$HOME/go"; fi
            cat >> "$HOME/played"
            """,
        ]
        let status = unsafe mkfifo(folder.file("go"), 0o600)
        #expect(status == 0)
        for (name, script) in programs {
            try write(Array("#!/bin/sh\n\(script)\n".utf8), to: folder.file("bin/\(name)"))
            try FileManager.default.setAttributes(
                [.posixPermissions: 0o755], ofItemAtPath: folder.file("bin/\(name)"))
        }
        return folder
    }

    private static func converse(
        with engine: Answerer, in folder: borrowing ScratchFolder, _ words: [String] = [], input: String? = nil
    ) async throws -> BuiltCommand.Run {
        var settings = ServerSettings()
        settings.port = 0
        let server = try SpeechServer(ServerEngines(speech: engine, hearing: engine, conversation: engine), settings)
        let run = try await BuiltCommand.run(
            ["voice", "--loop"] + words, in: folder,
            environment: [
                "ORIOLE_BASE_URL": server.address + "/api/paas/v4", "ORIOLE_API_KEY": "a-key-of-some-length",
                "ORIOLE_ENGINE": "glm", "PATH": folder.file("bin") + ":/usr/bin:/bin",
            ], input: input)
        await server.stop(within: .zero)
        return run
    }

    /// How many samples of each answer were played, in order.
    private static func played(in folder: borrowing ScratchFolder) throws -> [[Int]] {
        let bytes = try contents(of: folder.file("played"))
        var runs: [[Int]] = []
        for place in stride(from: 0, to: bytes.count - 1, by: 2) {
            let sample = Int(bytes[place]) | Int(bytes[place + 1]) << 8
            if runs.last?[0] == sample { runs[runs.count - 1][1] += 1 } else { runs.append([sample, 1]) }
        }
        return runs
    }

    @Test(.needsOptimization) func `turns are heard by voice, answered aloud, and kept`() async throws {
        let folder = try Self.folder()
        let engine = Answerer()
        let run = try await Self.converse(with: engine, in: folder, ["--session", "chat.json"])
        #expect(run.status == 0 && run.errors.hasPrefix("speak; Ctrl-C ends\n"), "\(run.errors)")
        let asked = engine.asked.withLock { $0 }
        #expect(asked.count == 2 && asked[1].turns.count >= 2)
        #expect(run.text.contains("answer 2\n"))
        // The last answer is played to its end; the one before may have been spoken into.
        #expect(try Self.played(in: folder).last == [2, 12_000])
        let session = String(decoding: try contents(of: folder.file("chat.json")), as: UTF8.self)
        #expect(session.contains("answer 2") && session.contains("\"role\":\"user\""))
    }

    @Test(.needsOptimization) func `speech into an answer ends it at once`() async throws {
        let folder = try Self.folder()
        let engine = Answerer(endless: 1)
        let run = try await Self.converse(with: engine, in: folder)
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.text.hasPrefix("answer 1") && run.text.hasSuffix("answer 2\n"))
        let played = try Self.played(in: folder)
        #expect(played.map { $0[0] } == [1, 2] && played.last == [2, 12_000])
    }

    @Test func `a key begins and ends a turn`() async throws {
        let folder = try Self.folder()
        // The microphone goes on for ever, and the key is pressed once it has spoken.
        let script = "cat \"$HOME/one.raw\"; echo > \"$HOME/keys\"; exec cat /dev/zero"
        try write(Array("#!/bin/sh\n\(script)\n".utf8), to: folder.file("bin/arecord"))
        try write(Array("#!/bin/sh\ncat >> \"$HOME/played\"\n".utf8), to: folder.file("bin/aplay"))
        let status = unsafe mkfifo(folder.file("keys"), 0o600)
        #expect(status == 0)
        let (keys, played) = (folder.file("keys"), folder.file("played"))
        let pressing = Beside {
            let key = FileHandle(forWritingAtPath: keys)
            try key?.write(contentsOf: Data("\n".utf8))
            try waitUntil { (try? contents(of: played))?.isEmpty == false }
            try key?.close()
        }
        let engine = Answerer()
        let run = try await Self.converse(with: engine, in: folder, ["--push-to-talk"], input: "keys")
        try await pressing.value
        #expect(run.status == 0 && run.errors == "Enter begins a turn, Enter ends it; Ctrl-C ends\nlistening\n")
        #expect(engine.asked.withLock { $0.count } == 1 && run.text == "answer 1\n")
        #expect(try Self.played(in: folder) == [[1, 12_000]])
    }

    @Test(.needsOptimization) func `a failure that will not go away ends the conversation, and is told`() async throws {
        let folder = try Self.folder()
        // The microphone goes on for ever.
        try write(
            Array("#!/bin/sh\ncat \"$HOME/one.raw\"\nexec cat /dev/zero\n".utf8), to: folder.file("bin/arecord"))
        let server = try ScriptedServer([
            .request, .send("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"), .close,
        ])
        let run = try await BuiltCommand.run(
            ["voice", "--loop"], in: folder,
            environment: [
                "ORIOLE_BASE_URL": server.url, "ORIOLE_API_KEY": "a-key-of-some-length", "ORIOLE_ENGINE": "glm",
                "PATH": folder.file("bin") + ":/usr/bin:/bin",
            ])
        #expect(run.status == 4 && run.errors.contains("hint: "), "\(run.errors)")
    }

    @Test func `what is missing is told`() async throws {
        let folder = ScratchFolder()
        let run = try await BuiltCommand.run(
            ["voice", "--loop"], in: folder, environment: ["ORIOLE_ENGINE": "offline", "PATH": folder.file("")])
        #expect(run.status == 6 && run.errors.contains("arecord or rec") && run.errors.contains("apt install"))
        for words in [
            ["--loop", "-o", "a.wav"], ["--loop", "--text", "a"], ["--push-to-talk", "--text", "a", "-o", "a.wav"],
        ] {
            #expect(try await BuiltCommand.run(["voice"] + words, in: folder).status == 2)
        }
    }
}
