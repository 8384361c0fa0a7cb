internal import Synchronization

/// One exchange, shared by the event thread that drives it and the task that reads it.
///
/// The thread puts in the head, the bytes and the end; the task takes them out and waits when there is nothing. State is
/// decided inside the lock; whom to wake is done outside.
final class Transfer: Exchange {
    let request: HTTPRequest
    private let loop: EventLoop
    private let state = Mutex(State())

    private struct State {
        var head: HTTPHead?
        /// How long it took until there was a connection, where one was made for it.
        var connecting: Duration?
        var received = ReceivedBytes()
        var isPaused = false
        var end: Result<Void, TransportError>?
        var waiting: Sleeper?
        /// The reader has all that it wants; how much more may come before the connection is given up.
        var surplus: Int?

        /// What the reader may take, or nil while it has to wait.
        var hasNews: Bool { !received.isEmpty || end != nil }
    }

    init(_ request: HTTPRequest, on loop: EventLoop) {
        self.request = request
        self.loop = loop
    }

    func start() { loop.submit(.start(self)) }

    /// Ends the transfer, whoever waits for it.
    func cancel() {
        end(.failure(.cancelled))
        loop.submit(.stop(self))
    }

    /// Lets the transfer come to its own end, which must be near, so that its connection serves again.
    func letEnd() {
        let mayGoOn = state.withLock { state in
            guard state.end == nil else { return false }
            state.surplus = Self.mostSurplus
            state.received = ReceivedBytes()
            return state.isPaused.exchanged(for: false)
        }
        if mayGoOn { loop.submit(.goOn(self)) }
    }

    /// Ends the transfer of a reader that goes away, unless it let it end.
    func leave() {
        if state.withLock({ $0.surplus == nil && $0.end == nil }) { cancel() }
    }

    /// What may follow the end of a stream: a mark, an empty chunk.
    private static let mostSurplus = 16_384
}

// MARK: - The event thread's side

extension Transfer {
    func activate(at now: ContinuousClock.Instant) throws(TransportError) -> any ActiveExchange {
        try ActiveTransfer(self, at: now)
    }

    func fail(_ error: TransportError) { end(.failure(error)) }

    /// Notes how long it took to connect.
    func note(connecting duration: Duration) { state.withLock { $0.connecting = duration } }

    /// Takes bytes in, or nothing when the reader has enough before it: then the transfer pauses and the same bytes come
    /// again later.
    func receive(
        _ bytes: UnsafeRawBufferPointer, at arrival: ContinuousClock.Instant, head: @autoclosure () -> HTTPHead
    ) -> Reception {
        let (reception, reader) = state.withLock { state -> (Reception, Sleeper?) in
            if let surplus = state.surplus {
                state.surplus = surplus - bytes.count
                return (surplus >= bytes.count ? .taken : .unwanted, nil)
            }
            let most = request.limits.unreadByteCount
            guard state.received.isEmpty || state.received.bytes.count + bytes.count <= most else {
                state.isPaused = true
                return (.later, nil)
            }
            if state.head == nil { state.head = head() }
            unsafe state.received.append(bytes, at: arrival)
            return (.taken, state.waiting.take())
        }
        reader?.wake()
        return reception
    }

    /// What becomes of bytes that have come.
    enum Reception {
        case taken
        /// They come again when the reader is ready.
        case later
        /// Nobody wants them.
        case unwanted
    }

    /// Whether nobody reads any more, and only the end is waited for.
    var isEnding: Bool { state.withLock { $0.surplus != nil } }

    /// Puts in the end, unless there was one before.
    func end(_ result: Result<Void, TransportError>, head: HTTPHead? = nil) {
        let reader = state.withLock { state -> Sleeper? in
            guard state.end == nil else { return nil }
            state.end = result
            state.head = state.head ?? head
            return state.waiting.take()
        }
        reader?.wake()
    }

    /// Whether the reader, not the server, is who is waited for.
    var isPaused: Bool { state.withLock { $0.isPaused } }
}

// MARK: - The task's side

extension Transfer {
    /// How long it took until there was a connection; nil while there is none, and where an earlier request had made it.
    var connecting: Duration? { state.withLock { $0.connecting } }

    /// Waits for the head, which comes with the first bytes or with the end.
    func head() async throws(TransportError) -> HTTPHead {
        await waitForNews()
        try stopWhenCancelled()
        let (head, end) = state.withLock { ($0.head, $0.end) }
        if let head { return head }
        try end?.get()
        throw TransportError(.broken, "the server closed the connection without an answer")
    }

    /// Replaces the buffer's bytes by those that have come, waiting for some.
    ///
    /// - Returns: false at the end.
    func take(into buffer: inout ReceivedBytes) async throws(TransportError) -> Bool {
        buffer.removeAll()
        await waitForNews()
        try stopWhenCancelled()
        let (end, mayGoOn) = state.withLock { state -> (Result<Void, TransportError>?, Bool) in
            guard state.received.isEmpty else {
                swap(&buffer, &state.received)
                return (nil, state.isPaused.exchanged(for: false))
            }
            return (state.end, false)
        }
        if mayGoOn { loop.submit(.goOn(self)) }
        try end?.get()
        return !buffer.isEmpty
    }

    /// A cancelled task gets nothing more, though something may have come.
    private func stopWhenCancelled() throws(TransportError) {
        guard Task.isCancelled else { return }
        cancel()
        throw .cancelled
    }

    private func waitForNews() async {
        if state.withLock({ $0.hasNews }) { return }
        await withTaskCancellationHandler {
            await Sleeper.sleep { sleeper in
                let hasNews = state.withLock { state in
                    guard !state.hasNews else { return true }
                    precondition(state.waiting == nil, "an answer has one reader at a time")
                    state.waiting = sleeper
                    return false
                }
                if hasNews { sleeper.wake() }
            }
        } onCancel: {
            cancel()
        }
    }
}

extension Bool {
    mutating func exchanged(for new: Bool) -> Bool {
        defer { self = new }
        return self
    }
}
