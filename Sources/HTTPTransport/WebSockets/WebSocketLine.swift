internal import Synchronization

/// One web socket, shared by the event thread that moves its bytes and the tasks that speak and listen.
///
/// State is decided inside the lock; whom to wake is done outside.
final class WebSocketLine: Exchange {
    private let origin: Origin
    let limits: WebSocketLimits
    private let loop: EventLoop
    private let state = Mutex(State())

    private struct State {
        var answer: Answer?
        var end: Result<WebSocketClose, TransportError>?
        /// Messages that nobody has read, the first of them at `nextUnread`.
        var unread: [WebSocketMessage] = []
        var nextUnread = 0
        var unreadByteCount = 0
        /// Messages that have come, and those of them that were read.
        var receivedCount = 0
        var readCount = 0
        /// Frames that the event thread has not taken, and how many bytes it has taken and not sent.
        var frames: [UInt8] = []
        var takenByteCount = 0
        /// What was said to end the conversation; nothing may follow it.
        var farewell: WebSocketClose?
        var isPaused = false
        var reader: Sleeper?
        var waiters: [Int: Sleeper] = [:]
        var lastWaiter = 0

        var unsentByteCount: Int { frames.count + takenByteCount }
    }

    /// What a message takes beside its bytes: there may be many empty ones.
    private static let messageCost = 64

    /// What the server made of the request.
    enum Answer {
        case open
        case refused(HTTPHead, [UInt8])
    }

    /// Whose wish it was.
    enum Origin {
        case asked(HTTPRequest)
        case accepted(AcceptedSocket)
    }

    init(_ origin: Origin, _ limits: WebSocketLimits, on loop: EventLoop) {
        (self.origin, self.limits, self.loop) = (origin, limits, loop)
    }

    /// Which side of the conversation we are.
    var side: WebSocketSide {
        switch origin {
        case .asked: .client
        case .accepted: .server
        }
    }

    /// The other one, in a word.
    var otherSide: String { side == .client ? "server" : "client" }

    func start() { loop.submit(.start(self)) }

    /// Ends it at once, whoever waits.
    func cancel() {
        end(.failure(.cancelled))
        loop.submit(.stop(self))
    }
}

// MARK: - The event thread's side

extension WebSocketLine {
    func activate(at now: ContinuousClock.Instant) throws(TransportError) -> any ActiveExchange {
        switch origin {
        case .asked(let request): try ActiveWebSocket(self, request, at: now)
        case .accepted(let socket): ServedWebSocket(self, socket, at: now)
        }
    }

    func fail(_ error: TransportError) { end(.failure(error)) }

    /// Puts in what the server made of the request.
    func answer(_ answer: Answer) { change { $0.answer = answer } }

    /// Puts in a message, unless the conversation is being ended.
    func add(_ message: WebSocketMessage) {
        change { state in
            guard state.farewell == nil else { return }
            state.unread.append(message)
            state.receivedCount += 1
            state.unreadByteCount += message.bytes.count + Self.messageCost
            state.isPaused = state.unreadByteCount >= limits.unreadByteCount
        }
    }

    /// Whether the reader, not the other side, is who is waited for.
    var isPaused: Bool { state.withLock { $0.isPaused && $0.farewell == nil } }

    /// How many bytes have not left.
    var unsentByteCount: Int { state.withLock { $0.unsentByteCount } }

    /// Whether so much has not left that nothing more is listened to.
    var isFull: Bool { state.withLock { $0.unsentByteCount > limits.unsentByteCount * 2 && $0.farewell == nil } }

    /// What was said to end the conversation.
    var farewell: WebSocketClose? { state.withLock { $0.farewell } }

    /// Says a last word, unless one was said; what has come before may still be read.
    func sayFarewell(_ close: WebSocketClose) {
        state.withLock { state in
            guard state.farewell == nil, state.end == nil else { return }
            state.farewell = close
            FrameWriter(side: side).write(close, appendingTo: &state.frames)
        }
    }

    /// Adds frames that are about the connection.
    func add(_ frame: (FrameWriter, inout [UInt8]) -> Void) {
        state.withLock { state in
            if state.farewell == nil { frame(FrameWriter(side: side), &state.frames) }
        }
    }

    /// Exchanges what is to be sent for an empty buffer; nothing when there is nothing.
    func takeFrames(into buffer: inout [UInt8]) {
        buffer.removeAll(keepingCapacity: true)
        state.withLock { state in
            swap(&state.frames, &buffer)
            state.takenByteCount = buffer.count
        }
    }

    /// Notes how much of what was taken is not sent.
    func note(unsent count: Int) {
        let waiters = state.withLock { state -> [Sleeper] in
            state.takenByteCount = count
            guard state.unsentByteCount <= limits.unsentByteCount / 2 else { return [] }
            return Self.takeWaiters(&state)
        }
        for waiter in waiters { waiter.wake() }
    }

    /// Puts in the end, unless there was one before.
    func end(_ result: Result<WebSocketClose, TransportError>) {
        change { state in
            guard state.end == nil else { return }
            state.end = result
        }
        let waiters = state.withLock { Self.takeWaiters(&$0) }
        for waiter in waiters { waiter.wake() }
    }

    private static func takeWaiters(_ state: inout State) -> [Sleeper] {
        defer { state.waiters = [:] }
        return Array(state.waiters.values)
    }

    private func change(_ body: (inout State) -> Void) {
        let reader = state.withLock { state -> Sleeper? in
            body(&state)
            return state.reader.take()
        }
        reader?.wake()
    }
}

// MARK: - The tasks' side

extension WebSocketLine {
    /// Waits for what the server makes of the request.
    func answer() async throws(TransportError) -> Answer {
        await waitForNews { $0.answer != nil || $0.end != nil }
        if Task.isCancelled {
            cancel()
            throw .cancelled
        }
        let (answer, end) = state.withLock { ($0.answer, $0.end) }
        if let answer { return answer }
        _ = try end?.get()
        throw TransportError(.broken, "the server closed the connection without an answer")
    }

    /// The next message, or nil at the end.
    func next() async throws(TransportError) -> WebSocketMessage? {
        await waitForNews { !$0.unread.isEmpty || $0.end != nil || $0.farewell != nil }
        guard !Task.isCancelled else { throw .cancelled }
        let (message, mayGoOn, end) = state.withLock { state in Self.take(&state, limits) }
        if mayGoOn { loop.submit(.goOn(self)) }
        if let message { return message }
        if case .failure(let error) = end { throw error }
        return nil
    }

    private static func take(
        _ state: inout State, _ limits: WebSocketLimits
    ) -> (WebSocketMessage?, Bool, Result<WebSocketClose, TransportError>?) {
        guard state.nextUnread < state.unread.count else { return (nil, false, state.end) }
        let message = state.unread[state.nextUnread]
        state.nextUnread += 1
        state.readCount += 1
        state.unreadByteCount -= message.bytes.count + messageCost
        if state.nextUnread == state.unread.count {
            state.unread.removeAll(keepingCapacity: true)
            state.nextUnread = 0
        }
        let mayGoOn = state.isPaused && state.unreadByteCount <= limits.unreadByteCount / 2
        if mayGoOn { state.isPaused = false }
        return (message, mayGoOn, nil)
    }

    /// Sends a message; waits while too much has not left.
    ///
    /// - Throws: what has ended the conversation; a task that is cancelled while it waits has sent its message all the same.
    func send(_ message: WebSocketMessage) async throws(TransportError) {
        guard !Task.isCancelled else { throw .cancelled }
        let (end, isOver) = state.withLock { state in
            let isOver = state.farewell != nil
            if state.end == nil, !isOver { FrameWriter(side: side).write(message, appendingTo: &state.frames) }
            return (state.end, isOver)
        }
        _ = try end?.get()
        guard end == nil, !isOver else { throw TransportError(.broken, "the conversation has ended") }
        loop.submit(.goOn(self))
        await wait { $0.unsentByteCount <= limits.unsentByteCount || $0.end != nil }
        guard !Task.isCancelled else { throw .cancelled }
    }

    /// Says the last word and waits until the other side has said its own, or is given up.
    func close(_ close: WebSocketClose) async {
        sayFarewell(close)
        change { _ in }
        loop.submit(.goOn(self))
        await wait { $0.end != nil }
    }

    /// Messages that have come, and those of them that were read.
    var counts: (received: Int, read: Int) { state.withLock { ($0.receivedCount, $0.readCount) } }

    /// How it ended, once it has.
    var ending: Result<WebSocketClose, TransportError>? { state.withLock { $0.end } }

    /// Waits as the reader, of which there is one.
    private func waitForNews(_ isThere: @Sendable (State) -> Bool) async {
        if state.withLock({ isThere($0) }) { return }
        await withTaskCancellationHandler {
            await Sleeper.sleep { sleeper in
                let mustWait = state.withLock { state in
                    guard !isThere(state), !Task.isCancelled else { return false }
                    precondition(state.reader == nil, "a web socket has one reader at a time")
                    state.reader = sleeper
                    return true
                }
                if !mustWait { sleeper.wake() }
            }
        } onCancel: {
            change { _ in }
        }
    }

    /// Waits as one of those who send.
    private func wait(_ isThere: @Sendable (State) -> Bool) async {
        let number = state.withLock { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        while !Task.isCancelled, state.withLock({ !isThere($0) }) {
            await withTaskCancellationHandler {
                await Sleeper.sleep { sleeper in
                    let mustWait = state.withLock { state in
                        guard !isThere(state), !Task.isCancelled else { return false }
                        state.waiters[number] = sleeper
                        return true
                    }
                    if !mustWait { sleeper.wake() }
                }
            } onCancel: {
                let sleeper = state.withLock { $0.waiters.removeValue(forKey: number) }
                sleeper?.wake()
            }
        }
    }
}
