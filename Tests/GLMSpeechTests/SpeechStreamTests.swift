import AudioCore
import HTTPTransport
import Speech
import TestSupport
import Testing

@testable import GLMSpeech

@Suite(.neverHangs)
struct SpeechStreamTests {
    @Test func `a stream gives pieces with their format, number and time`() async throws {
        let server = try ScriptedServer([
            .request, Wire.events([Wire.frame(Wire.base64[0], 0), Wire.frame(Wire.base64[1], 1), Wire.end]), .close,
        ])
        let glm = try GLMClient(Wire.settings(server))
        let before = ContinuousClock.now
        let request = SpeechRequest(
            "你好", voice: "female", speed: 1.5, volume: 2, requestID: "req-0001", userID: "user-01")
        let (chunks, error) = await Wire.read(try glm.speak(request))
        #expect(error == nil && chunks.map(\.index) == [0, 1])
        #expect(chunks.flatMap(\.audio.samples) == Wire.samples)
        #expect(chunks.map(\.audio.start.frames) == [0, 8])
        #expect(chunks.allSatisfy { $0.audio.format == PCMFormat(rate: 24_000, channels: 1) && $0.arrival >= before })
        let seen = try #require(server.requests.first)
        #expect(seen.head.hasPrefix("POST /api/paas/v4/audio/speech HTTP/1.1"))
        #expect(seen.value("authorization") == "Bearer \(Wire.key)")
        let body = String(decoding: seen.body, as: UTF8.self)
        for member in [
            #""input":"你好""#, #""voice":"female""#, #""speed":1.5"#, #""volume":2"#, #""stream":true"#,
            #""response_format":"pcm""#, #""encode_format":"base64""#, #""request_id":"req-0001""#,
            #""user_id":"user-01""#,
        ] { #expect(body.contains(member), "\(member)") }
    }

    /// Every tolerance variant gives the same sound.
    static let variants: [(name: String, body: String, isHex: Bool)] = [
        (
            "hexadecimal",
            "data: \(Wire.frame(Wire.hex[0], 0))\n\ndata: \(Wire.frame(Wire.hex[1], 1))\n\ndata: \(Wire.end)\n\n", true
        ),
        (
            "single newlines, nothing told of the sound",
            "data: \(Wire.frame(Wire.base64[0], 0, rest: ""))\ndata: \(Wire.frame(Wire.base64[1], 1, rest: ""))\ndata: \(Wire.end)\n",
            false
        ),
        (
            "CRLF, no space, a comment, an empty frame, a mark after the end",
            ": keep-alive\r\n\r\ndata:\(Wire.frame(Wire.base64[0], 0))\r\n\r\ndata:\(Wire.frame("", 1))\r\n\r\ndata:\(Wire.frame(Wire.base64[1], 2))\r\n\r\ndata:\(Wire.end)\r\n\r\ndata: [DONE]",
            false
        ),
        (
            "a sample divided between frames",
            "data: \(Wire.frame("AAAAAgAEAAYACAAGAAQA", 0))\n\ndata: \(Wire.frame("AgAAAP4A/AD6APgA+gD8AP4=", 1))\n\ndata: \(Wire.end)\n\n",
            false
        ),
        (
            "escaped solidus",
            "data: \(Wire.frame(Wire.base64[0], 0))\n\ndata: \(Wire.frame(Wire.base64[1].replacing("/", with: "\\/"), 1))\n\ndata: \(Wire.end)\n\n",
            false
        ),
        (
            "members in another order, with strangers",
            #"data: {"choices":[{"delta":{"return_sample_rate":24000,"x":{"content":"no"},"content":"\#(Wire.base64[0])"},"index":0}],"usage":null}"#
                + "\n\ndata: \(Wire.frame(Wire.base64[1], 1))\n\ndata: \(Wire.end)\n\n", false
        ),
        (
            "a mark instead of an end",
            "data: \(Wire.frame(Wire.base64[0], 0))\n\ndata: \(Wire.frame(Wire.base64[1], 1))\n\ndata: [DONE]\n\n",
            false
        ),
        (
            "events of OpenAI's",
            #"event: speech.audio.delta"# + "\n" + #"data: {"type":"speech.audio.delta","audio":"\#(Wire.base64[0])"}"#
                + "\n\n" + #"data: {"type":"speech.audio.delta","audio":"\#(Wire.base64[1])","response_format":"pcm"}"#
                + "\n\n" + #"data: {"type":"speech.audio.done","usage":{}}"# + "\n\n", false
        ),
    ]

    @Test(arguments: variants.indices, 0..<4)
    func `all tolerance variants, cut anywhere, give the same sound`(index: Int, seed: UInt64) async throws {
        let variant = Self.variants[index]
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
        let steps: [ScriptedServer.Step] = [.send(head), .pieces(Array(variant.body.utf8), seed: seed, longest: 200)]
        let result = try await Wire.speak(steps) { if variant.isHex { $0.speechEncoding = .hex } }
        #expect(
            result.error == nil && result.samples == Wire.samples,
            "\(variant.name): \(String(describing: result.error))")
    }

    @Test func `a frame of three seconds on one line`() async throws {
        let sound = [UInt8](repeating: 1, count: 144_000)
        let content = String(decoding: Base64Encoder.text(of: sound.span), as: UTF8.self)
        let result = try await Wire.speak([Wire.events([Wire.frame(content, 0), Wire.end])])
        #expect(result.error == nil && result.samples == [Int16](repeating: 0x101, count: 72_000))
    }

    @Test(arguments: ["audio/wav", "audio/pcm", "application/octet-stream", "audio/x-wav"])
    func `sound without frames is a WAVE file, or bare samples`(type: String) async throws {
        for bytes in [Wire.waveBytes, Wire.pcm] {
            let result = try await Wire.speak([Wire.answer(bytes, type: type)])
            #expect(result.error == nil && result.samples == Wire.samples)
        }
    }

    @Test(arguments: ["", "text/plain", "application/octet-stream", "binary/octet-stream"], [1, 7, 1_000])
    func `an answer whose type says nothing is read by its look`(type: String, longest: Int) async throws {
        let events = "\u{FEFF}data: \(Wire.frame(Wire.base64[0], 0))\n\ndata: \(Wire.frame(Wire.base64[1], 1))\n\n"
        let head = "HTTP/1.1 200 OK\r\n\(type.isEmpty ? "" : "Content-Type: \(type)\r\n")Connection: close\r\n\r\n"
        for text in [events + "data: [DONE]", ": hello\n\n" + events.dropFirst() + "data: \(Wire.end)"] {
            let result = try await Wire.speak([.send(head), .pieces(Array(text.utf8), seed: 3, longest: longest)])
            #expect(result.error == nil && result.samples == Wire.samples)
        }
        for failure in [#"{"error":{"code":"1113","message":"no money"}}"#, "<html><h1>502</h1></html>"] {
            let result = try await Wire.speak([.send(head), .pieces(Array(failure.utf8), seed: 3, longest: longest)])
            #expect(result.error?.code == (failure.contains("1113") ? .accountRefused : .malformedAnswer))
            #expect(result.samples.isEmpty)
        }
        let sound = try await Wire.speak([.send(head), .pieces([0x7B, 1, 2, 3], seed: 3, longest: longest)])
        #expect(sound.error == nil && sound.samples == [0x17B, 0x302])
    }

    @Test(arguments: [
        ("audio/mpeg", [0xFF, 0xFB, 0x90, 0x64]), ("audio/ogg", [1, 2]), ("audio/pcm", Array("OggS1234".utf8)),
        ("", Array("ID3\u{4}12345".utf8)), ("audio/wav", Array("fLaC12345".utf8)),
    ])
    func `sound in another coding is an error, not noise`(type: String, bytes: [UInt8]) async throws {
        let result = try await Wire.speak([Wire.answer(bytes + [UInt8](repeating: 7, count: 400), type: type)])
        #expect(result.error?.code == .malformedAnswer && result.error?.hint?.contains("response_format") == true)
        #expect(result.samples.isEmpty)
    }

    @Test(arguments: ["audio/wav", "audio/pcm"]) func `an error is an error, whatever type it has`(type: String)
        async throws
    {
        let body = #"{"error":{"code":"1305","message":"busy"}}"#
        for body in [body, "data: \(body)\n\n"] {
            let result = try await Wire.speak([Wire.answer(Array(body.utf8), type: type)])
            #expect(result.error?.businessCode == "1305" && result.samples.isEmpty)
        }
    }

    @Test func `bare samples have the rate that their type tells, and end between samples`() async throws {
        let server = try ScriptedServer([
            .request, Wire.answer(Wire.pcm, type: "audio/pcm; rate=16000"), .request,
            Wire.answer(Wire.pcm + [1], type: "audio/pcm"), .close,
        ])
        var settings = Wire.settings(server)
        settings.retry.attempts = 1
        let glm = try GLMClient(settings)
        let (chunks, error) = await Wire.read(try glm.speak(SpeechRequest("你好")))
        #expect(error == nil && chunks.allSatisfy { $0.audio.format.rate == 16_000 } && !chunks.isEmpty)
        let odd = await Wire.read(try glm.speak(SpeechRequest("你好")))
        #expect(odd.error?.code == .endedEarly && odd.elements.flatMap(\.audio.samples) == Wire.samples)
    }

    @Test func `a frame may be a WAVE file, or the sound with nothing around it`() async throws {
        let wave = try await Wire.speak([Wire.events([Wire.frame(Wire.wave, 0), Wire.end])])
        #expect(wave.error == nil && wave.samples == Wire.samples)
        let bare = try await Wire.speak([Wire.events(Wire.base64 + ["[DONE]"])])
        #expect(bare.error == nil && bare.samples == Wire.samples)
    }

    @Test func `only the delta's content is sound`() async throws {
        let frames = [
            #"{"choices":[{"message":{"role":"assistant","content":"AAAA"}}]}"#,
            #"{"choices":[{"delta":{"content":"\#(Wire.base64[0])"},"x":{"content":"AAAA"}}]}"#, Wire.end,
        ]
        let result = try await Wire.speak([Wire.events(frames)])
        #expect(result.error == nil && result.samples == Array(Wire.samples.prefix(8)))
    }

    @Test func `the other dialect is base64, whatever is wanted of the service`() async throws {
        let frames = [#"{"type":"speech.audio.delta","audio":"\#(Wire.base64[0])"}"#, #"{"type":"speech.audio.done"}"#]
        let result = try await Wire.speak([Wire.events(frames)]) {
            $0.dialect = .openai
            $0.speechEncoding = .hex
        }
        #expect(result.error == nil && result.samples.count == 8)
    }

    @Test func `streams in turn share a connection, though their last bytes come late`() async throws {
        func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        let body = chunk("data: \(Wire.frame(Wire.base64[0], 0))\n\n") + chunk("data: \(Wire.end)\n\n")
        let late = (0..<10).map { _ in Latch() }
        let server = try ScriptedServer(
            late.flatMap { [.request, .send(head + body), .wait($0), .send(chunk("data: [DONE]\n\n") + "0\r\n\r\n")] })
        defer { server.stop() }
        let glm = try GLMClient(Wire.settings(server))
        for latch in late {
            let (chunks, error) = await Wire.read(try glm.speak(SpeechRequest("你好")))
            #expect(error == nil && chunks.count == 1)
            // Nobody waits for what comes now: the next request may be sooner, and make a connection of its own.
            latch.open()
        }
        #expect(server.connectionCount < late.count)
    }

    @Test(arguments: [true, false]) func `a mark before the speech is left out when that is wanted`(isWanted: Bool)
        async throws
    {
        let beep = (0..<4_800).map { $0 % 24 < 12 ? Int16(9_000) : -9_000 } + [Int16](repeating: 0, count: 2_400)
        let noise = (0..<4_800).map { Int16(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) / 4 }
        let bytes = (beep + noise).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
        let text = String(decoding: Base64Encoder.text(of: bytes.span), as: UTF8.self)
        let answers = [
            Wire.events([Wire.frame(text, 0), Wire.end]), Wire.answer(bytes, type: "audio/pcm"),
        ]
        for answer in answers {
            let result = try await Wire.speak([answer]) { $0.skipsMark = isWanted }
            #expect(result.error == nil && result.samples.count == noise.count + (isWanted ? 480 : beep.count))
            #expect(result.samples.suffix(noise.count).elementsEqual(noise))
        }
    }

    @Test func `the whole speech in one request`() async throws {
        let server = try ScriptedServer([.request, Wire.answer(Wire.pcm, type: "audio/pcm"), .close])
        var settings = Wire.settings(server)
        settings.hasWatermark = false
        let clip = try await GLMClient(settings).speakWhole(SpeechRequest("你好"))
        #expect(clip == SpeechClip(format: PCMFormat(rate: 24_000, channels: 1), samples: Wire.samples))
        let body = String(decoding: server.requests.first?.body ?? [], as: UTF8.self)
        #expect(body.contains(#""response_format":"wav""#) && body.contains(#""watermark_enabled":false"#))
        #expect(!body.contains("stream"))
    }

    @Test func `the other dialect asks for what it knows, and without a key`() async throws {
        let server = try ScriptedServer([.request, Wire.answer(Wire.pcm, type: "audio/pcm"), .close])
        var settings = GLMSettings(baseURL: server.url + "/v1/", dialect: .openai)
        settings.extraSpeechMembers = ["ref_text": "你"]
        let (chunks, error) = await Wire.read(try GLMClient(settings).speak(SpeechRequest("你好", volume: 3)))
        #expect(error == nil && chunks.flatMap(\.audio.samples) == Wire.samples)
        let seen = try #require(server.requests.first)
        let body = String(decoding: seen.body, as: UTF8.self)
        #expect(seen.head.hasPrefix("POST /v1/audio/speech") && seen.value("authorization") == nil)
        #expect(body.contains(#""ref_text":"你""#) && !body.contains("volume") && !body.contains("encode_format"))
    }

    @Test(arguments: [
        (SpeechRequest("  \n"), RemoteError.Code.invalidRequest),
        (SpeechRequest(String(repeating: "好", count: 1_025)), .limitExceeded),
        (SpeechRequest("a", speed: 0.49), .invalidRequest),
        (SpeechRequest("a", speed: 2.01), .invalidRequest), (SpeechRequest("a", volume: 0), .invalidRequest),
        (SpeechRequest("a", volume: 10.1), .invalidRequest), (SpeechRequest("a", speed: .nan), .invalidRequest),
        (SpeechRequest("a", requestID: "short"), .invalidRequest),
    ])
    func `what the service would refuse is refused before it costs anything`(
        request: SpeechRequest, code: RemoteError.Code
    ) throws {
        let glm = try GLMClient(GLMSettings(baseURL: "http://127.0.0.1:1"))
        let error = #expect(throws: RemoteError.self) { _ = try glm.speak(request) }
        #expect(error?.code == code)
    }

    @Test func `a text of 1024 characters is spoken, however many bytes it has`() throws {
        let glm = try GLMClient(GLMSettings(baseURL: "http://127.0.0.1:1"))
        _ = try glm.speak(SpeechRequest(String(repeating: "好", count: 1_024), speed: 0.5, volume: 10))
        let error = #expect(throws: RemoteError.self) { _ = try GLMClient(GLMSettings(baseURL: "open.bigmodel.cn")) }
        #expect(error?.code == .invalidRequest)
    }
}
