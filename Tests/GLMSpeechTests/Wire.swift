import AudioCore
import HTTPTransport
import Speech
import TestSupport

@testable import GLMSpeech

/// Bytes of the service's, made for tests: eight samples twice, in all the forms in which they may come.
enum Wire {
    static let samples: [Int16] = [0, 2, 4, 6, 8, 6, 4, 2, 0, -2, -4, -6, -8, -6, -4, -2].map { $0 * 256 }
    static let base64 = ["AAAAAgAEAAYACAAGAAQAAg==", "AAAA/gD8APoA+AD6APwA/g=="]
    static let hex = ["00000002000400060008000600040002", "000000fe00fc00fa00f800fa00fc00fe"]
    static let wave =
        "UklGRkQAAABXQVZFZm10IBAAAAABAAEAwF0AAIC7AAACABAAZGF0YSAAAAAAAAACAAQABgAIAAYABAACAAAA/gD8APoA+AD6APwA/g=="
    /// The same as bytes: a header of 44, then the samples.
    static var waveBytes: [UInt8] {
        var bytes: [UInt8] = []
        var decoder = Base64Decoder()
        _ = try? decoder.decode(Array(wave.utf8).span, appendingTo: &bytes)
        return bytes
    }
    static let key = "0123456789abcdef0123456789abcdef.S3cretS3cretS3cr"

    static var pcm: [UInt8] {
        samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] }
    }

    static func frame(
        _ content: String, _ index: Int, rest: String = #","return_sample_rate":24000,"return_format":"pcm""#
    ) -> String {
        #"{"id":"2025","created":1760068800,"model":"glm-tts","choices":[{"index":\#(index),"delta":{"role":"assistant","content":"\#(content)"\#(rest)}}]}"#
    }

    /// The end of a speech; its time is in milliseconds, as the service's own page shows it once.
    static let end =
        #"{"choices":[{"finish_reason":"stop","index":2}],"created":1760068802123,"id":"2025","model":"glm-tts"}"#

    /// An answer with a length.
    static func answer(
        _ body: String, type: String = "application/json; charset=UTF-8", status: String = "200 OK", fields: String = ""
    ) -> ScriptedServer.Step {
        answer(Array(body.utf8), type: type, status: status, fields: fields)
    }

    static func answer(
        _ body: [UInt8], type: String, status: String = "200 OK", fields: String = ""
    ) -> ScriptedServer.Step {
        let head =
            "HTTP/1.1 \(status)\r\nContent-Type: \(type)\r\nX-Log-Id: log-7\r\n\(fields)Content-Length: \(body.count)\r\n\r\n"
        return .bytes(Array(head.utf8) + body)
    }

    /// An answer of events, each line followed by a blank one.
    static func events(_ lines: [String], end: String = "\n\n") -> ScriptedServer.Step {
        answer(lines.map { "data: " + $0 + end }.joined(), type: "text/event-stream;charset=UTF-8")
    }

    static func error(_ code: String, _ status: String, fields: String = "") -> ScriptedServer.Step {
        answer(#"{"error":{"code":"\#(code)","message":"no: \#(key)"}}"#, status: status, fields: fields)
    }

    static func settings(_ server: borrowing ScriptedServer, clock: TestClock = TestClock()) -> GLMSettings {
        var settings = GLMSettings(baseURL: server.url + "/api/paas/v4", credential: .key(key))
        settings.retry = RetryPolicy(clock: clock)
        settings.limits.firstByte = .seconds(120)
        return settings
    }

    /// Reads a stream to its end or its error.
    static func read<Element>(
        _ stream: EngineStream<Element>, noting arrival: Latch = Latch()
    ) async -> (elements: [Element], error: RemoteError?) {
        var elements: [Element] = []
        var reader = stream.makeAsyncIterator()
        do throws(RemoteError) {
            while let element = try await reader.next() {
                elements.append(element)
                arrival.open()
            }
            return (elements, nil)
        } catch {
            return (elements, error)
        }
    }

    /// What the server's first answer makes of a request for speech.
    static func speak(
        _ steps: [ScriptedServer.Step], _ change: (inout GLMSettings) -> Void = { _ in }
    ) async throws -> (samples: [Int16], error: RemoteError?) {
        let server = try ScriptedServer([.request] + steps + [.close])
        defer { server.stop() }
        var settings = settings(server)
        settings.retry.attempts = 1
        change(&settings)
        let (chunks, error) = await read(try GLMClient(settings).speak(SpeechRequest("你好")))
        return (chunks.flatMap(\.audio.samples), error)
    }
}
