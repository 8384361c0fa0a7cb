internal import CCurl

/// libcurl's handle of an exchange with all that it lends: lives on the event thread while the exchange lasts.
@safe
final class ActiveTransfer: CurlExchange {
    let transfer: Transfer
    let easy: UnsafeMutableRawPointer
    private var setup: RequestSetup
    private var head = HeadCollector()
    /// When something last moved, in either direction.
    private var activity: ContinuousClock.Instant
    private var sentByteCount: curl_off_t = 0
    private var hasBegun = false

    init(_ transfer: Transfer, at now: ContinuousClock.Instant) throws(TransportError) {
        guard let easy = unsafe curl_easy_init() else { throw TransportError(.unusable, "no memory for libcurl") }
        unsafe self.easy = easy
        self.transfer = transfer
        activity = now
        setup = unsafe RequestSetup(easy)
        let me = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe oriole_curl_set_pointer(easy, CURLOPT_WRITEDATA, me)
        unsafe oriole_curl_set_callback(easy, CURLOPT_WRITEFUNCTION) { unsafe receiveBody($0, $1 * $2, $3) }
        unsafe oriole_curl_set_pointer(easy, CURLOPT_HEADERDATA, me)
        unsafe oriole_curl_set_callback(easy, CURLOPT_HEADERFUNCTION) { unsafe receiveHead($0, $1 * $2, $3) }
        try setup.apply(transfer.request)
    }

    var exchange: any Exchange { transfer }

    /// Goes on after a pause.
    func goOn() {
        activity = .now
        unsafe curl_easy_pause(easy, CURLPAUSE_CONT)
    }

    /// Tells the reader how it ended.
    func end(_ code: CURLcode) -> (any WatchedExchange)? {
        if code == CURLE_OK {
            transfer.end(.success(()), head: head.head)
        } else {
            transfer.end(.failure(failure(code)), head: hasBegun ? head.head : nil)
        }
        return nil
    }
}

// MARK: - What comes

extension ActiveTransfer {
    fileprivate func receive(_ bytes: UnsafeRawBufferPointer) -> Transfer.Reception {
        activity = .now
        if !hasBegun { noteConnecting() }
        hasBegun = true
        return unsafe transfer.receive(bytes, at: activity, head: head.head ?? HTTPHead(status: 0, headers: []))
    }

    private func noteConnecting() {
        var connections = 0
        unsafe oriole_curl_get_number(easy, CURLINFO_NUM_CONNECTS, &connections)
        guard connections > 0 else { return }
        transfer.note(connecting: .microseconds(duration(CURLINFO_PRETRANSFER_TIME_T)))
    }

    /// A header is not yet an answer: the limit for the first byte goes on.
    fileprivate func receiveHeader(_ line: UnsafeRawBufferPointer) {
        unsafe head.add(line)
    }

    fileprivate static func from(_ user: UnsafeMutableRawPointer?) -> ActiveTransfer? {
        unsafe user.map { unsafe Unmanaged<ActiveTransfer>.fromOpaque($0).takeUnretainedValue() }
    }
}

private func receiveBody(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ user: UnsafeMutableRawPointer?) -> Int {
    switch unsafe ActiveTransfer.from(user)?.receive(UnsafeRawBufferPointer(start: bytes, count: count)) {
    case .taken: count
    case .later: Int(CURL_WRITEFUNC_PAUSE)
    // Fewer than there are: libcurl gives up.
    case .unwanted, nil: 0
    }
}

private func receiveHead(
    _ bytes: UnsafeMutablePointer<CChar>?, _ count: Int, _ user: UnsafeMutableRawPointer?
) -> Int {
    unsafe ActiveTransfer.from(user)?.receiveHeader(UnsafeRawBufferPointer(start: bytes, count: count))
    return count
}

// MARK: - Limits

extension ActiveTransfer {
    /// When to look again whether the transfer is overdue.
    ///
    /// That is when it will be unless something moves, but soon enough to see until when something was sent, and for the
    /// limit that holds once the answer has begun.
    func nextLook(after now: ContinuousClock.Instant) -> ContinuousClock.Instant {
        let limits = transfer.request.limits
        return min(limit, now + min(limits.silence, limits.firstByte) / 4)
    }

    private var limit: ContinuousClock.Instant { activity + currentLimit }

    private var currentLimit: Duration {
        let limits = transfer.request.limits
        if transfer.isEnding { return min(Self.patience, limits.silence) }
        return hasBegun ? limits.silence : limits.firstByte
    }

    /// How long the end of an answer is waited for that nobody reads any more.
    private static let patience = Duration.seconds(2)

    /// Why the transfer must end, when nothing has moved for too long.
    ///
    /// Waiting for the reader does not count.
    func overdue(at now: ContinuousClock.Instant) -> TransportError? {
        var sent: curl_off_t = 0
        unsafe oriole_curl_get_size(easy, CURLINFO_SIZE_UPLOAD_T, &sent)
        if (!hasBegun && sent != sentByteCount) || transfer.isPaused || !isConnected { activity = now }
        sentByteCount = sent
        guard limit <= now else { return nil }
        let what = hasBegun ? "nothing came for" : "no answer began within"
        return TransportError(.timedOut, "\(what) \(currentLimit)")
    }

    /// Whether there is a connection, as secure as it will be; before, libcurl's own limit holds.
    private var isConnected: Bool { duration(CURLINFO_PRETRANSFER_TIME_T) > 0 }

    private func duration(_ info: CURLINFO) -> curl_off_t {
        var microseconds: curl_off_t = 0
        unsafe oriole_curl_get_size(easy, info, &microseconds)
        return microseconds
    }

    private func failure(_ code: CURLcode) -> TransportError {
        switch code {
        case CURLE_OPERATION_TIMEDOUT:
            let limits = transfer.request.limits
            if let total = limits.total, .microseconds(duration(CURLINFO_TOTAL_TIME_T)) >= total {
                return TransportError(.timedOut, "not done within \(total)")
            }
            return TransportError(.timedOut, "no connection within \(limits.connecting)")
        case CURLE_ABORTED_BY_CALLBACK, CURLE_READ_ERROR:
            return TransportError(.unreadable, setup.uploadFailure ?? setup.words(for: code))
        default: return TransportError(code, setup.words(for: code))
        }
    }
}

extension TransportError {
    /// What a status of libcurl means.
    init(_ code: CURLcode, _ words: String) { self.init(Self.kinds[code.rawValue] ?? .broken, words) }

    private static let kinds: [UInt32: Kind] = [
        CURLE_UNSUPPORTED_PROTOCOL.rawValue: .unusable, CURLE_URL_MALFORMAT.rawValue: .unusable,
        CURLE_TOO_MANY_REDIRECTS.rawValue: .unusable, CURLE_BAD_CONTENT_ENCODING.rawValue: .broken,
        CURLE_COULDNT_RESOLVE_HOST.rawValue: .unresolved, CURLE_COULDNT_RESOLVE_PROXY.rawValue: .unresolved,
        CURLE_COULDNT_CONNECT.rawValue: .unreachable, CURLE_SSL_CONNECT_ERROR.rawValue: .insecure,
        CURLE_PEER_FAILED_VERIFICATION.rawValue: .insecure, CURLE_SSL_CERTPROBLEM.rawValue: .insecure,
        CURLE_SSL_CIPHER.rawValue: .insecure, CURLE_SSL_CACERT_BADFILE.rawValue: .insecure,
    ]
}
