internal import CMicroHTTPD
internal import Platform
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Serves HTTP/1.1 at a port: libmicrohttpd's thread reads requests and writes answers, and waits for nobody.
@safe
final class HTTPListener: Sendable {
    /// Where it listens.
    let address: BoundAddress
    private let service: any HTTPService
    private let limits: ListenerLimits
    private let watch: PeerWatch
    private let tally = Tally()
    private let state: Mutex<State>

    /// Set once, before anybody has the listener; libmicrohttpd's calls may come from any thread.
    private nonisolated(unsafe) var daemon: OpaquePointer?

    private struct State {
        var exchanges: [ObjectIdentifier: Exchange] = [:]
        var isStopping = false
    }

    /// Begins to serve.
    init(at socket: consuming ListeningSocket, _ service: any HTTPService, _ limits: ListenerLimits) throws(SystemError)
    {
        address = socket.address
        self.service = service
        self.limits = limits
        watch = try PeerWatch()
        state = Mutex(State())
        // The daemon holds its listener, which no call of the daemon's may miss, until it is stopped.
        let me = unsafe Unmanaged.passRetained(self).toOpaque()
        let daemon = unsafe oriole_mhd_start(
            socket.descriptor, UInt32(limits.connections), 32_768, UInt32(limits.idle / .seconds(1)), answerRequest,
            noteCompleted, noteConnection, me)
        guard unsafe daemon != nil else {
            watch.stop()
            unsafe Unmanaged.passUnretained(self).release()
            throw SystemError("MHD_start_daemon", subject: "\(address)")
        }
        // From here on the socket is the daemon's.
        socket.giveAway()
        unsafe self.daemon = daemon
    }

    /// How many requests are being received, worked on or answered.
    var exchangeCount: Int { state.withLock { $0.exchanges.count } }

    /// Whether there is a request, or work that has not noticed yet that it is for nobody.
    var isBusy: Bool { tally.count > 0 }

    /// Takes no more requests, finishes those that there are while they have time, and ends the others; once.
    func stop(within grace: Duration) async {
        let isFirst = state.withLock { state in
            defer { state.isStopping = true }
            return !state.isStopping
        }
        guard isFirst else { return await tally.drain() }
        let listener = unsafe MHD_quiesce_daemon(daemon)
        if listener >= 0 { shutDown(listener) }
        tally.close()
        let ending = Task { [self] in
            try? await Task.sleep(for: grace)
            for exchange in state.withLock({ Array($0.exchanges.values) }) { exchange.giveUp() }
        }
        await tally.drain()
        ending.cancel()
        // No request is left, and none can begin: nothing is suspended.
        unsafe MHD_stop_daemon(daemon)
        watch.stop()
        unsafe Unmanaged.passUnretained(self).release()
    }
}

private func shutDown(_ listener: Int32) { _ = close(listener) }

// MARK: - What the daemon's thread calls

extension HTTPListener {
    fileprivate static func from(_ user: UnsafeMutableRawPointer?) -> HTTPListener {
        guard let user = unsafe user else { preconditionFailure("libmicrohttpd lost its user data") }
        return unsafe Unmanaged<HTTPListener>.fromOpaque(user).takeUnretainedValue()
    }

    fileprivate func connected(_ connection: Connection, _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>) {
        let peer = Peer(descriptor: connection.descriptor, address: connection.clientAddress, patience: limits.patience)
        unsafe context.pointee = Unmanaged.passRetained(peer).toOpaque()
        watch.add(peer)
    }

    fileprivate func disconnected(_ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>) {
        guard let pointer = unsafe context.pointee else { return }
        let peer = unsafe Unmanaged<Peer>.fromOpaque(pointer).takeRetainedValue()
        unsafe context.pointee = nil
        peer.noteClosing()
        watch.remove(peer)
    }

    fileprivate func open(_ connection: Connection, _ method: String, _ path: String) -> Exchange? {
        guard let peer = connection.peer, tally.begin() else { return nil }
        let head = RequestHead(
            id: RequestNumber.next(), method: method, path: path, query: connection.values(.GET_ARGUMENT_KIND),
            fields: connection.values(.HEADER_KIND), client: peer.address)
        let exchange = Exchange(head, from: peer, to: service, limits, tally)
        state.withLock { $0.exchanges[ObjectIdentifier(exchange)] = exchange }
        return exchange
    }

    fileprivate func close(_ exchange: Exchange, isComplete: Bool) {
        exchange.finish(isComplete: isComplete)
        state.withLock { $0.exchanges[ObjectIdentifier(exchange)] = nil }
    }
}

private func noteConnection(
    _ user: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ event: MHD_ConnectionNotificationCode
) {
    guard let connection = unsafe connection, let context = unsafe context else { return }
    let listener = unsafe HTTPListener.from(user)
    if event == .CONNECTION_NOTIFY_STARTED {
        unsafe listener.connected(Connection(connection), context)
    } else {
        unsafe listener.disconnected(context)
    }
}

private func answerRequest(
    _ user: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _ path: UnsafePointer<CChar>?,
    _ method: UnsafePointer<CChar>?, _ version: UnsafePointer<CChar>?, _ data: UnsafePointer<CChar>?,
    _ size: UnsafeMutablePointer<Int>?, _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
    guard let connection = unsafe connection, let context = unsafe context, let size = unsafe size,
        let path = unsafe path, let method = unsafe method
    else { return .NO }
    let asking = unsafe Connection(connection)
    guard let known = unsafe context.pointee else {
        let listener = unsafe HTTPListener.from(user)
        guard let exchange = unsafe listener.open(asking, String(cString: method), String(cString: path)) else {
            return .NO
        }
        unsafe context.pointee = Unmanaged.passRetained(exchange).toOpaque()
        guard exchange.isRefusedAtOnce else { return .YES }
        exchange.proceed()
        return asking.answer(exchange)
    }
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(known).takeUnretainedValue()
    if unsafe size.pointee > 0 {
        let piece = unsafe UnsafeRawBufferPointer(start: data, count: size.pointee)
        unsafe size.pointee = 0
        let isWanted = unsafe exchange.receive(Span(_unsafeBytes: piece))
        return isWanted ? .YES : .NO
    }
    exchange.proceed()
    return asking.answer(exchange)
}

private func noteCompleted(
    _ user: UnsafeMutableRawPointer?, _ connection: OpaquePointer?,
    _ context: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _ ending: MHD_RequestTerminationCode
) {
    guard let context = unsafe context, let pointer = unsafe context.pointee else { return }
    unsafe context.pointee = nil
    let exchange = unsafe Unmanaged<Exchange>.fromOpaque(pointer).takeRetainedValue()
    unsafe HTTPListener.from(user).close(exchange, isComplete: ending == .REQUEST_TERMINATED_COMPLETED_OK)
}
