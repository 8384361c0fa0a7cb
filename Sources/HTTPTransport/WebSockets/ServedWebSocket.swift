package import Platform
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A connection whose request a server of ours has answered with its agreement to a web socket.
package final class AcceptedSocket: Sendable {
    let descriptor: Int32
    /// What came behind the request.
    let first: [UInt8]
    private let giveBack: Mutex<(@Sendable () -> Void)?>

    /// Takes a connection over, until `giveBack` is called, once.
    package init(descriptor: Int32, first: [UInt8], giveBack: @escaping @Sendable () -> Void) {
        (self.descriptor, self.first) = (descriptor, first)
        self.giveBack = Mutex(giveBack)
        _ = fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL) | O_NONBLOCK)
    }

    deinit { end() }

    /// Gives the connection back: its descriptor may be another's from now on.
    func end() { giveBack.withLock { $0.take() }?() }
}

/// Talks with the clients of a server: one thread moves the bytes of all its web sockets.
package final class WebSocketHost: Sendable {
    private let loop: EventLoop

    /// Starts the thread.
    package init() throws(SystemError) { loop = try EventLoop() }

    /// Begins a conversation on a connection.
    package func serve(_ socket: AcceptedSocket, _ limits: WebSocketLimits = WebSocketLimits()) -> WebSocket {
        let line = WebSocketLine(.accepted(socket), limits, on: loop)
        line.start()
        return WebSocket(line)
    }
}

/// A web socket of a server's, on the event thread.
final class ServedWebSocket: WatchedExchange {
    private let pump: FramePump
    private let accepted: AcceptedSocket
    /// What came with the request is taken first, once.
    private var hasBegun = false

    init(_ line: WebSocketLine, _ accepted: AcceptedSocket, at now: ContinuousClock.Instant) {
        self.accepted = accepted
        pump = FramePump(line, over: SocketChannel(socket: accepted.descriptor), at: now)
        pump.isOpen = true
    }

    deinit { accepted.end() }

    var exchange: any Exchange { pump.line }
    var socket: Int32 { accepted.descriptor }
    var interest: SocketInterest { pump.interest }

    func goOn() {}

    func work() -> Bool {
        if !hasBegun {
            hasBegun = true
            do throws(TransportError) {
                let first = accepted.first
                guard try pump.takeFrames(first.span) else { return false }
            } catch {
                pump.line.fail(error)
                return false
            }
        }
        return pump.work { bytes throws(TransportError) in
            try pump.takeFrames(bytes.span)
        } atEnd: { () throws(TransportError) in
            try pump.endOfFrames()
        }
    }

    func nextLook(after now: ContinuousClock.Instant) -> ContinuousClock.Instant { pump.nextLook(after: now) }

    func overdue(at now: ContinuousClock.Instant) -> TransportError? { pump.overdue(at: now) }
}

/// A socket as it is.
private struct SocketChannel: ByteChannel {
    let socket: Int32
    let hidesBytes = false

    #if os(Linux)
        /// Whoever has left must not end the process.
        private static let manners = Int32(MSG_NOSIGNAL)
    #else
        private static let manners: Int32 = 0
    #endif

    func send(_ bytes: UnsafeRawBufferPointer) -> Result<Int?, TransportError> {
        result { unsafe sendNow(socket, bytes) }
    }

    func receive(into bytes: UnsafeMutableRawBufferPointer) -> Result<Int?, TransportError> {
        result { unsafe recv(socket, bytes.baseAddress, bytes.count, 0) }
    }

    private func sendNow(_ socket: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.send(socket, bytes.baseAddress, bytes.count, Self.manners)
        #else
            unsafe Darwin.send(socket, bytes.baseAddress, bytes.count, Self.manners)
        #endif
    }

    private func result(_ call: () -> Int) -> Result<Int?, TransportError> {
        while true {
            let count = call()
            if count >= 0 { return .success(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN, EWOULDBLOCK: return .success(nil)
            default: return .failure(TransportError(.broken, "the connection broke"))
            }
        }
    }
}
