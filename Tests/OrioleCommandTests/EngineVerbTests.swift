import AudioCore
import Foundation
import Platform
import TestSupport
import Testing

/// The verbs that ask an engine, as a user runs them.
@Suite(.tags(.program), .neverHangs)
struct EngineVerbTests {
    private static let samples: [Int16] = (0..<480).map { Int16($0 % 48 < 24 ? 8_000 : -8_000) }
    private static var pcm: [UInt8] {
        samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }
    private static var base64: String { String(decoding: Base64Encoder.text(of: pcm.span), as: UTF8.self) }
    private static let key = "0123456789abcdef0123456789abcdef.S3cretS3cretS3cr"

    private static func answer(_ body: String, _ type: String = "application/json", status: String = "200 OK")
        -> ScriptedServer.Step
    {
        .send("HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)")
    }

    private static func events(_ lines: [String]) -> ScriptedServer.Step {
        answer(lines.map { "data: \($0)\n\n" }.joined(), "text/event-stream")
    }

    /// An engine that the scripted server plays, as flags and an environment choose it.
    enum Engine: String, CaseIterable {
        case glm, openai

        var speech: [String] {
            switch self {
            case .glm:
                [
                    #"{"choices":[{"index":0,"delta":{"content":"\#(base64)","return_sample_rate":24000}}]}"#,
                    #"{"choices":[{"finish_reason":"stop","index":1}]}"#,
                ]
            case .openai:
                [#"{"type":"speech.audio.delta","audio":"\#(base64)"}"#, #"{"type":"speech.audio.done"}"#]
            }
        }

        func environment(_ server: borrowing ScriptedServer) -> [String: String] {
            let url = server.url + (self == .glm ? "/api/paas/v4" : "/v1")
            return ["ORIOLE_BASE_URL": url, "ORIOLE_API_KEY": key]
        }
    }

    private static func heard(_ path: String) async throws -> (format: PCMFormat, samples: [Int16]) {
        var input = try await AudioInput(path: path)
        var samples: [Int16] = []
        while let chunk = try await input.next() { samples += chunk.integers().samples }
        return (input.format, samples)
    }

    // MARK: - speak

    @Test(arguments: Engine.allCases, [false, true])
    func `speak asks an engine and writes what it says`(engine: Engine, streams: Bool) async throws {
        let folder = ScratchFolder()
        let server = try ScriptedServer([.request, Self.events(engine.speech), .close])
        let words = ["speak", "你好，世界", "--engine", engine.rawValue, "-o", "a.wav", "--voice", "anna", "--speed=1.5"]
        let run = try await BuiltCommand.run(
            words + (streams ? ["--stream"] : []), in: folder, environment: engine.environment(server))
        #expect(run.status == 0 && run.output.isEmpty, "\(run.errors)")
        #expect(run.errors.contains("a.wav: wav, 24000 Hz, mono, 0:00.020, 5 characters by \(engine)"))
        let sound = try await Self.heard(folder.file("a.wav"))
        #expect(sound.format.rate == 24_000 && sound.samples == Self.samples)
        let body = String(decoding: server.requests.first?.body ?? [], as: UTF8.self)
        #expect(body.contains("你好，世界") && body.contains(#""voice":"anna""#) && body.contains(#""speed":1.5"#))
        #expect(folder.names == ["a.wav"])
    }

    @Test(arguments: [false, true])
    func `what breaks off is asked for again, unless it has been written already`(streams: Bool) async throws {
        let folder = ScratchFolder()
        let half = Self.events(Array(Engine.glm.speech.prefix(1)))
        let server = try ScriptedServer(scripts: [
            [.request, half, .close], [.request, Self.events(Engine.glm.speech), .close],
        ])
        let run = try await BuiltCommand.run(
            ["speak", "hi", "-o", "a.wav", "-q"] + (streams ? ["--stream"] : []), in: folder,
            environment: Engine.glm.environment(server))
        #expect(run.status == (streams ? 5 : 0) && server.requests.count == (streams ? 1 : 2), "\(run.errors)")
        #expect(folder.names == (streams ? [] : ["a.wav"]))
        if !streams { #expect(try await Self.heard(folder.file("a.wav")).samples == Self.samples) }
    }

    @Test func `speech that nobody names takes nobody's place`() async throws {
        let folder = ScratchFolder()
        let one: [ScriptedServer.Step] = [.request, Self.events(Engine.glm.speech)]
        let server = try ScriptedServer(one + [.close])
        for _ in 0..<2 {
            let run = try await BuiltCommand.run(
                ["speak", "hi"], in: folder, environment: Engine.glm.environment(server))
            #expect(run.status == 0, "\(run.errors)")
        }
        #expect(folder.names == ["speech-2.wav", "speech.wav"])
    }

    @Test func `speech goes to standard output while it is made, and statistics beside it`() async throws {
        let folder = ScratchFolder()
        let server = try ScriptedServer([.request, Self.events(Engine.glm.speech), .close])
        let run = try await BuiltCommand.run(
            ["speak", "hi", "--stream", "-o", "-", "--format", "pcm", "--stats", "json", "-q"], in: folder,
            environment: Engine.glm.environment(server))
        #expect(run.status == 0 && run.output == Self.pcm, "\(run.errors)")
        let lines = run.errors.split(separator: "\n")
        #expect(lines.count == 2 && lines[0].contains(#""bytes":960,"index":0"#))
        for member in [
            "firstAudibleMs", "firstByteMs", #""underruns":{"0":0,"100":0,"200":0,"400":0,"50":0}"#, "realTimeFactor",
        ] {
            #expect(lines.last?.contains(member) == true, "\(member)")
        }
    }

    @Test func `a long text is asked for in pieces, and a file of it may have a mark`() async throws {
        let folder = ScratchFolder()
        let text = "\u{FEFF}" + String(repeating: "这是一句话。", count: 300)
        try write(Array(text.utf8), to: folder.file("text.txt"))
        let one: [ScriptedServer.Step] = [.request, Self.events(Engine.glm.speech)]
        let server = try ScriptedServer(one + one + [.close])
        let run = try await BuiltCommand.run(
            ["speak", "-f", "text.txt", "-o", "a.flac", "--json"], in: folder,
            environment: Engine.glm.environment(server))
        #expect(run.status == 0 && run.text.contains(#""characters":1800"#), "\(run.errors)")
        #expect(server.requests.count == 2)
        #expect(
            server.requests.allSatisfy {
                !$0.body.contains(0xEF) || !String(decoding: $0.body, as: UTF8.self).contains("\u{FEFF}")
            })
        #expect(try await Self.heard(folder.file("a.flac")).samples == Self.samples + Self.samples)
    }

    @Test func `a plan asks nobody`() async throws {
        let folder = ScratchFolder()
        let prices = #"{"models":{"glm-tts":{"unit":"character","count":10000,"amount":2,"currency":"CNY"}}}"#
        try write(Array(prices.utf8), to: folder.file("prices.json"))
        let environment = [
            "ORIOLE_API_KEY": Self.key, "ORIOLE_BASE_URL": "http://127.0.0.1:1",
            "ORIOLE_CONFIG": folder.file("config.json"),
        ]
        let run = try await BuiltCommand.run(
            ["speak", String(repeating: "好", count: 1_500), "--dry-run"], in: folder, environment: environment)
        #expect(
            run.status == 0 && run.text == "engine glm: 1500 characters in 2 requests; cost: 0.3 CNY\n", "\(run.errors)"
        )
        #expect(folder.names == ["prices.json"])
    }

    @Test(arguments: [
        (["speak"], 2, "nothing to speak"), (["speak", "a", "-f", "b"], 2, "two things"),
        (["speak", "a", "-o", "a.xyz"], 2, "does not say what kind"),
        (["speak", "a", "--speed", "9"], 2, "--speed cannot be ‘9’"),
        (["speak", "-f", "none.txt"], 1, "none.txt"), (["speak", " "], 3, "no word"),
        (["speak", "a", "--engine", "glm"], 4, "wants a key"),
        (["speak", "a", "--engine", "openai"], 2, "where the server is"),
        (["speak", "a", "-o", "a.opus", "--rate", "44100"], 2, "cannot have 44100"),
        (["transcribe", "-", "--language", "zh", "--engine", "offline"], 6, "hears English only"),
        (["transcribe"], 2, "nothing to hear"), (["transcribe", "none.wav"], 1, "none.wav"),
        (["transcribe", "-", "-"], 2, "once"), (["transcribe", "a", "--stream", "--format", "json"], 2, "plain text"),
        (["voice", "-o", "a.wav"], 2, "nothing was said"), (["voice", "--text", "a"], 2, "needs a place"),
        (["voices", "clone"], 2, "needs a name"), (["voices", "paint"], 2, "paint"),
        (["voices", "delete", "x", "--engine", "offline"], 3, "no voices of one's own"),
        (["config", "set", "speed", "9"], 2, "speed cannot be"), (["config", "get", "colour"], 2, "no setting"),
        (["config", "set", "api-key", "x"], 2, "not kept here"), (["completions", "tcsh"], 2, "tcsh"),
        (["help", "spek"], 2, "no verb"),
        (["spek"], 2, "no verb"), ([], 2, "no verb"),
    ])
    func `what is wrong is said on one line, with a remedy and a number`(words: [String], status: Int32, part: String)
        async throws
    {
        let folder = ScratchFolder()
        let run = try await BuiltCommand.run(words, in: folder)
        let lines = run.errors.split(separator: "\n")
        #expect(run.status == status && run.output.isEmpty, "\(run.errors)")
        #expect(lines.contains { $0.hasPrefix("oriole: ") && $0.contains(part) }, "\(run.errors)")
        #expect(status == 1 || status == 3 || lines.last?.hasPrefix("hint: ") == true)
        #expect(folder.names.isEmpty)
    }

    @Test(arguments: [
        ("401 Unauthorized", "1001", 4), ("429 Too Many Requests", "1113", 4), ("400 Bad Request", "1301", 3),
        ("400 Bad Request", "1214", 2),
    ])
    func `what the service refuses has a number of its own, and never the key`(
        status: String, code: String, exit: Int32
    ) async throws {
        let folder = ScratchFolder()
        let body = #"{"error":{"code":"\#(code)","message":"no: \#(Self.key)"}}"#
        let server = try ScriptedServer([.request, Self.answer(body, status: status), .close])
        let run = try await BuiltCommand.run(
            ["speak", "hi", "-o", "a.wav", "--json"], in: folder, environment: Engine.glm.environment(server))
        #expect(run.status == exit && run.errors.contains(#""exitCode":\#(exit)"#), "\(run.errors)")
        #expect(!run.errors.contains("S3cret") && folder.names.isEmpty)
    }

    @Test(arguments: [["speak", "hi", "-o", "/nowhere/a.wav"], ["voice", "--text", "hi", "-o", "/nowhere/a.wav"]])
    func `what cannot be written is told before anything is asked`(words: [String]) async throws {
        let server = try ScriptedServer([.request, .close])
        let run = try await BuiltCommand.run(words, in: ScratchFolder(), environment: Engine.glm.environment(server))
        #expect(run.status == 1 && run.errors.contains("/nowhere/a.wav") && server.requests.isEmpty, "\(run.errors)")
    }

    @Test func `what a service writes in several lines is one line, and each request can be told`() async throws {
        let server = try ScriptedServer([
            .request, Self.answer(#"{"error":{"code":"1214","message":"one\ntwo"}}"#, status: "400 Bad Request"),
            .close,
        ])
        let run = try await BuiltCommand.run(
            ["speak", "hi", "-o", "a.wav", "-v"], in: ScratchFolder(), environment: Engine.glm.environment(server))
        let lines = run.errors.split(separator: "\n")
        #expect(run.status == 2 && lines.count == 3 && lines[1].contains("one two"), "\(run.errors)")
        #expect(lines[0].contains("/audio/speech: 400") && !run.errors.contains("S3cret"))
    }

    @Test func `a service that nobody reaches is 5`() async throws {
        let folder = ScratchFolder()
        let environment = ["ORIOLE_API_KEY": Self.key, "ORIOLE_BASE_URL": "http://127.0.0.1:1"]
        let run = try await BuiltCommand.run(["voices"], in: folder, environment: environment)
        #expect(run.status == 5 && run.errors.contains("hint: "), "\(run.errors)")
    }

    // MARK: - transcribe

    @Test(arguments: Engine.allCases)
    func `transcribe asks an engine and prints what it hears`(engine: Engine) async throws {
        let folder = ScratchFolder()
        try write(
            WAVWriter.file(
                of: [Float](repeating: 0.1, count: 1_600).span, format: PCMFormat(rate: 16_000, channels: 1),
                encoding: .signed16), to: folder.file("a.wav"))
        let text = #"{"text":"你好","words":[{"word":"你好","start":0,"end":0.5}]}"#
        let events = [
            #"{"type":"transcript.text.delta","delta":"你"}"#, #"{"type":"transcript.text.done","text":"你好"}"#,
        ]
        let server = try ScriptedServer([
            .request, Self.answer(text), .close,
        ])
        let plain = try await BuiltCommand.run(
            ["transcribe", "a.wav", "--engine", engine.rawValue, "--hotwords", "Oriole", "--prompt", "before"],
            in: folder,
            environment: engine.environment(server))
        #expect(plain.status == 0 && plain.text == "你好\n", "\(plain.errors)")
        let form = String(decoding: server.requests.first?.body ?? [], as: UTF8.self)
        #expect(form.contains("before") && form.contains("RIFF"))
        let json = try await BuiltCommand.run(
            ["transcribe", "-", "--engine", engine.rawValue, "--format", "json"], in: folder,
            environment: engine.environment(server), input: folder.file("a.wav"))
        #expect(
            json.text.contains(#""file":"-""#) && json.text.contains(#""words":[{"end":0.5,"start":0,"text":"你好"}]"#),
            "\(json.errors)")
        let second = try ScriptedServer([.request, Self.events(events), .close])
        let stream = try await BuiltCommand.run(
            ["transcribe", "a.wav", "--stream", "--engine", engine.rawValue], in: folder,
            environment: engine.environment(second))
        #expect(stream.status == 0 && stream.text == "你好\n", "\(stream.errors)")
    }

    @Test func `of several files, the one that fails does not stop the others`() async throws {
        let folder = ScratchFolder()
        let sound = WAVWriter.file(
            of: [Float](repeating: 0.1, count: 1_600).span, format: PCMFormat(rate: 16_000, channels: 1),
            encoding: .signed16)
        for name in ["a.wav", "c.wav"] { try write(sound, to: folder.file(name)) }
        let one: [ScriptedServer.Step] = [.request, Self.answer(#"{"text":"hi"}"#)]
        let server = try ScriptedServer(one + one + [.close])
        let run = try await BuiltCommand.run(
            ["transcribe", "a.wav", "b.wav", "c.wav"], in: folder, environment: Engine.glm.environment(server))
        #expect(run.status == 1 && run.text == "a.wav: hi\nc.wav: hi\n", "\(run.errors)")
        #expect(run.errors.contains("oriole: not found: b.wav: "))
    }

    // MARK: - voice and voices

    @Test(arguments: Engine.allCases) func `voice says something and keeps the answer`(engine: Engine) async throws {
        let folder = ScratchFolder()
        let lines = [
            #"{"choices":[{"delta":{"content":"好的"}}]}"#,
            #"{"choices":[{"delta":{"audio":{"id":"a-1","data":"\#(Self.base64)","expires_at":4102444800}}}]}"#,
            "[DONE]",
        ]
        let server = try ScriptedServer([.request, Self.events(lines), .close])
        let run = try await BuiltCommand.run(
            ["voice", "--text", "你好", "--instructions", "慢", "-o", "a.wav", "--json", "--engine", engine.rawValue],
            in: folder,
            environment: engine.environment(server))
        #expect(
            run.status == 0 && run.text.contains(#""audioID":"a-1""#) && run.text.contains(#""text":"好的""#),
            "\(run.errors)")
        #expect(try await Self.heard(folder.file("a.wav")).samples == Self.samples)
    }

    @Test func `a conversation goes on from command to command`() async throws {
        let folder = ScratchFolder()
        let lines = [
            #"{"choices":[{"delta":{"content":"好的"}}]}"#,
            #"{"choices":[{"delta":{"audio":{"id":"a-1","data":"\#(Self.base64)","expires_at":4102444800}}}]}"#,
            "[DONE]",
        ]
        let server = try ScriptedServer([.request, Self.events(lines), .request, Self.events(lines), .close])
        for text in ["你好", "谢谢"] {
            let run = try await BuiltCommand.run(
                ["voice", "--text", text, "-o", "a.wav", "--session", "chat.json", "-q"], in: folder,
                environment: Engine.glm.environment(server))
            #expect(run.status == 0, "\(run.errors)")
        }
        let second = String(decoding: try #require(server.requests.last).body, as: UTF8.self)
        #expect(second.contains("你好") && second.contains(#""audio":{"id":"a-1"}"#) && second.contains("谢谢"))
        let kept = String(decoding: try contents(of: folder.file("chat.json")), as: UTF8.self)
        #expect(kept.contains("谢谢") && !kept.contains(Self.base64))
        try write(Array("no conversation".utf8), to: folder.file("other.json"))
        let refused = try await BuiltCommand.run(
            ["voice", "--text", "hi", "-o", "a.wav", "--session", "other.json", "--engine", "offline"], in: folder)
        #expect(refused.status == 3 && refused.errors.contains("no conversation"), "\(refused.errors)")
    }

    @Test func `voices are listed, made and removed`() async throws {
        let folder = ScratchFolder()
        try write(Array("RIFF".utf8), to: folder.file("s.wav"))
        let list = #"{"voice_list":[{"voice":"v1","voice_name":"tongtong","voice_type":"OFFICIAL"}]}"#
        let server = try ScriptedServer(scripts: [
            [.request, Self.answer(list), .close],
            [.request, Self.answer(#"{"id":"f1"}"#), .request, Self.answer(#"{"voice":"v2"}"#), .close],
            [.request, Self.answer(#"{"voice":"v2"}"#), .close],
        ])
        let environment = Engine.glm.environment(server)
        let listed = try await BuiltCommand.run(["voices"], in: folder, environment: environment)
        #expect(listed.status == 0 && listed.text == "v1  tongtong\n", "\(listed.errors)")
        let made = try await BuiltCommand.run(
            ["voices", "clone", "--name", "anna", "--sample", "s.wav", "--preview", "hi"], in: folder,
            environment: environment)
        #expect(made.status == 0 && made.text == "v2\n", "\(made.errors)")
        let removed = try await BuiltCommand.run(["voices", "delete", "v2"], in: folder, environment: environment)
        #expect(removed.status == 0 && removed.errors == "deleted v2\n")
    }

    // MARK: - offline

    @Test(.needsProgram("flite"), .needsProgram("pocketsphinx_continuous"))
    func `without a key all of it works, and one line says how`() async throws {
        let folder = ScratchFolder()
        let words = "The quick brown fox is in the garden."
        let spoken = try await BuiltCommand.run(["speak", words, "-o", "a.opus"], in: folder)
        #expect(spoken.status == 0 && spoken.errors.split(separator: "\n").count == 2, "\(spoken.errors)")
        #expect(spoken.errors.hasPrefix("note: no key"))
        let heard = try await BuiltCommand.run(["transcribe", "a.opus", "-q"], in: folder)
        #expect(heard.status == 0 && heard.text.contains("garden") && heard.errors.isEmpty, "\(heard.errors)")
        let answered = try await BuiltCommand.run(
            ["voice", "a.opus", "-o", "b.wav", "--engine", "offline"], in: folder)
        #expect(answered.text.contains("only repeat") && answered.text.contains("garden"), "\(answered.errors)")
        #expect(folder.names == ["a.opus", "b.wav"])
    }

    @Test(.needsProgram("flite"), arguments: [["😀"], ["--voice", "slt", "你好，世界"], ["--language", "en", "你好"]])
    func `silence is no speech`(words: [String]) async throws {
        let folder = ScratchFolder()
        let run = try await BuiltCommand.run(["speak", "-q", "--engine", "offline", "-o", "a.wav"] + words, in: folder)
        #expect([3, 5].contains(run.status) && folder.names.isEmpty, "\(run.errors)")
    }

    @Test(.needsProgram("flite")) func `a zero ends no sentence`() async throws {
        let folder = ScratchFolder()
        var lengths: [Int] = []
        for text in ["one \0two three four five", "one two three four five"] {
            try write(Array(text.utf8), to: folder.file("text"))
            let run = try await BuiltCommand.run(
                ["speak", "-q", "--engine", "offline", "-f", "text", "-o", "-", "--format", "pcm"], in: folder)
            lengths.append(run.output.count)
        }
        #expect(lengths[0] == lengths[1] && lengths[0] > 20_000)
    }

    @Test(.needsProgram("espeak-ng")) func `offline voices are listed`() async throws {
        let run = try await BuiltCommand.run(
            ["voices", "--name", "Mandarin", "--engine", "offline"], in: ScratchFolder())
        #expect(run.status == 0 && run.text.contains("cmn-latn-pinyin"), "\(run.errors)")
    }

    @Test func `programs that are missing are named with what installs them`() async throws {
        let run = try await BuiltCommand.run(
            ["speak", "hi", "-q", "-o", "a.wav"], in: ScratchFolder(), environment: ["PATH": "/nowhere"])
        #expect(run.status == 6 && run.errors.contains("hint: \(Environment.installing("flite"))"), "\(run.errors)")
    }
}
