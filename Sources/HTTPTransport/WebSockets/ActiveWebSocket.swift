internal import CCurl

/// A web socket that we asked for, on the event thread: libcurl makes the connection, names, proxies and certificates included; the
/// bytes on it are ours.
@safe
final class ActiveWebSocket: CurlExchange, WatchedExchange {
    private(set) var socket: Int32 = -1
    private let pump: FramePump
    private let request: HTTPRequest
    private let address: WebSocketAddress
    private let channel: CurlChannel
    private let handshake = WebSocketHandshake()
    private var phase = Phase.connecting

    private enum Phase {
        case connecting
        /// The request is on its way; so much of the answer's head has come.
        case asking([UInt8])
        case refused(HTTPHead, [UInt8])
        case open
    }

    /// The most that is kept of what comes with a refusal.
    private static let mostRefusalBytes = 65_536

    init(_ line: WebSocketLine, _ request: HTTPRequest, at now: ContinuousClock.Instant) throws(TransportError) {
        let address = try WebSocketAddress(request.url)
        channel = try CurlChannel()
        (self.request, self.address) = (request, address)
        pump = FramePump(line, over: channel, at: now)
        try channel.setup.applyConnection(to: address.url, request.limits)
    }

    var easy: UnsafeMutableRawPointer { unsafe channel.easy }

    private var line: WebSocketLine { pump.line }

    var exchange: any Exchange { line }

    func goOn() {}

    func end(_ code: CURLcode) -> (any WatchedExchange)? {
        guard code == CURLE_OK else {
            line.fail(
                code == CURLE_OPERATION_TIMEDOUT
                    ? TransportError(.timedOut, "no connection within \(request.limits.connecting)")
                    : TransportError(code, channel.setup.words(for: code)))
            return nil
        }
        var socket: curl_socket_t = -1
        unsafe oriole_curl_get_socket(easy, CURLINFO_ACTIVESOCKET, &socket)
        guard socket >= 0 else {
            line.fail(TransportError(.broken, "the connection ended as it began"))
            return nil
        }
        self.socket = socket
        pump.put(handshake.head(of: request, address), at: .now)
        phase = .asking([])
        return self
    }

    var interest: SocketInterest { pump.interest }

    func work() -> Bool {
        pump.work { bytes throws(TransportError) in
            try take(bytes)
        } atEnd: { () throws(TransportError) in
            guard case .refused(let head, let body) = phase else { return try pump.endOfFrames() }
            line.answer(.refused(head, body))
        }
    }

    private func take(_ bytes: [UInt8]) throws(TransportError) -> Bool {
        switch phase {
        case .connecting: return true
        case .asking(let former): return try takeHead(former + bytes)
        case .refused(let head, let body): return takeRefusal(head, body + bytes)
        case .open: return try pump.takeFrames(bytes.span)
        }
    }

    func nextLook(after now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        guard case .open = phase else { return now + request.limits.firstByte / 4 }
        return pump.nextLook(after: now)
    }

    func overdue(at now: ContinuousClock.Instant) -> TransportError? {
        switch phase {
        case .connecting: return nil
        case .asking, .refused:
            let limit = request.limits.firstByte
            return pump.lastSign + limit <= now
                ? TransportError(.timedOut, "no answer began within \(limit)") : nil
        case .open: return pump.overdue(at: now)
        }
    }
}

// MARK: - The answer

extension ActiveWebSocket {
    private func takeHead(_ bytes: [UInt8]) throws(TransportError) -> Bool {
        guard let end = bytes.endOfHead else {
            guard bytes.count <= WebSocketHandshake.mostHeadBytes else {
                throw TransportError(
                    .tooLarge, "the head of the answer is larger than \(WebSocketHandshake.mostHeadBytes) bytes")
            }
            phase = .asking(bytes)
            return true
        }
        var collector = HeadCollector()
        for line in bytes[..<end].split(separator: 0x0A) { unsafe line.withUnsafeBytes { unsafe collector.add($0) } }
        guard let head = collector.head else { throw TransportError(.broken, "the answer is not of the web") }
        let rest = Array(bytes[end...])
        guard head.status == 101 else { return takeRefusal(head, rest) }
        if let fault = handshake.fault(head) { throw TransportError(.broken, fault) }
        phase = .open
        pump.isOpen = true
        line.answer(.open)
        return try pump.takeFrames(rest.span)
    }

    private func takeRefusal(_ head: HTTPHead, _ body: [UInt8]) -> Bool {
        let wanted = min(head.value("content-length").flatMap { Int($0) } ?? .max, Self.mostRefusalBytes)
        guard body.count >= wanted else {
            phase = .refused(head, body)
            return true
        }
        line.answer(.refused(head, Array(body.prefix(wanted))))
        return false
    }
}

/// A connection that libcurl has made, through its encryption where there is one.
@safe
private final class CurlChannel: ByteChannel {
    let easy: UnsafeMutableRawPointer
    let setup: RequestSetup
    let hidesBytes = true

    init() throws(TransportError) {
        guard let easy = unsafe curl_easy_init() else { throw TransportError(.unusable, "no memory for libcurl") }
        unsafe self.easy = easy
        setup = unsafe RequestSetup(easy)
    }

    func send(_ bytes: UnsafeRawBufferPointer) -> Result<Int?, TransportError> {
        var count = 0
        return unsafe result(curl_easy_send(easy, bytes.baseAddress, bytes.count, &count), count)
    }

    func receive(into bytes: UnsafeMutableRawBufferPointer) -> Result<Int?, TransportError> {
        var count = 0
        return unsafe result(curl_easy_recv(easy, bytes.baseAddress, bytes.count, &count), count)
    }

    private func result(_ code: CURLcode, _ count: @autoclosure () -> Int) -> Result<Int?, TransportError> {
        switch code {
        case CURLE_OK: .success(count())
        case CURLE_AGAIN: .success(nil)
        default: .failure(TransportError(code, setup.words(for: code)))
        }
    }
}

extension [UInt8] {
    /// Where the empty line ends that ends a head.
    fileprivate var endOfHead: Int? {
        var start = 0
        while let end = self[start...].firstIndex(of: 0x0A) {
            let line = self[start..<end]
            if end > 0, line.isEmpty || line.elementsEqual([0x0D]) { return end + 1 }
            start = end + 1
        }
        return nil
    }
}
