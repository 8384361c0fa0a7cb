internal import CCurl

/// A web socket on the event thread: libcurl makes the connection, names, proxies and certificates included; the bytes on it are ours.
@safe
final class ActiveWebSocket: WatchedExchange {
    let easy: UnsafeMutableRawPointer
    private(set) var socket: Int32 = -1
    private let line: WebSocketLine
    private let address: WebSocketAddress
    private let setup: RequestSetup
    private let handshake = WebSocketHandshake()
    private var phase = Phase.connecting
    private var reader: FrameReader
    /// What was taken to be sent, and how much of it has left.
    private var output: [UInt8] = []
    private var sentCount = 0
    private var input = [UInt8](repeating: 0, count: 65_536)
    /// When the other side last gave a sign of life.
    private var lastSign: ContinuousClock.Instant
    /// When it was asked for one, or for its last word.
    private var askedAt: ContinuousClock.Instant?

    private enum Phase {
        case connecting
        /// The request is on its way; so much of the answer's head has come.
        case asking([UInt8])
        case refused(HTTPHead, [UInt8])
        case open
    }

    /// The most that is kept of what comes with a refusal.
    private static let mostRefusalBytes = 65_536

    init(_ line: WebSocketLine, at now: ContinuousClock.Instant) throws(TransportError) {
        let address = try WebSocketAddress(line.request.url)
        guard let easy = unsafe curl_easy_init() else { throw TransportError(.unusable, "no memory for libcurl") }
        unsafe self.easy = easy
        let setup = unsafe RequestSetup(easy)
        (self.line, self.address, lastSign) = (line, address, now)
        reader = FrameReader(side: .client, messageLimit: line.limits.messageByteCount)
        try setup.applyConnection(to: address.url, line.request.limits)
        self.setup = setup
    }

    var exchange: any Exchange { line }

    func goOn() {}

    func end(_ code: CURLcode) -> (any WatchedExchange)? {
        guard code == CURLE_OK else {
            line.fail(
                code == CURLE_OPERATION_TIMEDOUT
                    ? TransportError(.timedOut, "no connection within \(line.request.limits.connecting)")
                    : TransportError(code, setup.words(for: code)))
            return nil
        }
        var socket: curl_socket_t = -1
        unsafe oriole_curl_get_socket(easy, CURLINFO_ACTIVESOCKET, &socket)
        guard socket >= 0 else {
            line.fail(TransportError(.broken, "the connection ended as it began"))
            return nil
        }
        self.socket = socket
        output = handshake.head(of: line.request, address)
        phase = .asking([])
        lastSign = .now
        return self
    }
}

// MARK: - Bytes

extension ActiveWebSocket {
    var interest: SocketInterest {
        var interest: SocketInterest = []
        if !isHeldBack { interest.insert(.reading) }
        if sentCount < output.count { interest.insert(.writing) }
        return interest
    }

    /// Whether the reader has enough before it.
    private var isHeldBack: Bool {
        if case .open = phase { return line.isPaused }
        return false
    }

    func work() -> Bool {
        do throws(TransportError) {
            try send()
            guard try receive() else {
                // The last word leaves, if it can at once.
                try? send()
                return false
            }
            try send()
            return true
        } catch {
            line.fail(error)
            return false
        }
    }

    private func send() throws(TransportError) {
        while true {
            if sentCount == output.count {
                guard case .open = phase else { return }
                line.takeFrames(into: &output)
                sentCount = 0
                guard !output.isEmpty else { return line.note(unsent: 0) }
            }
            var count = 0
            let code = unsafe output.withUnsafeBytes { bytes in
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[sentCount...])
                return unsafe curl_easy_send(easy, rest.baseAddress, rest.count, &count)
            }
            guard code != CURLE_AGAIN else { break }
            guard code == CURLE_OK else { throw TransportError(code, setup.words(for: code)) }
            sentCount += count
        }
        line.note(unsent: output.count - sentCount)
    }

    /// Takes what has come; false at the end.
    private func receive() throws(TransportError) -> Bool {
        while !isHeldBack {
            var count = 0
            let code = unsafe input.withUnsafeMutableBytes { bytes in
                unsafe curl_easy_recv(easy, bytes.baseAddress, bytes.count, &count)
            }
            guard code != CURLE_AGAIN else { return true }
            guard code == CURLE_OK else { throw TransportError(code, setup.words(for: code)) }
            guard count > 0 else { return try endOfInput() }
            lastSign = .now
            askedAt = line.farewell == nil ? nil : askedAt
            guard try take(Array(input[..<count])) else { return false }
        }
        return true
    }

    private func endOfInput() throws(TransportError) -> Bool {
        if case .refused(let head, let body) = phase {
            line.answer(.refused(head, body))
            return false
        }
        if let farewell = line.farewell {
            line.end(.success(farewell))
            return false
        }
        throw TransportError(.broken, "the server ended the connection without a word")
    }

    private func take(_ bytes: [UInt8]) throws(TransportError) -> Bool {
        switch phase {
        case .connecting: return true
        case .asking(let former): return try takeHead(former + bytes)
        case .refused(let head, let body): return takeRefusal(head, body + bytes)
        case .open: return try takeFrames(bytes.span)
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
        line.answer(.open)
        return try takeFrames(rest.span)
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

// MARK: - Frames

extension ActiveWebSocket {
    private func takeFrames(_ bytes: Span<UInt8>) throws(TransportError) -> Bool {
        var last: WebSocketClose?
        do throws(WebSocketViolation) {
            try reader.read(bytes) { event in
                switch event {
                case .message(let message): line.add(message)
                case .ping(let bytes): line.add { $0.writePong(bytes, appendingTo: &$1) }
                case .pong: break
                case .close(let close): last = close
                }
            }
        } catch {
            line.sayFarewell(error.close)
            try? send()
            throw TransportError(.broken, "the server broke the rules of web sockets: \(error.close.reason)")
        }
        guard let last else { return true }
        line.sayFarewell(WebSocketClose(last.code))
        line.end(.success(last))
        return false
    }
}

// MARK: - Limits

extension ActiveWebSocket {
    func nextLook(after now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        let limits = line.limits
        guard case .open = phase else { return now + line.request.limits.firstByte / 4 }
        guard let askedAt, !line.isPaused else { return now + limits.idle / 2 }
        return max(askedAt + limits.patience, now)
    }

    func overdue(at now: ContinuousClock.Instant) -> TransportError? {
        switch phase {
        case .connecting: return nil
        case .asking, .refused:
            let limit = line.request.limits.firstByte
            return lastSign + limit <= now ? TransportError(.timedOut, "no answer began within \(limit)") : nil
        case .open: break
        }
        if line.farewell != nil {
            askedAt = askedAt ?? now
        } else if askedAt == nil, !line.isPaused, lastSign + line.limits.idle <= now {
            line.add { $0.writePing(appendingTo: &$1) }
            askedAt = now
        }
        guard let askedAt, askedAt + line.limits.patience <= now, !line.isPaused else { return nil }
        // Who does not say good-bye has been said it to.
        if let farewell = line.farewell { line.end(.success(farewell)) }
        return TransportError(.timedOut, "no sign of life for \(line.limits.idle + line.limits.patience)")
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
