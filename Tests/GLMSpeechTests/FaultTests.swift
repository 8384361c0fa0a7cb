import AudioCore
import HTTPTransport
import Speech
import Synchronization
import TestSupport
import Testing

@testable import GLMSpeech

/// What a service or a network may do wrong: an error that says what happened, or another attempt that heals it.
@Suite(.neverHangs)
struct FaultTests {
    private static let first = Wire.frame(Wire.base64[0], 0)
    private static let whole = Wire.events([first, Wire.frame(Wire.base64[1], 1), Wire.end])

    /// What two attempts make of an answer and a good one.
    private static func healed(
        after steps: [ScriptedServer.Step]
    ) async throws -> (samples: [Int16], error: RemoteError?, requests: Int, sleeps: [Duration]) {
        let server = try ScriptedServer(scripts: [[.request] + steps + [.close], [.request, whole, .close]])
        defer { server.stop() }
        let clock = TestClock()
        var settings = Wire.settings(server, clock: clock)
        // Short only where the server stalls: a busy machine must not pass for one that does.
        if steps.contains(where: \.isStall) {
            settings.limits.firstByte = .seconds(1)
            settings.limits.silence = .seconds(1)
        }
        let (chunks, error) = await Wire.read(try GLMClient(settings).speak(SpeechRequest("你好")))
        return (chunks.flatMap(\.audio.samples), error, server.requests.count, clock.sleeps)
    }

    static let passing: [(name: String, steps: [ScriptedServer.Step])] = [
        ("429, too many", [Wire.error("1302", "429 Too Many Requests")]),
        ("429, busy", [Wire.error("1305", "429 Too Many Requests")]), ("500", [Wire.error("1234", "500 Error")]),
        ("502 of a proxy", [Wire.answer("<html>Bad Gateway</html>", type: "text/html", status: "502 Bad Gateway")]),
        ("503 without a body", [Wire.answer("", status: "503 Unavailable")]), ("reset before the head", [.reset]),
        ("closed before the head", []), ("a stall before the head", [.stall]),
        ("an error frame first", [Wire.events([#"{"error":{"code":"1305","message":"busy"}}"#])]),
        ("a good head and nothing more", [.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")]),
        (
            "a reset before the first sound",
            [.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 99\r\n\r\n: a\n"), .reset]
        ),
        ("a stream without sound", [Wire.events([Wire.end])]),
        ("a server's own status in a frame", [Wire.events([#"{"error":{"code":500,"message":"internal"}}"#])]),
        ("a limit in a frame", [Wire.events([#"{"type":"speech.audio.error","error":{"code":"429","message":"x"}}"#])]),
        ("malformed JSON first", [Wire.events([#"{"choices":[{"#])]),
        ("an error with the status of success", [Wire.answer(#"{"error":{"code":"1230","message":"flow"}}"#)]),
        (
            "an error of the network as the end",
            [Wire.events([#"{"choices":[{"finish_reason":"network_error","index":0}]}"#])]
        ),
        ("an empty answer", [Wire.answer("", type: "audio/pcm")]),
    ]

    @Test(arguments: passing.indices)
    func `what may pass is healed by another attempt before the first sound`(index: Int) async throws {
        let result = try await Self.healed(after: Self.passing[index].steps)
        let name = Self.passing[index].name
        #expect(result.error == nil && result.samples == Wire.samples, "\(name): \(String(describing: result.error))")
        #expect(result.requests == 2 && result.sleeps.count == 1, "\(name)")
    }

    static let refused: [(step: ScriptedServer.Step, code: RemoteError.Code, business: String?)] = [
        (Wire.error("1113", "429 Too Many Requests"), .accountRefused, "1113"),
        (Wire.error("1309", "429 Too Many Requests"), .accountRefused, "1309"),
        (Wire.error("1001", "401 Unauthorized"), .unauthorized, "1001"),
        (Wire.error("1220", "403 Forbidden"), .accountRefused, "1220"),
        (Wire.error("1211", "400 Bad Request"), .notFound, "1211"),
        (Wire.error("1214", "400 Bad Request"), .invalidRequest, "1214"),
        (Wire.error("1301", "400 Bad Request"), .contentRefused, "1301"),
        (
            Wire.answer(#"{"code":1214,"message":"bare, with a number"}"#, status: "400 Bad Request"), .invalidRequest,
            "1214"
        ),
        (Wire.answer(#"{"error":"just text"}"#, status: "404 Not Found"), .notFound, nil),
        (
            Wire.answer(
                #"{"error":{"type":"insufficient_quota","code":"insufficient_quota","message":"x"}}"#,
                status: "429 Too Many Requests"), .accountRefused, "insufficient_quota"
        ),
        (Wire.answer("no JSON", type: "text/plain", status: "413 Too Large"), .limitExceeded, nil),
    ]

    @Test(arguments: refused.indices)
    func `what cannot pass is told once, with the service's numbers and a remedy`(index: Int) async throws {
        let (step, code, business) = Self.refused[index]
        let result = try await Self.healed(after: [step])
        let error = try #require(result.error)
        #expect(error.code == code && error.businessCode == business && !error.mayRetry, "\(error)")
        #expect(error.logID == "log-7" && error.httpStatus != nil && error.hint != nil)
        #expect(result.requests == 1 && result.sleeps.isEmpty && result.samples.isEmpty)
        #expect(!"\(error)".contains("S3cret"), "what the service repeats of the key is taken out")
    }

    @Test func `a wait that the service asks for is kept`() async throws {
        let busy = Wire.error("1302", "429 Too Many Requests", fields: "Retry-After: 9\r\n")
        let result = try await Self.healed(after: [busy])
        #expect(result.error == nil && result.sleeps == [.seconds(9)])
        let dated = "Date: Wed, 21 Oct 2026 07:28:00 GMT\r\nRetry-After: Wed, 21 Oct 2026 07:28:12 GMT\r\n"
        let later = try await Self.healed(after: [Wire.error("1302", "429 Too Many Requests", fields: dated)])
        #expect(later.error == nil && later.sleeps == [.seconds(12)])
        let never = dated.replacing("07:28:12", with: "23:00:00")
        let given = try await Self.healed(after: [Wire.error("1302", "429 Too Many Requests", fields: never)])
        #expect(given.error?.code == .rateLimited && given.sleeps.isEmpty)
    }

    @Test func `nothing that a server repeats of a key is kept`() async throws {
        let body = #"{"error":{"code":"\#(Wire.key)","message":"\#(Wire.key)"}}"#
        let fields = "X-Request-Id: \(Wire.key)\r\nX-Log-Id: Bearer \(Wire.key)\r\n"
        let result = try await Wire.speak([Wire.answer(body, status: "401 Unauthorized", fields: fields)])
        #expect(result.error?.requestID == "[redacted]" && result.error.map { !"\($0)".contains("S3cret") } == true)
        var shown = ""
        dump(try GLMClient(GLMSettings(credential: .signed(Wire.key))), to: &shown)
        #expect(!shown.contains("S3cret"))
    }

    @Test func `a task that is cancelled gets nothing more, though more and more comes`() async throws {
        let frame = Array("data: \(Self.first)\n\n".utf8)
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
        let server = try ScriptedServer([.request, .send(head), .flood(frame), .close])
        defer { server.stop() }
        let glm = try GLMClient(Wire.settings(server))
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let isCancelled = Mutex(false)
        let reading = Task {
            var surplus = 0
            for try await _ in try glm.speak(SpeechRequest("你好")) {
                begin.yield()
                if isCancelled.withLock({ $0 }) { surplus += 1 }
                // One may have been on its way.
                guard surplus <= 1 else { return }
            }
        }
        for await _ in begun { break }
        reading.cancel()
        isCancelled.withLock { $0 = true }
        let result = await reading.result
        let error = #expect(throws: RemoteError.self) { _ = try result.get() }
        #expect(error?.code == .cancelled)
        while server.openConnectionCount > 0 { await Task.yield() }
    }

    @Test func `an answer without end is given up`() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n{\"text\":\""
        let server = try ScriptedServer([.request, .send(head), .flood([UInt8](repeating: 97, count: 65_536)), .close])
        defer { server.stop() }
        var settings = Wire.settings(server)
        settings.retry.attempts = 1
        let glm = try GLMClient(settings)
        let clip = AudioClip.bytes(Wire.waveBytes)
        let whole = await #expect(throws: RemoteError.self) { _ = try await glm.transcribe(clip) }
        #expect(whole?.code == .malformedAnswer && whole?.message.contains("67108864") == true)
        let stream = await Wire.read(try await glm.transcribeAsItComes(clip))
        #expect(stream.error?.code == .malformedAnswer && stream.error?.message.contains("67108864") == true)
    }

    static let late: [(name: String, steps: [ScriptedServer.Step], code: RemoteError.Code)] = [
        ("an early end", [Wire.events([first])], .endedEarly),
        ("an error frame", [Wire.events([first, #"{"error":{"code":"1234","message":"network"}}"#])], .serviceFailed),
        (
            "a sensitive end", [Wire.events([first, #"{"choices":[{"finish_reason":"sensitive","index":1}]}"#])],
            .contentRefused
        ),
        ("truncated base64", [Wire.events([first, Wire.frame("AAAAAgAEA", 1), Wire.end])], .malformedAnswer),
        ("malformed JSON", [Wire.events([first, #"{"choices":"#])], .malformedAnswer),
        (
            "a reset",
            [
                .send(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\ndata: \(first)\n\n"
                ), .reset,
            ], .endedEarly
        ),
        (
            "a short body",
            [
                .send(
                    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 9999\r\n\r\ndata: \(first)\n\n"
                )
            ], .endedEarly
        ),
        (
            "a stall", [.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: \(first)\n\n"), .stall],
            .timedOut
        ),
    ]

    @Test(arguments: late.indices)
    func `after the first sound nothing is tried again: the sound is given, then the error`(index: Int) async throws {
        let (name, steps, code) = Self.late[index]
        let result = try await Self.healed(after: steps)
        #expect(result.samples == Array(Wire.samples.prefix(8)), "\(name)")
        #expect(result.error?.code == code, "\(name): \(String(describing: result.error))")
        #expect(result.requests == 1 && result.sleeps.isEmpty, "\(name)")
    }

    @Test func `a stream that failed gives its leave back, though somebody keeps it`() async throws {
        let server = try ScriptedServer(scripts: [
            [.request, Wire.events([Self.first]), .close], [.request, Self.whole, .close],
        ])
        defer { server.stop() }
        var settings = Wire.settings(server)
        settings.concurrentRequests = 1
        settings.models.speech = "kept"
        let glm = try GLMClient(settings)
        let kept = try glm.speak(SpeechRequest("你好"))
        let (_, error) = await Wire.read(kept)
        #expect(error?.code == .endedEarly)
        let (chunks, failure) = await Wire.read(try glm.speak(SpeechRequest("你好")))
        #expect(failure == nil && chunks.count == 2)
        withExtendedLifetime(kept) {}
    }

    @Test(arguments: [Wire.end, "[DONE]"])
    func `a last line without an end is a line`(end: String) async throws {
        let body = "data: \(Self.first)\ndata: \(end)"
        let result = try await Wire.speak([Wire.answer(body, type: "text/event-stream")])
        #expect(result.error == nil && result.samples.count == 8)
        let refusal = #"data: {"error":{"code":"1214","message":"x"}}"#
        let refused = try await Wire.speak([Wire.answer(refusal, type: "text/event-stream")])
        #expect(refused.error?.businessCode == "1214")
    }

    @Test(arguments: [#"{"code":"1113","message":"bare"}"#, #"{"error":"just text"}"#])
    func `an error in a stream may be bare, or only text`(frame: String) async throws {
        let result = try await Wire.speak([Wire.events([frame])])
        #expect(result.error?.code != .malformedAnswer && result.error?.message.isEmpty == false)
    }

    @Test func `a WAVE answer that is cut is no whole speech`() async throws {
        var wave: [UInt8] = []
        var decoder = Base64Decoder()
        _ = try decoder.decode(Array(Wire.wave.utf8).span, appendingTo: &wave)
        for length in [30, 60] {
            let result = try await Wire.speak([Wire.answer(Array(wave.prefix(length)), type: "audio/wav")])
            #expect(result.error?.code == .endedEarly && result.samples.count == max(0, (length - 44) / 2))
        }
    }

    @Test func `null content and strange members are no sound and no error`() async throws {
        let result = try await Wire.speak([
            Wire.events([
                #"{"choices":[{"index":0,"delta":{"content":null}}]}"#, Self.first, #"{"choices":[]}"#, Wire.end,
            ])
        ])
        #expect(result.error == nil && result.samples.count == 8)
    }

    @Test(arguments: [0, 1, 2])
    func `a task that is cancelled ends its request and gives its leave back`(point: Int) async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
        let steps: [ScriptedServer.Step] = [
            [.stall], [.send(head), .stall], [.send("\(head)data: \(Self.first)\n\n"), .stall],
        ][point]
        let server = try ScriptedServer(scripts: [[.request] + steps, [.request, Self.whole, .close]])
        defer { server.stop() }
        var settings = Wire.settings(server)
        settings.concurrentRequests = 1
        settings.models.speech = "cancelled-\(point)"
        let glm = try GLMClient(settings)
        let speaking = Task {
            for try await _ in try glm.speak(SpeechRequest("你好")) {}
        }
        while server.requests.isEmpty { await Task.yield() }
        speaking.cancel()
        let result = await speaking.result
        let error = #expect(throws: RemoteError.self) { try result.get() }
        #expect(error?.code == .cancelled)
        while server.openConnectionCount > 0 { await Task.yield() }
        let (chunks, failure) = await Wire.read(try glm.speak(SpeechRequest("你好")))
        #expect(failure == nil && chunks.count == 2, "the only leave is there again")
    }

    @Test func `a reader that leaves ends the request`() async throws {
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
        let server = try ScriptedServer([.request, .send("\(head)data: \(Self.first)\n\n"), .stall])
        defer { server.stop() }
        let glm = try GLMClient(Wire.settings(server))
        for try await _ in try glm.speak(SpeechRequest("你好")) { break }
        while server.openConnectionCount > 0 { await Task.yield() }
    }
}
