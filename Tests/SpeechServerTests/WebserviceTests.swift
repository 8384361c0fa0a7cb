import AudioCore
import Foundation
import Platform
import Speech
import Subtitles
import TestSupport
import Testing

@testable import SpeechServer

/// What subtitle managers send to the web service for Whisper, and how they read what comes back.
@Suite(.needsOptimization) struct WebserviceTests {
    /// A film's sound as they send it: samples alone, in a part that does not say what it is.
    private static func film(seconds: Int = 10) -> FormPart { film(SpokenSound.raw(seconds: seconds)) }

    private static func film(_ bytes: [UInt8]) -> FormPart {
        FormPart(name: "audio_file", content: bytes, fileName: "audio_file")
    }

    private static let query = ["task": "transcribe", "language": "en", "output": "srt", "encode": "false"]

    private static func ask(
        _ client: InProcess = InProcess(), _ change: [String: String] = [:], _ film: FormPart = film()
    ) async -> InProcess.Reply {
        await client.post(form: [film], to: "/asr", query: query.merging(change) { _, new in new })
    }

    @Test func `samples without a header become subtitles`() async throws {
        let client = InProcess()
        let reply = await Self.ask(client)
        let cues = try Track(reading: reply.body, as: .srt).cues
        #expect(reply.status == 200 && cues.map(\.text) == ["hello world 0"])
        #expect(cues[0].start > .seconds(2.5) && cues[0].end < .seconds(9.5))
        #expect(client.engine.heard.first?.language == "en" && reply.field("Asr-Engine") == "oriole")
    }

    @Test func `a file with a header is read as what it is, though it is called samples`() async throws {
        let reply = await Self.ask(InProcess(), [:], Self.film(SpokenSound.wave(seconds: 10)))
        #expect(try Track(reading: reply.body, as: .srt).cues.count == 1)
    }

    @Test(arguments: ["txt", "vtt", "tsv", "json", "srt"]) func `every form of output`(output: String) async throws {
        let reply = await Self.ask(InProcess(), ["output": output, "word_timestamps": "true"])
        #expect(reply.field("Content-Disposition") == "attachment; filename=\"audio_file.\(output)\"")
        switch output {
        case "txt": #expect(reply.text == "hello world 0\n")
        case "tsv":
            let rows = reply.text.split(separator: "\n").map { $0.split(separator: "\t") }
            #expect(rows.count == 2 && rows[0] == ["start", "end", "text"] && rows[1][2] == "hello world 0")
            #expect(try #require(Int(rows[1][0])) < #require(Int(rows[1][1])))
        case "json":
            let json = try reply.json()
            #expect(json["language"] as? String == "en" && (json["segments"] as? [Any])?.count == 1)
            #expect((json["words"] as? [Any])?.count == 3)
        default: #expect(try Track(reading: reply.body).cues.count == 1)
        }
    }

    @Test func `the answer is called like the film`() async throws {
        let named = await Self.ask(InProcess(), ["video_file": "/films/A film 你.mkv"])
        #expect(named.field("Content-Disposition") == "attachment; filename=\"A%20film%20%E4%BD%A0.mkv.srt\"")
    }

    @Test func `in English, where somebody translates`() async throws {
        let reply = await Self.ask(InProcess(translates: true), ["task": "translate", "language": "zh"])
        #expect(try Track(reading: reply.body, as: .srt).cues.map(\.text) == ["HELLO WORLD 0"])
        let none = await Self.ask(InProcess(), ["task": "translate"])
        #expect(none.status == 501 && none.text.contains("detail"))
    }

    // MARK: - Signs of life

    @Test func `while it works, line ends come now and then, which are no part of the subtitles`() async throws {
        var behaviour = FakeEngine.Behaviour()
        let latch = Latch()
        behaviour.latch = latch
        let reply = await Self.ask(InProcess(behaviour, heartbeat: Beats(3, then: latch).beat))
        #expect(reply.text.hasPrefix("\n\n\n1\n00:00:0"))
        #expect(try Track(reading: reply.body, as: .srt).cues.map(\.text) == ["hello world 0"])
    }

    @Test func `what fails before the first sign is an error, later a line that is no subtitle`() async throws {
        var behaviour = FakeEngine.Behaviour()
        behaviour.failsAt = 0
        let early = await Self.ask(InProcess(behaviour))
        #expect(early.status == 502 && early.text.hasPrefix("{\"detail\""))
        let latch = Latch()
        behaviour.latch = latch
        let late = await Self.ask(InProcess(behaviour, heartbeat: Beats(2, then: latch).beat))
        #expect(late.status == 200 && late.text == "\n\nerror: the service is down\n")
        #expect(!late.text.contains("-->"))
    }

    @Test(arguments: [RemoteError.Code.serviceFailed, .contentRefused, .malformedAnswer])
    func `half a film is never taken for the whole`(code: RemoteError.Code) async throws {
        // Three utterances, of which the engine does not hear the second.
        var behaviour = FakeEngine.Behaviour()
        behaviour.failsAt = 1
        behaviour.failure = RemoteError(code, "not this one")
        let reply = await Self.ask(InProcess(behaviour), [:], Self.film(seconds: 45))
        #expect((reply.status ?? 0) >= 400 && !reply.text.contains("-->"))
        guard code == .contentRefused else { return }
        var settings = ServerSettings()
        settings.allowsHoles = true
        let holed = await Self.ask(InProcess(behaviour, settings), [:], Self.film(seconds: 45))
        #expect(try Track(reading: holed.body, as: .srt).cues.count == 2)
    }

    @Test func `a language is not remembered of what could not be heard`() async throws {
        var behaviour = FakeEngine.Behaviour()
        behaviour.failsAt = 0
        behaviour.failure = RemoteError(.malformedAnswer, "noise")
        let client = InProcess(behaviour)
        let failed = await client.post(form: [Self.film()], to: "/detect-language", query: ["encode": "false"])
        #expect(failed.status == 502)
        // The next time the engine hears it.
        #expect(try await Self.detect(client)["language_code"] as? String == "en")
    }

    @Test func `who asks for the language hears that somebody works, too`() async throws {
        var behaviour = FakeEngine.Behaviour()
        let latch = Latch()
        behaviour.latch = latch
        let client = InProcess(behaviour, heartbeat: Beats(2, then: latch).beat)
        let reply = await client.post(form: [Self.film()], to: "/detect-language", query: ["encode": "false"])
        #expect(reply.text.hasPrefix("\n\n{"))
        #expect(try reply.json()["language_code"] as? String == "en")
    }

    @Test func `a film in which nobody speaks is an error, or by choice subtitles without a cue`() async throws {
        let silence = Self.film([UInt8](repeating: 0, count: 320_000))
        #expect(await Self.ask(InProcess(), [:], silence).status == 400)
        var settings = ServerSettings()
        settings.givesEmptySubtitles = true
        let reply = await Self.ask(InProcess(.init(), settings), [:], silence)
        #expect(reply.status == 200 && reply.text == "\n")
        #expect(await Self.ask(InProcess(), ["output": "txt"], silence).status == 200)
    }

    @Test(arguments: [["task": "sing"], ["output": "doc"]]) func `what nobody has is refused`(change: [String: String])
        async
    {
        #expect(await Self.ask(InProcess(), change).status == 400)
        #expect(await Self.ask(InProcess(), [:], .text("other", "x")).status == 400)
        #expect(await Self.ask(InProcess(), [:], Self.film([])).status == 400)
    }

    // MARK: - Language, version

    private static func detect(_ client: InProcess, _ film: FormPart = film()) async throws -> [String: Any] {
        try await client.post(form: [film], to: "/detect-language", query: ["encode": "false"]).json()
    }

    @Test func `the language that the engine tells is answered, by code and by name, and remembered`() async throws {
        var behaviour = FakeEngine.Behaviour()
        behaviour.heard = { _ in Transcript(text: "你好", language: "chinese") }
        let client = InProcess(behaviour)
        for _ in 0..<2 {
            let found = try await Self.detect(client)
            #expect(found["language_code"] as? String == "zh" && found["detected_language"] as? String == "chinese")
            #expect(found["confidence"] as? Double == 1)
        }
        #expect(client.engine.heard.count == 1, "the same recording is not heard twice")
        _ = try await Self.detect(client, Self.film(seconds: 11))
        #expect(client.engine.heard.count == 2)
    }

    @Test(
        arguments: [
            ("今天天气很好", "zh", 0.9...1),
            ("what is the weather like and who are you to say that it is not good", "en", 0.6...1),
            ("wer ist das und was wir nicht auf dem Weg für sie und ich haben", "de", 0.6...1),
            ("Zürich", "en", 0...0.59), ("1984", "en", 0...0), ("one", "en", 0...0.59),
        ] as [(String, String, ClosedRange<Double>)])
    func `else script and small words tell it, and the default where they do not`(
        text: String, code: String, confidence: ClosedRange<Double>
    ) async throws {
        var behaviour = FakeEngine.Behaviour()
        behaviour.heard = { _ in Transcript(text: text) }
        let found = try await Self.detect(InProcess(behaviour))
        #expect(found["language_code"] as? String == code)
        #expect(confidence.contains(try #require(found["confidence"] as? Double)), "\(found)")
    }

    @Test(.needsOptimization) func `no more than a minute of speech is heard for that`() async throws {
        let client = InProcess()
        _ = try await Self.detect(client, Self.film(seconds: 600))
        // Five seconds of speech in fifteen: of forty clips, those of the first minute.
        #expect((3...16).contains(client.engine.heard.count), "\(client.engine.heard.count)")
    }

    @Test func `the version is told`() async throws {
        var settings = ServerSettings()
        settings.version = "1.2.3"
        #expect(try await InProcess(.init(), settings).get("/status").json()["version"] as? String == "1.2.3")
    }

    // MARK: - As it is really sent

    /// The bytes that Bazarr 1.5 sends by requests 2.34, and what it makes of the answer.
    @Test func `a subtitle manager is served byte for byte`() async throws {
        var behaviour = FakeEngine.Behaviour()
        let latch = Latch()
        behaviour.latch = latch
        let engine = FakeEngine(behaviour)
        var settings = ServerSettings()
        settings.version = "9.9"
        // Two signs of life, after which the engine hears: the client's limit of time begins anew with each.
        let service = SpeechService(
            ServerEngines(speech: engine, hearing: engine), settings, heartbeat: Beats(2, then: latch).beat)
        let socket = try ListeningSocket(host: "127.0.0.1", port: 0)
        let server = try HTTPListener(at: socket, service, ListenerLimits())
        let port = server.address.port
        let body = FormPart.body([Self.film()])
        let connection = try RawConnection(port: port)
        let calls = [
            "/detect-language?encode=false&video_file=%2Fmovies%2FA+Film+%282020%29%2F%E7%94%B5%E5%BD%B1.mkv",
            "/asr?task=transcribe&language=en&output=srt&encode=false&video_file=%2Fmovies%2FA+Film+%282020%29%2F%E7%94%B5%E5%BD%B1.mkv",
        ]
        var answers: [String] = []
        for call in calls {
            connection.send(
                "POST \(call) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nUser-Agent: Subliminal/2.1\r\n"
                    + "Accept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: keep-alive\r\n"
                    + "Content-Length: \(body.count)\r\n"
                    + "Content-Type: multipart/form-data; boundary=\(FormPart.boundary)\r\n\r\n")
            connection.send(body)
            answers.append(String(decoding: await connection.receiveAll(until: "0\r\n\r\n"), as: UTF8.self))
        }
        #expect(answers[0].hasPrefix("HTTP/1.1 200") && answers[0].contains("\"detected_language\":\"english\""))
        #expect(answers[0].contains("\r\n\r\n1\r\n\n\r\n1\r\n\n\r\n"), "the signs go out as they come")
        #expect(answers[1].hasPrefix("HTTP/1.1 200") && answers[1].contains("Transfer-Encoding: chunked"))
        #expect(answers[1].contains("00:00:0") && answers[1].contains("hello world"))
        let status = try RawConnection(port: port)
        status.send("GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        #expect(String(decoding: await status.receiveAll(), as: UTF8.self).hasSuffix("{\"version\":\"9.9\"}"))
        await server.stop(within: .zero)
    }
}
