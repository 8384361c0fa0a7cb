import AudioCore
import HTTPTransport
import Speech
import Synchronization
import TestSupport
import Testing

@testable import GLMSpeech

/// Answers that look like good ones: half a speech must never pass for a whole one, nor an error for silence.
@Suite(.neverHangs)
struct OddAnswerTests {
    private static let ask = VoiceRequest(turns: [.user(text: "x", clip: nil)])

    @Test(
        arguments: [[0x0A, 0x0A], [0x0D, 0x0A], [0x3A, 0x20], [0x3C, 0x21], [0x7B, 0x20], [0x7B, 0x22]] as [[UInt8]])
    func `samples that are called samples may begin like text`(first: [UInt8]) async throws {
        let result = try await Wire.speak([Wire.answer(first + Wire.pcm, type: "audio/pcm")])
        #expect(result.error == nil && result.samples.count == 17)
    }

    @Test func `frames may each be a file, and none is lost`() async throws {
        let two = try await Wire.speak([Wire.events([Wire.frame(Wire.wave, 0), Wire.frame(Wire.wave, 1), Wire.end])])
        #expect(two.error == nil && two.samples == Wire.samples + Wire.samples)
    }

    private static func cutWave(to count: Int) -> String {
        String(decoding: Base64Encoder.text(of: Array(Wire.waveBytes.prefix(count)).span), as: UTF8.self)
    }

    static let cut: [(name: String, lines: [String])] = [
        ("a file that stops", [Wire.frame(cutWave(to: 60), 0), Wire.end]),
        ("a file that stops, then another", [Wire.frame(cutWave(to: 60), 0), Wire.frame(Wire.wave, 1), Wire.end]),
        (
            "a model out of room",
            [Wire.frame(Wire.base64[0], 0), #"{"choices":[{"finish_reason":"length","index":1}]}"#]
        ),
    ]

    @Test(arguments: cut.indices) func `speech that is cut is told, after what there is of it`(index: Int) async throws
    {
        let result = try await Wire.speak([Wire.events(Self.cut[index].lines)])
        #expect(result.error != nil && !result.samples.isEmpty, "\(Self.cut[index].name): \(result)")
    }

    @Test(arguments: [
        (#"{"code":1113,"message":"no balance"}"#, RemoteError.Code.accountRefused),
        (#"{"error":"no balance"}"#, .serviceFailed),
        (#"{"object":"error","message":"x","code":400}"#, .invalidRequest),
        (#"{"foo":1}"#, .malformedAnswer),
    ])
    func `a transcript's stream may state an error in any form`(frame: String, code: RemoteError.Code) async throws {
        for lines in [[frame, "[DONE]"], [frame]] {
            let server = try ScriptedServer([.request, Wire.events(lines), .close])
            defer { server.stop() }
            var settings = Wire.settings(server)
            settings.retry.attempts = 1
            let (pieces, error) = await Wire.read(
                try await GLMClient(settings).transcribeAsItComes(.bytes(Wire.waveBytes)))
            #expect(pieces.isEmpty && error?.code == code, "\(String(describing: error))")
        }
    }

    @Test func `an answer without anything in it is no answer`() async throws {
        for lines in [["[DONE]"], [#"{"choices":[]}"#, "[DONE]"]] {
            let server = try ScriptedServer([.request, Wire.events(lines), .close])
            defer { server.stop() }
            let (events, error) = await Wire.read(try await GLMClient(Wire.settings(server)).answer(Self.ask))
            #expect(events.isEmpty && error?.code == .endedEarly && error?.logID == "log-7")
        }
        let server = try ScriptedServer([.request, Wire.answer(#"{"choices":[]}"#), .close])
        defer { server.stop() }
        await #expect(throws: RemoteError.self) { try await GLMClient(Wire.settings(server)).answerWhole(Self.ask) }
    }

    @Test func `sound that the service spoils is its fault, and another attempt may heal it`() async throws {
        let bad = #"{"choices":[{"delta":{"audio":{"id":"1","data":"AAA*"}}}]}"#
        let good = [#"{"choices":[{"delta":{"content":"one"}}]}"#, "[DONE]"]
        let server = try ScriptedServer(scripts: [
            [.request, Wire.events([bad, "[DONE]"]), .close], [.request, Wire.events(good), .close],
        ])
        defer { server.stop() }
        let (events, error) = await Wire.read(try await GLMClient(Wire.settings(server)).answer(Self.ask))
        #expect(error == nil && events.count == 1 && server.requests.count == 2)
        // A file whose coding (0x63) nobody knows.
        let file = Array(
            "RIFF\u{24}\0\0\0WAVEfmt \u{10}\0\0\0\u{63}\0\u{1}\0\0\0\0\0\0\0\0\0\0\0\0\0data\u{4}\0\0\0abcd".utf8)
        let speech = try await Wire.speak([Wire.answer(file, type: "audio/wav")])
        #expect(speech.error?.code == .malformedAnswer && speech.error?.logID == "log-7")
    }

    @Test func `an error knows the request by the number of the service, of its body, or of the asker`() async throws {
        let cases: [(ScriptedServer.Step, String)] = [
            (Wire.error("1214", "400 Bad"), "ours-1"),
            (
                Wire.answer(#"{"error":{"code":"1214","message":"x"},"request_id":"body-2"}"#, status: "400 Bad"),
                "body-2"
            ),
            (Wire.error("1214", "400 Bad", fields: "X-Request-Id: head-3\r\n"), "head-3"),
            (Wire.events([Wire.frame(Wire.base64[0], 0)]), "ours-1"),
        ]
        for (step, number) in cases {
            let server = try ScriptedServer([.request, step, .close])
            defer { server.stop() }
            let request = SpeechRequest("x", requestID: "ours-1")
            let (_, error) = await Wire.read(try GLMClient(Wire.settings(server)).speak(request))
            #expect(error?.requestID == number, "\(String(describing: error))")
        }
        let head =
            "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nX-Log-Id: log-9\r\nContent-Length: 9999\r\n\r\n"
        let broken = try await Wire.speak([.send(head + "data: \(Wire.frame(Wire.base64[0], 0))\n\n"), .reset])
        #expect(broken.error?.logID == "log-9" && broken.error?.httpStatus == 200)
    }

    @Test func `a token that ends is renewed, whichever attempt it ends in`() async throws {
        let good = Wire.events([Wire.frame(Wire.base64[0], 0), Wire.end])
        let server = try ScriptedServer([
            .request, Wire.error("1302", "429 T"), .request, Wire.error("1003", "401 U"), .request, good, .close,
        ])
        defer { server.stop() }
        var settings = Wire.settings(server)
        settings.credential = .signed(Wire.key)
        let (chunks, error) = await Wire.read(try GLMClient(settings).speak(SpeechRequest("x")))
        #expect(error == nil && chunks.count == 1 && server.requests.count == 3)
    }

    @Test func `neither half of a key is in an error, nor a service's line ends`() async throws {
        let message = #"secret S3cretS3cretS3cr does\nnot match\u001b[2J"#
        let body = #"{"error":{"code":"1000","message":"\#(message)"}}"#
        let refused = try await Wire.speak([Wire.answer(body, status: "401 U")])
        let text = refused.error.map { "\($0)" } ?? ""
        #expect(!text.contains("S3cret") && text.contains("does not match"))
        #expect(text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control })
        let moved = "HTTP/1.1 307 M\r\nLocation: http://\(Wire.key).invalid/x\r\nContent-Length: 0\r\n\r\n"
        let lost = try await Wire.speak([.send(moved)])
        #expect(lost.error?.code == .unreachable && lost.error.map { !"\($0)".contains("S3cret") } == true)
    }

    @Test(arguments: 1...23) func `what begins like a file and is none reads the same however it is cut`(
        cut: Int
    ) throws {
        let bytes = Array("RIFF".utf8) + (0..<20).map { UInt8($0 * 11) }
        let samples: ([ArraySlice<UInt8>]) throws -> [Int16] = { parts in
            var sound = SoundReader()
            var pieces = SpeechPieces()
            for part in parts { try sound.read(part.span, rate: nil, into: &pieces, at: .now) }
            _ = try sound.finish(rate: nil, into: &pieces, at: .now)
            return pieces.ready.flatMap(\.audio.samples)
        }
        let whole = try samples([bytes[...]])
        #expect(whole.count == 12)
        #expect(try samples([bytes[..<cut], bytes[cut...]]) == whole)
    }
}
