internal import CCurl
internal import Platform

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// libcurl's multi handle and the sockets that it waits for: used on the event thread and nowhere else.
///
/// It is made before the thread is, since who starts the thread can be told that the system has no descriptor left.
@safe
final class TransferDriver {
    private let multi: UnsafeMutableRawPointer
    private let sockets: any SocketWatch
    private let alarm: Alarm
    private var active: [Key: any ActiveExchange] = [:]
    /// Those whose sockets are ours, by their sockets.
    private var watched: [Int32: any WatchedExchange] = [:]
    /// When libcurl wants to be called, whatever the sockets do.
    private var timer: ContinuousClock.Instant?
    /// When the first limit of a transfer may have passed.
    private var nextLimit: ContinuousClock.Instant?

    init(_ alarm: Alarm, waitingBy wait: SocketWait) throws(SystemError) {
        curlIsReady
        sockets = try wait.makeWatch()
        guard let multi = unsafe curl_multi_init() else {
            throw SystemError("curl_multi_init", subject: "the event thread")
        }
        unsafe self.multi = multi
        self.alarm = alarm
        sockets.watch(alarm.descriptor, .reading)
        // One connection for each transfer: on a shared one, libcurl gathers what a paused transfer leaves, without bound.
        unsafe oriole_curl_multi_set_number(multi, CURLMOPT_PIPELINING, CURLPIPE_NOTHING)
        let me = unsafe Unmanaged.passUnretained(self).toOpaque()
        unsafe oriole_curl_on_socket(multi, { unsafe socketChanged($1, $2, $3, $4) }, me)
        unsafe oriole_curl_on_timer(multi, { unsafe timerChanged($1, $2) }, me)
    }

    deinit { unsafe curl_multi_cleanup(multi) }

    /// Does what was asked from outside.
    func perform(_ command: EventLoop.Command) {
        switch command {
        case .start(let exchange): start(exchange)
        case .goOn(let exchange):
            guard let going = active[Key(exchange)] else { return }
            going.goOn()
            if let going = going as? any WatchedExchange, watched[going.socket] != nil { work(going) }
        case .stop(let exchange):
            if let stopped = active[Key(exchange)] { remove(stopped) }
        }
    }

    /// Waits for the sockets, unless there is something to do, and lets libcurl work on what they bring.
    func turn(mayWait: Bool, awake: () -> Void) {
        sockets.wait(milliseconds: mayWait ? patience : 0) { socket, ready in
            if socket == alarm.descriptor { return alarm.silence() }
            if let exchange = watched[socket] { return work(exchange) }
            var running: Int32 = 0
            unsafe curl_multi_socket_action(multi, socket, ready.rawValue, &running)
        }
        if mayWait { awake() }
        if timer != nil || nextLimit != nil { keepTime() }
        reap()
    }

    /// Ends everything, before the thread ends.
    func stopAll() {
        for exchange in active.values {
            exchange.exchange.fail(.cancelled)
            remove(exchange)
        }
        sockets.forget(alarm.descriptor)
    }
}

// MARK: - Exchanges

/// What an exchange is found by: libcurl's handle keeps it too.
private struct Key: Hashable {
    private let number: UInt

    init(_ exchange: any Exchange) { number = UInt(bitPattern: ObjectIdentifier(exchange)) }

    init(ofHandle easy: UnsafeMutableRawPointer) {
        var user: UnsafeMutableRawPointer?
        unsafe oriole_curl_get_pointer(easy, CURLINFO_PRIVATE, &user)
        number = UInt(bitPattern: user)
    }

    var pointer: UnsafeRawPointer? { unsafe UnsafeRawPointer(bitPattern: number) }
}

extension TransferDriver {
    private func start(_ exchange: any Exchange) {
        do throws(TransportError) {
            let now = ContinuousClock.now
            let started = try exchange.activate(at: now)
            if let started = started as? any CurlExchange {
                unsafe oriole_curl_set_pointer(started.easy, CURLOPT_PRIVATE, unsafe Key(exchange).pointer)
                guard unsafe curl_multi_add_handle(multi, started.easy) == CURLM_OK else {
                    throw TransportError(.unusable, "libcurl cannot take the request")
                }
            }
            active[Key(exchange)] = started
            if started is any CurlExchange {
                note(limit: started.nextLook(after: now))
            } else if let started = started as? any WatchedExchange {
                watch(started)
            }
        } catch {
            exchange.fail(error)
        }
    }

    private func remove(_ ended: any ActiveExchange) {
        // Before libcurl closes the socket, whose number may be another's at once.
        if let ended = ended as? any WatchedExchange, watched[ended.socket] === ended {
            sockets.forget(ended.socket)
            watched[ended.socket] = nil
        }
        if let ended = ended as? any CurlExchange { unsafe curl_multi_remove_handle(multi, ended.easy) }
        active[Key(ended.exchange)] = nil
    }

    /// Has the socket of an exchange, from now on.
    private func watch(_ exchange: any WatchedExchange) {
        watched[exchange.socket] = exchange
        work(exchange)
    }

    /// Lets an exchange move its bytes, and waits for what it wants next.
    private func work(_ exchange: any WatchedExchange) {
        guard exchange.work() else { return remove(exchange) }
        let interest = exchange.interest
        // A socket of which nothing is wanted would tell for ever that it has broken.
        if interest.isEmpty { sockets.forget(exchange.socket) } else { sockets.watch(exchange.socket, interest) }
        note(limit: exchange.nextLook(after: .now))
    }

    /// Takes leave of the transfers that libcurl has ended.
    private func reap() {
        var result = CURLE_OK
        while let easy = unsafe oriole_curl_next_ended(multi, &result) {
            guard let ended = active[unsafe Key(ofHandle: easy)] as? any CurlExchange else {
                preconditionFailure("every handle is of an exchange")
            }
            guard let going = ended.end(result) else {
                remove(ended)
                continue
            }
            watch(going)
        }
    }
}

// MARK: - Time

extension TransferDriver {
    /// How long a wait for the sockets may last; for ever when nothing is due.
    private var patience: Int32 {
        guard let due = [timer, nextLimit].compactMap({ $0 }).min() else { return -1 }
        let milliseconds = ContinuousClock.now.duration(to: due) / .milliseconds(1)
        return Int32(min(max(milliseconds.rounded(.up), 0), 60_000))
    }

    private func keepTime() {
        let now = ContinuousClock.now
        if let due = timer, due <= now {
            timer = nil
            var running: Int32 = 0
            unsafe curl_multi_socket_action(multi, CURL_SOCKET_TIMEOUT, 0, &running)
        }
        if let due = nextLimit, due <= now { endOverdue(now) }
    }

    /// Ends the transfers whose limit has passed; what has happened since it was set moves the others on.
    private func endOverdue(_ now: ContinuousClock.Instant) {
        nextLimit = nil
        for exchange in active.values {
            if let error = exchange.overdue(at: now) {
                exchange.exchange.fail(error)
                remove(exchange)
            } else if let exchange = exchange as? any WatchedExchange, watched[exchange.socket] != nil {
                work(exchange)
            } else {
                note(limit: exchange.nextLook(after: now))
            }
        }
    }

    private func note(limit: ContinuousClock.Instant) { nextLimit = min(nextLimit ?? limit, limit) }
}

// MARK: - What libcurl tells

extension TransferDriver {
    fileprivate func watch(_ socket: curl_socket_t, _ what: CInt) {
        // Programs that this process starts must not hold our connections open.
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        switch what {
        case CURL_POLL_REMOVE: sockets.forget(socket)
        case CURL_POLL_IN: sockets.watch(socket, .reading)
        case CURL_POLL_OUT: sockets.watch(socket, .writing)
        default: sockets.watch(socket, [.reading, .writing])
        }
    }

    fileprivate func setTimer(_ milliseconds: Int) {
        timer = milliseconds < 0 ? nil : ContinuousClock.now + .milliseconds(milliseconds)
    }

    fileprivate static func from(_ user: UnsafeMutableRawPointer?) -> TransferDriver? {
        unsafe user.map { unsafe Unmanaged<TransferDriver>.fromOpaque($0).takeUnretainedValue() }
    }
}

private func socketChanged(
    _ socket: curl_socket_t, _ what: CInt, _ user: UnsafeMutableRawPointer?, _ own: UnsafeMutableRawPointer?
) -> CInt {
    unsafe TransferDriver.from(user)?.watch(socket, what)
    return 0
}

private func timerChanged(_ milliseconds: Int, _ user: UnsafeMutableRawPointer?) -> CInt {
    unsafe TransferDriver.from(user)?.setTimer(milliseconds)
    return 0
}

/// libcurl's own set-up, once for the process.
private let curlIsReady: Void = {
    let status = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
    precondition(status == CURLE_OK, "libcurl cannot be set up")
}()
