import AudioCore
import Foundation
import HTTPTransport
import Speech
import TestSupport
import Testing

@testable import GLMSpeech

@Suite(.neverHangs)
struct TranscriptionTests {
    private static let text = "你好，这是测试。"
    /// Made anew each time: the leak sanitizer does not see into a static one.
    private static var clip: AudioClip {
        let sine = Signals.sine(440, rate: 48_000, frames: 48_000)
        return .samples(
            PCMChunk(
                format: PCMFormat(rate: 48_000, channels: 2), start: MediaTime(frames: 0, rate: 48_000),
                samples: sine.flatMap { [$0, $0] }))
    }

    /// The values of a form's fields, in order; a file's is empty.
    private static func fields(_ request: ScriptedServer.Request) -> [(name: String, value: String)] {
        String(decoding: request.body, as: UTF8.self).split(separator: "form-data; name=\"").dropFirst().map { part in
            let name = String(part.prefix { $0 != "\"" })
            let value = part.split(separator: "\r\n\r\n", maxSplits: 1).last?.split(separator: "\r\n--").first
            return (name, name == "file" ? "" : String(value ?? ""))
        }
    }

    @Test func `a clip is sent as 16 kHz WAVE behind its fields`() async throws {
        let server = try ScriptedServer([.request, Wire.answer(#"{"id":"1","text":"\#(Self.text)"}"#), .close])
        let options = TranscriptionOptions(
            prompt: "上一段", hotwords: ["智谱", "清言"], requestID: "req-0001", userID: "user-01")
        let transcript = try await GLMClient(Wire.settings(server)).transcribe(Self.clip, options)
        #expect(transcript == Transcript(text: Self.text))
        let seen = try #require(server.requests.first)
        #expect(seen.head.hasPrefix("POST /api/paas/v4/audio/transcriptions"))
        let fields = Self.fields(seen)
        #expect(
            fields.map(\.name) == [
                "model", "stream", "prompt", "hotwords", "hotwords", "request_id", "user_id", "file",
            ])
        #expect(fields.dropLast().map(\.value) == ["glm-asr-2512", "false", "上一段", "智谱", "清言", "req-0001", "user-01"])
        let start = try #require(seen.body.firstRange(of: Array("RIFF".utf8))).lowerBound
        var reader = WAVReader()
        var samples: [Float] = []
        let file = Array(seen.body[start...])
        try reader.read(file.span, appendingTo: &samples)
        #expect(reader.format == PCMFormat(rate: 16_000, channels: 1) && reader.expectedFrameCount == 16_000)
    }

    @Test(
        arguments: zip(
            GLMSettings.HotwordSpelling.allCases,
            [
                [("hotwords", "a"), ("hotwords", "b")], [("hotwords[]", "a"), ("hotwords[]", "b")],
                [("hotwords", #"["a","b"]"#)], [("hotwords", "a,b")],
            ]))
    func `hot words are spelled as the setting says`(
        spelling: GLMSettings.HotwordSpelling, expected: [(String, String)]
    ) async throws {
        let server = try ScriptedServer([.request, Wire.answer(#"{"text":"x"}"#), .close])
        var settings = Wire.settings(server)
        settings.hotwordSpelling = spelling
        _ = try await GLMClient(settings).transcribe(Self.clip, TranscriptionOptions(hotwords: ["a", "b"]))
        let fields = Self.fields(try #require(server.requests.first)).filter { $0.name.hasPrefix("hotwords") }
        #expect(fields.map(\.name) == expected.map(\.0) && fields.map(\.value) == expected.map(\.1))
    }

    static let answers: [(name: String, body: String, transcript: Transcript)] = [
        (
            "with segments and a line end",
            #"{"text":"\n你好，这是","segments":[{"id":0,"start":0.5,"end":1.92,"text":"你好，"},{"start":1.92,"end":3,"text":"这是"}]}"#,
            Transcript(
                text: "你好，这是",
                segments: [
                    .init(text: "你好，", start: .seconds(0.5), end: .seconds(1.92)),
                    .init(text: "这是", start: .seconds(1.92), end: .seconds(3)),
                ])
        ),
        (
            "like a chat",
            #"{"choices":[{"index":0,"message":{"role":"assistant","content":"你好"},"finish_reason":"stop"}]}"#,
            Transcript(text: "你好")
        ),
        (
            "verbose", #"{"text":"hi","language":"en","words":[{"word":"hi","start":0,"end":0.25}],"segments":[]}"#,
            Transcript(text: "hi", language: "en", words: [.init(text: "hi", start: .zero, end: .seconds(0.25))])
        ),
        (
            "with a code that is that of success", #"{"code":200,"message":"success","text":"hi"}"#,
            Transcript(text: "hi")
        ),
        (
            "with an unknown language and odd parts",
            #"{"text":"","language":"auto","segments":[{"id":1},{"text":"a","start":0,"end":1e30}],"usage":{"type":"duration"}}"#,
            Transcript(text: "")
        ),
    ]

    @Test(arguments: answers.indices)
    func `every shape of an answer is read`(index: Int) async throws {
        let server = try ScriptedServer([.request, Wire.answer(Self.answers[index].body), .close])
        let transcript = try await GLMClient(Wire.settings(server)).transcribe(Self.clip)
        #expect(transcript == Self.answers[index].transcript, "\(Self.answers[index].name)")
    }

    private static func delta(_ text: String) -> String {
        #"{"id":"1","created":1,"model":"glm-asr-2512","delta":"\#(text)","type":"transcript.text.delta"}"#
    }

    private static func done(_ rest: String) -> String { #"{"id":"1","type":"transcript.text.done"\#(rest)}"# }

    static let streams: [[String]] = [
        [delta("你好"), delta("，这是"), delta("测试。"), done(""), "[DONE]"],
        [delta("你好"), delta("，这是测试。"), done(#","delta":null"#), "[DONE]"],
        [delta("\\n你好，"), delta("这是测试。"), done(#","delta":"""#)],
        [delta("你好，这是测试"), done(#","delta":"。""#), "[DONE]"],
        [delta("你好，这是"), done(#","text":"你好，这是测试。""#)],
        [delta("\\n你好，这是"), done(#","text":"\n你好，这是测试。""#)],
        [delta("\\n你好，这是测试。"), done(#","delta":"\n你好，这是测试。""#)],
        [#"{"choices":[{"delta":{"content":"你好，这是测试。"}}]}"#, #"{"choices":[{"delta":{},"finish_reason":"stop"}]}"#],
        [delta("你好，这是测试。"), done(#","delta":"你好，这是测试。""#)],
        [
            #"{"object":"transcription.chunk","choices":[{"delta":{"content":"你好，"}}]}"#,
            #"{"choices":[{"delta":{"content":"这是测试。"},"finish_reason":"stop"}]}"#, "[DONE]",
        ],
    ]

    @Test(arguments: streams.indices, ["\n\n", "\n"])
    func `every shape of a stream gives the same text`(index: Int, end: String) async throws {
        let server = try ScriptedServer([.request, Wire.events(Self.streams[index], end: end), .close])
        let stream = try await GLMClient(Wire.settings(server)).transcribeAsItComes(Self.clip)
        let (pieces, error) = await Wire.read(stream)
        #expect(error == nil && pieces.joined() == Self.text, "\(pieces)")
    }

    @Test func `a server of one's own gets what OpenAI's knows, and nothing else`() async throws {
        let server = try ScriptedServer([.request, Wire.answer(#"{"text":"x"}"#), .close])
        defer { server.stop() }
        var settings = Wire.settings(server)
        settings.dialect = .openai
        let options = TranscriptionOptions(
            language: "en", prompt: "before", hotwords: ["a"], requestID: "req-0001", userID: "user-01")
        _ = try await GLMClient(settings).transcribe(.bytes(Wire.waveBytes), options)
        let body = String(decoding: server.requests[0].body, as: UTF8.self)
        let names = body.split(separator: "form-data; name=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
        #expect(names == ["model", "stream", "prompt", "language", "file"])
    }

    @Test func `an answer that comes at once is a stream of one piece`() async throws {
        let server = try ScriptedServer([.request, Wire.answer(#"{"text":"\#(Self.text)"}"#), .close])
        let stream = try await GLMClient(Wire.settings(server)).transcribeAsItComes(Self.clip)
        let (pieces, error) = await Wire.read(stream)
        #expect(error == nil && pieces == [Self.text])
    }

    @Test(arguments: [
        ([delta("你好")], RemoteError.Code.endedEarly),
        ([delta("你好"), #"{"error":{"code":"1234","message":"x"}}"#], .serviceFailed),
        ([delta("你好"), "{"], .malformedAnswer),
        ([delta("你好"), #"{"choices":[{"delta":{},"finish_reason":"sensitive"}]}"#], .contentRefused),
    ])
    func `a stream that goes wrong gives what came, then the reason`(lines: [String], code: RemoteError.Code)
        async throws
    {
        let server = try ScriptedServer([.request, Wire.events(lines), .close])
        let (pieces, error) = await Wire.read(
            try await GLMClient(Wire.settings(server)).transcribeAsItComes(Self.clip))
        #expect(pieces == ["你好"] && error?.code == code)
        #expect(server.requests.count == 1, "never again after the first piece")
    }

    @Test func `faults are healed by another attempt, refusals are not`() async throws {
        let good = Wire.answer(#"{"text":"x"}"#)
        for (step, isHealed) in [
            (Wire.error("1302", "429 Too Many"), true), (ScriptedServer.Step.reset, true),
            (Wire.error("1234", "500 x"), true),
            (Wire.answer("{", type: "application/json"), true), (Wire.error("1113", "429 Too Many"), false),
            (Wire.error("1214", "400 Bad"), false),
        ] {
            let server = try ScriptedServer(scripts: [[.request, step], [.request, good, .close]])
            let transcript = try? await GLMClient(Wire.settings(server)).transcribe(Self.clip)
            #expect((transcript?.text == "x") == isHealed)
            #expect(server.requests.count == (isHealed ? 2 : 1))
        }
    }

    @Test func `what is too long or too large is refused by its limit's name before it is sent`() async throws {
        let folder = ScratchFolder()
        let glm = try GLMClient(GLMSettings(baseURL: "http://127.0.0.1:1"))
        var output = try AudioOutput(
            path: folder.file("long.wav"), settings: OutputSettings(kind: .wav),
            format: PCMFormat(rate: 16_000, channels: 1))
        for _ in 0..<31 { try output.write([Float](repeating: 0, count: 16_000).span) }
        try output.finish()
        try write([UInt8](repeating: 1, count: 25 << 20 + 1), to: folder.file("large.mp3"))
        for (path, isSentAsItIs, word) in [
            ("long.wav", false, "30.0 seconds"), ("long.wav", true, "30.0 seconds"), ("large.mp3", true, "26214400"),
        ] {
            let error = await #expect(throws: RemoteError.self) {
                let options = TranscriptionOptions(sendsFileAsItIs: isSentAsItIs)
                _ = try await glm.transcribe(.file(path: folder.file(path)), options)
            }
            #expect(
                error?.code == .limitExceeded && error?.message.contains(word) == true, "\(String(describing: error))")
        }
        let words = await #expect(throws: RemoteError.self) {
            _ = try await glm.transcribe(Self.clip, TranscriptionOptions(hotwords: Array(repeating: "a", count: 101)))
        }
        #expect(words?.code == .limitExceeded)
        let missing = await #expect(throws: RemoteError.self) {
            _ = try await glm.transcribe(.file(path: folder.file("none")))
        }
        #expect(missing?.code == .notFound)
        let status = unsafe mkfifo(folder.file("pipe"), 0o600)
        #expect(status == 0)
        let pipe = await #expect(throws: RemoteError.self) {
            let options = TranscriptionOptions(sendsFileAsItIs: true)
            _ = try await glm.transcribe(.file(path: folder.file("pipe")), options)
        }
        #expect(pipe?.message.contains("no length") == true, "\(String(describing: pipe))")
    }

    @Test func `bytes of any sound file are heard, and a file can go as it is`() async throws {
        let folder = ScratchFolder()
        var output = try AudioOutput(
            path: folder.file("a.flac"), settings: OutputSettings(kind: .flac),
            format: PCMFormat(rate: 44_100, channels: 2))
        try output.write(Signals.noise(frames: 44_100, seed: 1).span)
        try output.finish()
        let flac = try contents(of: folder.file("a.flac"))
        for (clip, options, expected) in [
            (AudioClip.bytes(flac), TranscriptionOptions(), "RIFF"),
            (.file(path: folder.file("a.flac")), TranscriptionOptions(), "RIFF"),
            (.file(path: folder.file("a.flac")), TranscriptionOptions(sendsFileAsItIs: true), "fLaC"),
        ] {
            let server = try ScriptedServer([.request, Wire.answer(#"{"text":"x"}"#), .close])
            _ = try await GLMClient(Wire.settings(server)).transcribe(clip, options)
            let body = try #require(server.requests.first?.body)
            #expect(body.firstRange(of: Array(expected.utf8)) != nil)
        }
    }
}
