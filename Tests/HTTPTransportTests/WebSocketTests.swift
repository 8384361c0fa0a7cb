import Synchronization
import TestSupport
import Testing

@testable import HTTPTransport

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Web sockets over loopback, with servers that keep to the rules and others.
@Suite(.tags(.handle), .neverHangs) struct WebSocketTests {
    private static func open(
        _ server: ScriptedServer, _ limits: WebSocketLimits = WebSocketLimits(), in client: HTTPClient,
        _ transport: TransportLimits = TransportLimits()
    ) async throws -> WebSocket {
        let request = HTTPRequest(
            "GET", server.webSocketURL, headers: [HTTPHeader("Authorization", "Bearer secret")], limits: transport)
        guard case .open(let socket) = try await client.openWebSocket(request, limits) else {
            throw TransportError(.unusable, "refused")
        }
        return socket
    }

    /// Reads frames and answers each, until the client says good-bye.
    private static func answering(
        _ answer: @escaping @Sendable (FrameReader.Event) -> [[UInt8]]
    ) -> ScriptedServer.Step {
        .talk { read, write in
            var reader = FrameReader(side: .server, messageLimit: 64 << 20)
            var isOver = false
            while !isOver {
                let bytes = read()
                guard !bytes.isEmpty else { return }
                try? reader.read(bytes.span) { event in
                    for answer in answer(event) where !write(answer) { isOver = true }
                    if case .close = event { isOver = true }
                }
            }
        }
    }

    private static func frame(_ write: (FrameWriter, inout [UInt8]) -> Void) -> [UInt8] {
        var bytes: [UInt8] = []
        write(FrameWriter(side: .server), &bytes)
        return bytes
    }

    /// Says everything back, good-bye included.
    fileprivate static let echo = answering { event in
        switch event {
        case .message(let message): [frame { $0.write(message, appendingTo: &$1) }]
        case .ping(let bytes): [frame { $0.writePong(bytes, appendingTo: &$1) }]
        case .pong: []
        case .close(let close): [frame { $0.write(close, appendingTo: &$1) }]
        }
    }

    @Test func `messages of any length go both ways, and the end is polite`() async throws {
        let server = try ScriptedServer.agreeing(then: [Self.echo])
        let client = try HTTPClient()
        let socket = try await Self.open(server, in: client)
        let messages = [0, 1, 125, 126, 65_535, 65_536, 3_000_000].map { count in
            WebSocketMessage(isText: count.isMultiple(of: 2), bytes: (0..<count).map { UInt8($0 & 0x7F) })
        }
        for message in messages {
            try await socket.send(message)
            #expect(try await socket.next() == message)
        }
        await socket.close(WebSocketClose(1000, "done"))
        #expect(try await socket.next() == nil && socket.lastWord == WebSocketClose(1000, "done"))
        await #expect(throws: TransportError.self) { try await socket.send(WebSocketMessage("more")) }
        let head = try #require(server.requests.first)
        #expect(head.head.hasPrefix("GET /talk?a=b HTTP/1.1") && head.value("authorization") == "Bearer secret")
        #expect(head.value("sec-websocket-version") == "13" && head.value("host") == "127.0.0.1:\(server.port)")
        #expect(head.value("sec-websocket-extensions") == nil)
    }

    /// In a process of its own, whose environment names a proxy: it makes a tunnel, and what goes through it is ours alone.
    @Test func `a proxy of the environment is asked for a tunnel`() async {
        await #expect(processExitsWith: .success) {
            let agree = ScriptedServer.Step.reply { request in
                Array(ScriptedServer.agreement(to: request.value("sec-websocket-key") ?? "").utf8)
            }
            let tunnel = ScriptedServer.Step.send("HTTP/1.1 200 Connection established\r\n\r\n")
            let proxy = try ScriptedServer([.request, tunnel, .request, agree, WebSocketTests.echo])
            unsafe setenv("http_proxy", proxy.url, 1)
            let request = HTTPRequest("GET", "ws://speech.invalid/talk", headers: [HTTPHeader("X-Key", "k")])
            guard case .open(let socket) = try await HTTPClient().openWebSocket(request) else {
                preconditionFailure("refused")
            }
            try await socket.send(WebSocketMessage("through"))
            let answer = try await socket.next()
            precondition(answer == WebSocketMessage("through"))
            await socket.close()
            let heads = proxy.requests.map(\.head)
            precondition(heads[0].hasPrefix("CONNECT speech.invalid:80 HTTP/1.1") && !heads[0].contains("X-Key"))
            precondition(heads[1].hasPrefix("GET /talk HTTP/1.1") && heads[1].contains("X-Key: k"))
        }
    }

    @Test func `what comes with the agreement, and in pieces, is read`() async throws {
        let first = Self.frame { $0.write(WebSocketMessage("early"), appendingTo: &$1) }
        let rest =
            first + [0x01, 0x02, 0x68, 0x69, 0x89, 0x00, 0x80, 0x00]
            + Self.frame {
                $0.write(WebSocketClose(1001, "bye"), appendingTo: &$1)
            }
        for seed in 1...5 as ClosedRange<UInt64> {
            let server = try ScriptedServer.agreeing(
                then: [.pieces(rest, seed: seed, longest: 3), .stall], with: first)
            let client = try HTTPClient()
            let socket = try await Self.open(server, in: client)
            var messages: [String] = []
            while let message = try await socket.next() { messages.append(message.text) }
            #expect(messages == ["early", "early", "hi"] && socket.lastWord == WebSocketClose(1001, "bye"))
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 101", "HTTP/1.1 200"), ("HTTP/1.1 101", "HTTP/1.1 401"),
    ])
    func `another status is a refusal, with what it says`(status: String, other: String) async throws {
        let server = try ScriptedServer.agreeing(then: [.close]) { answer in
            answer.replacing(status, with: other).replacing("\r\n\r\n", with: "\r\nContent-Length: 5\r\n\r\nwrong")
        }
        let client = try HTTPClient()
        let opening = try await client.openWebSocket(HTTPRequest("GET", server.webSocketURL))
        guard case .refused(let head, let body) = opening else {
            Issue.record("it was open")
            return
        }
        #expect("\(head.status)" == other.suffix(3) && String(decoding: body, as: UTF8.self) == "wrong")
    }

    @Test(
        arguments: [
            ("Sec-WebSocket-Accept: ", "Sec-WebSocket-Accept: x", "another question"),
            ("Upgrade: WebSocket\r\n", "", "did not agree"),
            ("Connection: keep-alive, Upgrade", "Connection: close", "did not agree"),
            ("Upgrade: W", "Sec-WebSocket-Extensions: permessage-deflate\r\nUpgrade: W", "extension"),
            ("Upgrade: W", "Sec-WebSocket-Protocol: chat\r\nUpgrade: W", "protocol"),
        ])
    func `an agreement to something else is none`(part: String, other: String, reason: String) async throws {
        let server = try ScriptedServer.agreeing(then: [.stall]) { $0.replacing(part, with: other) }
        let client = try HTTPClient()
        let error = await #expect(throws: TransportError.self) { try await Self.open(server, in: client) }
        #expect(error?.kind == .broken && error?.message.contains(reason) == true)
    }

    @Test(arguments: ["http//x", "ftp://a/b", "ws://", "ws://a b/"]) func `what is no address is told`(url: String)
        async throws
    {
        let client = try HTTPClient()
        let error = await #expect(throws: TransportError.self) {
            _ = try await client.openWebSocket(HTTPRequest("GET", url))
        }
        #expect(error?.kind == .unusable)
    }

    @Test func `nobody there, and a head without end`() async throws {
        let client = try HTTPClient()
        let gone = try ScriptedServer([.close])
        gone.stop()
        let nobody = await #expect(throws: TransportError.self) { try await Self.open(gone, in: client) }
        #expect([.unreachable, .broken].contains(nobody?.kind))
        let endless = try ScriptedServer([.request, .flood(Array("X-Header: more and more\r\n".utf8))])
        let large = await #expect(throws: TransportError.self) { try await Self.open(endless, in: client) }
        #expect([.tooLarge, .broken].contains(large?.kind))
        let silent = try ScriptedServer([.stall])
        let late = await #expect(throws: TransportError.self) {
            try await Self.open(silent, in: client, TransportLimits(firstByte: .milliseconds(200)))
        }
        #expect(late?.kind == .timedOut)
    }

    @Test(
        arguments: [
            ([0x81, 0x80, 0, 0, 0, 0], 1002), ([0xC1, 0x00], 1002), ([0x81, 0x01, 0xFF], 1007),
            ([0x82, 0x7F, 0, 0, 0, 0, 2, 0, 0, 0], 1009),
        ] as [([UInt8], UInt16)])
    func `a server that breaks the rules is told why, and left`(bytes: [UInt8], code: UInt16) async throws {
        let heard = Shared<[FrameReader.Event]>([])
        let note = Self.answering { event in
            heard.value.withLock { $0.append(event) }
            return []
        }
        let server = try ScriptedServer.agreeing(then: [.bytes(bytes), note])
        let client = try HTTPClient()
        let socket = try await Self.open(server, in: client)
        let error = await #expect(throws: TransportError.self) { try await socket.next() }
        #expect(error?.kind == .broken && error?.message.contains("rules") == true)
        try await Beside { try waitUntil { server.openConnectionCount == 0 } }.value
        let codes = heard.value.withLock { events in
            events.compactMap { event -> UInt16? in
                guard case .close(let close) = event else { return nil }
                return close.code
            }
        }
        #expect(codes == [code])
    }

    @Test func `a connection that breaks is no end`() async throws {
        for ending in [ScriptedServer.Step.close, .reset] {
            let said = Self.frame { $0.write(WebSocketMessage("one"), appendingTo: &$1) }
            let server = try ScriptedServer.agreeing(then: [.bytes(said), .wait(Latch.opened), ending])
            let client = try HTTPClient()
            let socket = try await Self.open(server, in: client)
            var texts: [String] = []
            let error = await #expect(throws: TransportError.self) {
                while let message = try await socket.next() { texts.append(message.text) }
            }
            #expect(error?.kind == .broken && socket.lastWord == nil)
        }
    }

    @Test func `a slow reader holds the server back, and loses nothing`() async throws {
        let count = 400
        let server = try ScriptedServer.agreeing(
            then: (0..<count).map { number in
                .bytes(
                    Self.frame {
                        $0.write(
                            WebSocketMessage(
                                isText: false, bytes: [UInt8](repeating: UInt8(number & 0xFF), count: 50_000)),
                            appendingTo: &$1)
                    })
            } + [.bytes(Self.frame { $0.write(.normal, appendingTo: &$1) }), .stall])
        let client = try HTTPClient()
        let socket = try await Self.open(server, WebSocketLimits(unreadByteCount: 100_000), in: client)
        var numbers: [UInt8] = []
        while let message = try await socket.next() {
            numbers.append(message.bytes[0])
            await Task.yield()
        }
        #expect(numbers == (0..<count).map { UInt8($0 & 0xFF) })
    }

    @Test func `who sends waits for a server that does not read, and is free when cancelled`() async throws {
        let latch = Latch()
        let server = try ScriptedServer.agreeing(then: [.wait(latch), Self.echo])
        let client = try HTTPClient()
        // Other tests compute: the server may be late by minutes.
        let socket = try await Self.open(
            server, WebSocketLimits(unsentByteCount: 65_536, idle: .seconds(600)), in: client)
        let sent = Shared(0)
        let sending = Task {
            for _ in 0..<200 {
                try await socket.send(WebSocketMessage(isText: false, bytes: [UInt8](repeating: 1, count: 100_000)))
                sent.value.withLock { $0 += 1 }
            }
        }
        try await Beside { try waitUntil { sent.value.withLock { $0 } > 2 } }.value
        sending.cancel()
        await #expect(throws: TransportError.self) { try await sending.value }
        #expect(sent.value.withLock { $0 } < 200)
        latch.open()
        // What was sent before it was cancelled has left, whole.
        #expect(try await socket.next()?.bytes.count == 100_000)
    }

    @Test func `a question whether anybody is there is answered, and asked`() async throws {
        let heard = Shared<[FrameReader.Event]>([])
        let ping = Self.frame { $0.writePing(appendingTo: &$1) }
        let server = try ScriptedServer.agreeing(
            then: [
                .bytes(ping),
                Self.answering { event in
                    heard.value.withLock { $0.append(event) }
                    guard case .ping(let bytes) = event else { return [] }
                    return [Self.frame { $0.writePong(bytes, appendingTo: &$1) }]
                },
            ])
        let client = try HTTPClient()
        let socket = try await Self.open(server, WebSocketLimits(idle: .milliseconds(50)), in: client)
        try await Beside {
            try waitUntil { heard.value.withLock { $0.contains(.pong([])) && $0.count { $0 == .ping([]) } >= 2 } }
        }.value
        #expect(socket.lastWord == nil)
    }

    @Test func `who gives no sign of life is given up`() async throws {
        let server = try ScriptedServer.agreeing(then: [.stall])
        let client = try HTTPClient()
        let socket = try await Self.open(
            server, WebSocketLimits(idle: .milliseconds(50), patience: .milliseconds(100)), in: client)
        let error = await #expect(throws: TransportError.self) { try await socket.next() }
        #expect(error?.kind == .timedOut)
        // Nor is the end waited for without end.
        let other = try await Self.open(server, WebSocketLimits(patience: .milliseconds(100)), in: client)
        await other.close()
        #expect(other.lastWord == .normal)
    }

    @Test func `a reader that is cancelled leaves the conversation, one that goes away ends it`() async throws {
        let server = try ScriptedServer.agreeing(then: [Self.echo])
        let client = try HTTPClient()
        do {
            let socket = try await Self.open(server, in: client)
            let reading = Task { try await socket.next() }
            reading.cancel()
            await #expect(throws: TransportError.self) { _ = try await reading.value }
            try await socket.send(WebSocketMessage("still here"))
            #expect(try await socket.next()?.text == "still here")
            #expect(server.openConnectionCount == 1)
        }
        try await Beside { try waitUntil { server.openConnectionCount == 0 } }.value
    }

    @Test func `many conversations at once keep apart`() async throws {
        let server = try ScriptedServer.agreeing(then: [Self.echo])
        let client = try HTTPClient()
        try await withThrowingTaskGroup { group in
            for number in 0..<40 {
                group.addTask {
                    let socket = try await Self.open(server, in: client)
                    for turn in 0..<20 {
                        try await socket.send(WebSocketMessage("\(number) \(turn)"))
                        #expect(try await socket.next()?.text == "\(number) \(turn)")
                    }
                    await socket.close()
                }
            }
            try await group.waitForAll()
        }
        #expect(server.connectionCount == 40)
    }
}

/// Something that a server's thread writes and a test reads.
private final class Shared<Value: Sendable>: Sendable {
    let value: Mutex<Value>

    init(_ value: Value) { self.value = Mutex(value) }
}

extension Latch {
    /// One that nobody waits for.
    fileprivate static var opened: Latch {
        let latch = Latch()
        latch.open()
        return latch
    }
}
