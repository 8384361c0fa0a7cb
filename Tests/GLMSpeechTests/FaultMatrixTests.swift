import AudioCore
import HTTPTransport
import Speech
import TestSupport
import Testing

@testable import GLMSpeech

/// Every fault that a service may have, for each of the three things that are asked of it.
@Suite(.neverHangs)
struct FaultMatrixTests {
    /// What is asked, and what a good answer holds.
    enum Call: CaseIterable {
        case speech, transcription, voice

        /// Two pieces and an end, as lines of events.
        var lines: [String] {
            switch self {
            case .speech: [Wire.frame(Wire.base64[0], 0), Wire.frame(Wire.base64[1], 1), Wire.end]
            case .transcription:
                [
                    #"{"type":"transcript.text.delta","delta":"one"}"#,
                    #"{"type":"transcript.text.delta","delta":" two"}"#,
                    #"{"type":"transcript.text.done"}"#,
                ]
            case .voice:
                [
                    #"{"choices":[{"delta":{"content":"one"}}]}"#, #"{"choices":[{"delta":{"content":" two"}}]}"#,
                    "[DONE]",
                ]
            }
        }

        /// A line of the same kind that is long, and what it brings.
        var longLine: (line: String, content: String) {
            switch self {
            case .speech:
                let text = String(repeating: "AQID", count: 32_768)
                return (Wire.frame(text, 0), "98304 bytes")
            case .transcription:
                let text = String(repeating: "long ", count: 20_000)
                return (#"{"type":"transcript.text.delta","delta":"\#(text)"}"#, text)
            case .voice:
                let text = String(repeating: "long ", count: 20_000)
                return (#"{"choices":[{"delta":{"content":"\#(text)"}}]}"#, text)
            }
        }

        /// Asks, and joins what comes.
        func ask(
            _ glm: GLMClient, noting arrival: Latch = Latch()
        ) async throws(RemoteError) -> (content: String, error: RemoteError?) {
            switch self {
            case .speech:
                let (chunks, error) = await Wire.read(try glm.speak(SpeechRequest("你好")), noting: arrival)
                let samples = chunks.flatMap(\.audio.samples)
                let pieces = [Wire.samples[..<8], Wire.samples[8...]].map(Array.init)
                let names = [[]: "", pieces[0]: "one", Wire.samples: "one two"]
                return (names[samples] ?? "\(samples.count * 2) bytes", error)
            case .transcription:
                let (pieces, error) = await Wire.read(
                    try await glm.transcribeAsItComes(.bytes(Wire.waveBytes)), noting: arrival)
                return (pieces.joined(), error)
            case .voice:
                let request = VoiceRequest(turns: [.user(text: "你好", clip: nil)])
                let (events, error) = await Wire.read(try await glm.answer(request), noting: arrival)
                let texts = events.map { if case .text(let text) = $0 { text } else { "" } }
                return (texts.joined(), error)
            }
        }
    }

    private static func head(_ rest: String = "") -> String {
        "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\(rest)\r\n"
    }

    /// A beginning that promises more than it brings.
    private static func begun(_ lines: ArraySlice<String>) -> ScriptedServer.Step {
        .send(head("Content-Length: 9999\r\n") + lines.map { "data: \($0)\n\n" }.joined())
    }

    /// What two attempts make of an answer and a good one.
    private static func healed(
        _ call: Call, after steps: [ScriptedServer.Step]
    ) async throws -> (content: String, error: RemoteError?, requests: Int, sleeps: [Duration]) {
        let server = try ScriptedServer(
            scripts: [[.request] + steps + [.close], [.request, Wire.events(call.lines), .close]])
        defer { server.stop() }
        let clock = TestClock()
        var settings = Wire.settings(server, clock: clock)
        // Short only where the server stalls: a busy machine must not pass for one that does.
        if steps.contains(where: \.isStall) {
            (settings.limits.firstByte, settings.limits.silence) = (.seconds(1), .seconds(1))
        }
        let (content, error) = try await call.ask(try GLMClient(settings))
        return (content, error, server.requests.count, clock.sleeps)
    }

    /// Faults before anything has been given, which another attempt heals.
    static let early: [(name: String, steps: @Sendable (Call) -> [ScriptedServer.Step])] = [
        ("429", { _ in [Wire.error("1302", "429 Too Many Requests")] }),
        ("503", { _ in [Wire.answer("<html>", type: "text/html", status: "503 Unavailable")] }),
        ("reset", { _ in [.reset] }), ("closed", { _ in [] }), ("stall", { _ in [.stall] }),
        ("head, then stall", { _ in [.send(head()), .stall] }),
        ("head, then end", { _ in [.send(head())] }),
        ("error first", { _ in [Wire.events([#"{"error":{"code":"1305","message":"busy"}}"#])] }),
        ("malformed first", { _ in [Wire.events([#"{"choices":[{"#])] }),
        ("an error with the status of success", { _ in [Wire.answer(#"{"error":{"code":"1230","message":"x"}}"#)] }),
        ("reset after the head", { _ in [begun([]), .reset] }),
    ]

    @Test(arguments: Call.allCases, early.indices)
    func `a fault before the first piece is healed by another attempt`(call: Call, index: Int) async throws {
        let (name, steps) = Self.early[index]
        let result = try await Self.healed(call, after: steps(call))
        #expect(result.error == nil && result.content == "one two", "\(name): \(String(describing: result.error))")
        #expect(result.requests == 2 && result.sleeps.count == 1, "\(name)")
    }

    /// Faults after the first piece: it is given, then the error.
    static let late: [(name: String, code: RemoteError.Code, steps: @Sendable (Call) -> [ScriptedServer.Step])] = [
        ("reset", .endedEarly, { [begun($0.lines[..<1]), .reset] }),
        ("short body", .endedEarly, { [begun($0.lines[..<1])] }),
        ("no end", .endedEarly, { [Wire.events(Array($0.lines[..<1]))] }),
        ("stall", .timedOut, { [begun($0.lines[..<1]), .stall] }),
        ("malformed", .malformedAnswer, { [Wire.events([$0.lines[0], #"{"choices":"#])] }),
        ("error", .serviceFailed, { [Wire.events([$0.lines[0], #"{"error":{"code":"1234","message":"x"}}"#])] }),
    ]

    @Test(arguments: Call.allCases, late.indices)
    func `a fault after the first piece is told after it, and nothing is tried again`(call: Call, index: Int)
        async throws
    {
        let (name, code, steps) = Self.late[index]
        let result = try await Self.healed(call, after: steps(call))
        #expect(result.content == "one" && result.error?.code == code, "\(name): \(String(describing: result.error))")
        #expect(result.requests == 1 && result.sleeps.isEmpty, "\(name)")
    }

    @Test(arguments: Call.allCases) func `an account without money is asked once`(call: Call) async throws {
        let result = try await Self.healed(call, after: [Wire.error("1113", "429 Too Many Requests")])
        #expect(result.error?.code == .accountRefused && result.requests == 1 && result.sleeps.isEmpty)
    }

    @Test(arguments: Call.allCases, ["\n", "\r\n\r\n"]) func `frames are apart in any way`(call: Call, end: String)
        async throws
    {
        let result = try await Self.healed(call, after: [Wire.events(call.lines, end: end)])
        #expect(result.error == nil && result.content == "one two" && result.requests == 1)
    }

    @Test(arguments: Call.allCases) func `a line over 64 KiB is a line, however it is cut`(call: Call) async throws {
        let text = "data: \(call.longLine.line)\n\ndata: \(call.lines[2])\n\n"
        let steps: [ScriptedServer.Step] = [.send(Self.head()), .pieces(Array(text.utf8), seed: 1, longest: 20_000)]
        let result = try await Self.healed(call, after: steps)
        let isSame = result.content == call.longLine.content
        #expect(result.error == nil && isSame)
    }

    /// gzip may keep what is not compressed: one stored block (RFC 1951, section 3.2.4) and its checksum (RFC 1952).
    private static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var checksum: UInt32 = .max
        for byte in bytes {
            checksum ^= UInt32(byte)
            for _ in 0..<8 { checksum = checksum >> 1 ^ (checksum & 1 == 0 ? 0 : 0xEDB8_8320) }
        }
        func number(_ value: UInt32, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        }
        let count = UInt32(bytes.count)
        return [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255, 1] + number(count, 2) + number(~count, 2) + bytes
            + number(~checksum, 4)
            + number(count, 4)
    }

    @Test(arguments: Call.allCases) func `an answer may be packed`(call: Call) async throws {
        let packed = Self.gzip(Array(call.lines.map { "data: \($0)\n\n" }.joined().utf8))
        let head = Self.head("Content-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n")
        let result = try await Self.healed(call, after: [.send(head), .bytes(packed)])
        #expect(result.error == nil && result.content == "one two")
    }

    /// Where a task may be when it is cancelled.
    enum Point: CaseIterable {
        case beforeItBegins, waitingForLeave, connecting, waitingForTheHead, reading, waitingToTryAgain

        /// What a server does to keep the task there.
        func script(_ call: Call) -> [ScriptedServer.Step] {
            switch self {
            case .reading: [.request, FaultMatrixTests.begun(call.lines[..<1]), .stall]
            case .waitingToTryAgain: [.request, Wire.error("1302", "429 Too Many Requests"), .close]
            case .connecting: [.stall]
            case .beforeItBegins, .waitingForLeave, .waitingForTheHead: [.request, .stall]
            }
        }
    }

    @Test(arguments: Call.allCases, Point.allCases)
    func `a task may be cancelled anywhere, and the next one finds all as it was`(call: Call, point: Point) async throws
    {
        let first = point.script(call)
        let good: [ScriptedServer.Step] = [.request, Wire.events(call.lines), .close]
        let isAsked = point != .beforeItBegins && point != .waitingForLeave
        let server = try ScriptedServer(scripts: isAsked ? [first, good] : [good])
        defer { server.stop() }
        var settings = Wire.settings(server)
        settings.concurrentRequests = 1
        (settings.models.speech, settings.models.transcription, settings.models.voice) = (
            "\(point)", "\(point)-t", "\(point)-v"
        )
        // A wait that nobody ends but the cancelling.
        let clock = TestClock(isStill: true)
        settings.retry = RetryPolicy(clock: clock)
        let glm = try GLMClient(settings)
        let model = [settings.models.speech, settings.models.transcription, settings.models.voice][
            Call.allCases.firstIndex(of: call) ?? 0]
        var pass = point == .waitingForLeave ? try await glm.enter(model) : nil
        let gate = glm.gate(model)
        let arrival = Latch()
        let asking = Task {
            while point == .beforeItBegins && !Task.isCancelled { await Task.yield() }
            return try await call.ask(glm, noting: arrival).error
        }
        let isThere: () -> Bool =
            switch point {
            case .beforeItBegins: { true }
            case .waitingForLeave: { gate.waitingCount > 0 }
            case .connecting: { server.connectionCount > 0 }
            case .waitingForTheHead: { !server.requests.isEmpty }
            case .reading: { arrival.isOpen }
            case .waitingToTryAgain: { !clock.sleeps.isEmpty }
            }
        while !isThere() { await Task.yield() }
        asking.cancel()
        let result = await asking.result
        let error = (try? result.get()) ?? (result.failure as? RemoteError)
        #expect(error?.code == .cancelled, "\(String(describing: error))")
        pass = nil
        while server.openConnectionCount > 0 { await Task.yield() }
        let next = try await call.ask(glm)
        #expect(next.error == nil && next.content == "one two")
        withExtendedLifetime(pass) {}
    }
}

extension Result {
    fileprivate var failure: Failure? {
        if case .failure(let failure) = self { return failure }
        return nil
    }
}
