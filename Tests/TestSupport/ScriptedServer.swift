import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A server on loopback that plays a script of bytes for each connection, well-behaved or not.
///
/// ```swift
/// let server = try ScriptedServer([.request, .send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"), .close])
/// let answer = try await client.send(HTTPRequest("GET", server.url + "/"))
/// ```
///
/// A connection waits no longer than ``patience`` for anything, so a test that fails ends all the same.
package final class ScriptedServer: Sendable {
    /// What a connection does next.
    package enum Step: Sendable {
        /// Reads a whole request.
        case request
        /// Writes bytes at once.
        case bytes([UInt8])
        /// Writes bytes in pieces of random length, each by itself.
        case pieces([UInt8], seed: UInt64, longest: Int)
        /// Writes the same bytes again and again until the client leaves; a gigabyte at most.
        case flood([UInt8])
        /// Waits until the test lets it go on.
        case wait(Latch)
        /// Says nothing until the client leaves.
        case stall
        /// Answers the last request with what the test makes of it.
        case reply(@Sendable (Request) -> [UInt8])
        /// Reads and writes as it likes: what is read is empty at the end.
        case talk(@Sendable (_ read: () -> [UInt8], _ write: ([UInt8]) -> Bool) -> Void)
        /// Ends its own side; the client may go on.
        case halfClose
        /// Breaks the connection, so that the client sees a reset.
        case reset
        /// Ends the connection.
        case close

        package static func send(_ text: String) -> Step { .bytes(Array(text.utf8)) }

        /// Whether the client waits in vain here.
        package var isStall: Bool {
            if case .stall = self { return true }
            return false
        }
    }

    /// A request as it came.
    package struct Request: Sendable {
        package var head = ""
        package var body: [UInt8] = []

        /// The value of a field.
        package func value(_ name: String) -> String? {
            let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix(name.lowercased() + ":") }
            return line.map { String($0.drop { $0 != ":" }.dropFirst().drop { $0 == " " }) }
        }
    }

    private struct State {
        var requests: [Request] = []
        var connectionCount = 0
        var openConnections: Set<Int32> = []
        var isStopped = false
    }

    /// How long anything here waits, in seconds: only a test that fails, however busy the machine, waits so long.
    static let patience = 300

    private let state = Mutex(State())
    private let listener: Int32
    /// Where it listens.
    package let port: Int

    /// Plays one script for every connection.
    package convenience init(_ script: [Step]) throws { try self.init(scripts: [script]) }

    /// Plays a script for each connection in turn, the last one for all that follow.
    package init(scripts: [[Step]]) throws {
        (listener, port) = try Self.listen()
        let (listener, me) = (listener, Weak(self))
        Thread.detachNewThread {
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0, let server = me.server else {
                    // Closed here and nowhere else: its number must not be another's while this thread may use it.
                    close(listener)
                    if connection >= 0 { close(connection) }
                    return
                }
                let number = server.add(connection)
                let script = scripts[min(number, scripts.count - 1)]
                Thread.detachNewThread {
                    var player = Connection(connection)
                    player.play(script) { server.note($0) }
                    server.remove(connection)
                }
            }
        }
    }

    deinit { stop() }

    /// The address, without a path.
    package var url: String { "http://127.0.0.1:\(port)" }

    /// All requests so far.
    package var requests: [Request] { state.withLock { $0.requests } }

    /// How often somebody connected.
    package var connectionCount: Int { state.withLock { $0.connectionCount } }

    /// How many connections are not ended.
    package var openConnectionCount: Int { state.withLock { $0.openConnections.count } }

    /// Takes no more connections and breaks those there are.
    package func stop() {
        state.withLock { state in
            guard !state.isStopped else { return }
            state.isStopped = true
            shutdown(listener, Int32(SHUT_RDWR))
            for connection in state.openConnections { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }
}

extension ScriptedServer {
    private func add(_ connection: Int32) -> Int {
        state.withLock { state in
            state.openConnections.insert(connection)
            state.connectionCount += 1
            return state.connectionCount - 1
        }
    }

    private func remove(_ connection: Int32) {
        state.withLock { state in
            state.openConnections.remove(connection)
            close(connection)
        }
    }

    private func note(_ request: Request) { state.withLock { $0.requests.append(request) } }

    private static func listen() throws -> (listener: Int32, port: Int) {
        let listener = socket(AF_INET, streamSocket, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = unsafe withUnsafeMutablePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe bind(listener, address, length) == 0 && Glibc.listen(listener, 512) == 0
                    && getsockname(listener, address, &length) == 0
            }
        }
        guard listener >= 0, status else { throw CocoaError(.featureUnsupported) }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// The thread that accepts must not keep the server.
    private struct Weak: Sendable {
        private(set) weak var server: ScriptedServer?
        init(_ server: ScriptedServer) { self.server = server }
    }
}

#if canImport(Glibc)
    private let streamSocket = Int32(SOCK_STREAM.rawValue)
#else
    private let streamSocket = SOCK_STREAM
#endif

/// Something that a test opens once, for whoever waits.
package final class Latch: Sendable {
    private let condition = NSCondition()
    private let state = Mutex(false)

    package init() {}

    package func open() {
        condition.lock()
        state.withLock { $0 = true }
        condition.broadcast()
        condition.unlock()
    }

    package var isOpen: Bool { state.withLock { $0 } }

    /// Waits, but no longer than the server does.
    package func wait() {
        condition.lock()
        let end = Date(timeIntervalSinceNow: Double(ScriptedServer.patience))
        while !state.withLock({ $0 }), condition.wait(until: end) {}
        condition.unlock()
    }
}

/// One connection, on a thread of its own.
private struct Connection {
    private let socket: Int32
    private var waiting: [UInt8] = []

    init(_ socket: Int32) {
        self.socket = socket
        var patience = timeval(tv_sec: ScriptedServer.patience, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        unsafe setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &patience, size)
        unsafe setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, size)
        var one: Int32 = 1
        unsafe setsockopt(socket, Int32(IPPROTO_TCP), TCP_NODELAY, &one, socklen_t(MemoryLayout<Int32>.size))
    }

    mutating func play(_ script: [ScriptedServer.Step], note: (ScriptedServer.Request) -> Void) {
        var last = ScriptedServer.Request()
        for step in script {
            switch step {
            case .request:
                guard let request = readRequest() else { return }
                note(request)
                last = request
            case .reply(let answer): guard write(answer(last)[...]) else { return }
            case .bytes(let bytes): guard write(bytes[...]) else { return }
            case .pieces(let bytes, let seed, let longest):
                for piece in bytes.cut(seed: seed, longest: longest) { guard write(piece) else { return } }
            case .flood(let bytes):
                for _ in 0..<(1 << 30) / bytes.count { guard write(bytes[...]) else { return } }
            case .wait(let latch): latch.wait()
            case .stall: while let bytes = receive(), !bytes.isEmpty {}
            case .talk(let talk):
                var rest = waiting
                waiting = []
                let read = { () -> [UInt8] in
                    defer { rest = [] }
                    return rest.isEmpty ? receive() ?? [] : rest
                }
                talk(read) { write($0[...]) }
            case .halfClose: shutdown(socket, Int32(SHUT_WR))
            case .reset:
                var abrupt = linger(l_onoff: 1, l_linger: 0)
                unsafe setsockopt(socket, SOL_SOCKET, SO_LINGER, &abrupt, socklen_t(MemoryLayout<linger>.size))
                return
            case .close: return
            }
        }
    }

    private mutating func readRequest() -> ScriptedServer.Request? {
        let blank = Array("\r\n\r\n".utf8)
        while waiting.firstRange(of: blank) == nil {
            guard let bytes = receive(), !bytes.isEmpty else { return nil }
            waiting += bytes
        }
        guard let end = waiting.firstRange(of: blank) else { return nil }
        var request = ScriptedServer.Request(head: String(decoding: waiting[..<end.lowerBound], as: UTF8.self))
        waiting.removeSubrange(..<end.upperBound)
        let length = request.value("content-length").flatMap { Int($0) } ?? 0
        while waiting.count < length {
            guard let bytes = receive(), !bytes.isEmpty else { return nil }
            waiting += bytes
        }
        request.body = Array(waiting.prefix(length))
        waiting.removeFirst(length)
        return request
    }

    private func receive() -> [UInt8]? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(socket, &buffer, buffer.count, 0)
        return count < 0 ? nil : Array(buffer.prefix(count))
    }

    private func write(_ bytes: ArraySlice<UInt8>) -> Bool {
        var rest = bytes
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe send(socket, $0.baseAddress, $0.count, noSignal) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    #if canImport(Glibc)
        private let noSignal = Int32(MSG_NOSIGNAL)
    #else
        private let noSignal: Int32 = 0
    #endif
}
