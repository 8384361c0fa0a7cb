internal import Synchronization

/// One exchange, shared by the event thread that drives it and the task that reads it.
///
/// The thread puts in the head, the bytes and the end; the task takes them out and waits when there is nothing. State is
/// decided inside the lock; whom to wake is done outside.
final class Transfer: Sendable {
    let request: HTTPRequest
    private let loop: EventLoop
    private let state = Mutex(State())

    private struct State {
        var head: HTTPHead?
        var received: [UInt8] = []
        var isPaused = false
        var end: Result<Void, TransportError>?
        var waiting: Sleeper?

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
}

// MARK: - The event thread's side

extension Transfer {
    /// Takes bytes in, or nothing when the reader has enough before it: then the transfer pauses and the same bytes come
    /// again later.
    func receive(_ bytes: UnsafeRawBufferPointer, head: @autoclosure () -> HTTPHead) -> Bool {
        let (isTaken, reader) = state.withLock { state -> (Bool, Sleeper?) in
            let most = request.limits.unreadByteCount
            guard state.received.isEmpty || state.received.count + bytes.count <= most else {
                state.isPaused = true
                return (false, nil)
            }
            if state.head == nil { state.head = head() }
            unsafe state.received.append(contentsOf: bytes)
            return (true, state.waiting.take())
        }
        reader?.wake()
        return isTaken
    }

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
    /// Waits for the head, which comes with the first bytes or with the end.
    func head() async throws(TransportError) -> HTTPHead {
        await waitForNews()
        let (head, end) = state.withLock { ($0.head, $0.end) }
        if let head { return head }
        try end?.get()
        throw TransportError(.broken, "the server closed the connection without an answer")
    }

    /// Replaces the buffer's bytes by those that have come, waiting for some.
    ///
    /// - Returns: false at the end.
    func take(into buffer: inout [UInt8]) async throws(TransportError) -> Bool {
        buffer.removeAll(keepingCapacity: true)
        await waitForNews()
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

/// A task that waits to be woken, once: by whoever takes it out of the state.
@safe
private struct Sleeper: Sendable {
    private let continuation: UnsafeContinuation<Void, Never>

    func wake() { unsafe continuation.resume() }

    static func sleep(_ body: (Sleeper) -> Void) async {
        unsafe await withUnsafeContinuation { unsafe body(Sleeper(continuation: $0)) }
    }
}

extension Bool {
    fileprivate mutating func exchanged(for new: Bool) -> Bool {
        defer { self = new }
        return self
    }
}
