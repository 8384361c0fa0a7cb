internal import Synchronization

/// A request and its answer, between the thread that serves the connection and the task that works.
///
/// What the thread does (`receive`, `proceed`, `take`) comes in order; the peer may leave at any moment.
final class Exchange: Sendable {
    let head: RequestHead
    let answer: Answer
    let peer: Peer
    private let service: any HTTPService
    private let limits: ListenerLimits
    private let tally: Tally
    private let started = ContinuousClock.now
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var body: BodyReader?
        var receivedByteCount = 0
        /// What is wrong with the request; the rest of its body is not kept.
        var fault: Fault?
        var discardedByteCount = 0
        /// What has come since the last time that enough had.
        var windowByteCount = 0
        var isWorking = false
        var work: Task<Void, Never>?
        var isOver = false
    }

    init(
        _ head: RequestHead, from peer: Peer, to service: any HTTPService, _ limits: ListenerLimits, _ tally: Tally
    ) {
        self.head = head
        answer = Answer(["X-Log-Id", "x-request-id"].map { RequestHead.Field($0, head.id) })
        self.peer = peer
        self.service = service
        self.limits = limits
        self.tally = tally
        do throws(Fault) {
            state = Mutex(State(body: try BodyReader(of: head, limit: try service.longestBody(of: head))))
        } catch {
            state = Mutex(State(body: nil, fault: error))
        }
        peer.expect(by: started + limits.patience)
    }

    /// Whether to answer before the body has come: when it is refused and is long.
    ///
    /// A body that is not read breaks the connection, and with it perhaps the answer, so short ones are read.
    var isRefusedAtOnce: Bool {
        guard let fault = state.withLock({ $0.fault }) else { return false }
        return fault.endsConnection || (head.contentLength ?? 0) > limits.mostDiscarded
    }

    /// Takes a piece of the body; false when too much of it is for nothing.
    func receive(_ piece: Span<UInt8>) -> Bool {
        let (isWanted, isOnTime) = state.withLock { state -> (Bool, Bool) in
            state.receivedByteCount += piece.count
            state.windowByteCount += piece.count
            if state.fault != nil {
                state.discardedByteCount += piece.count
            } else {
                do throws(Fault) {
                    try state.body?.read(piece)
                } catch {
                    state.fault = error
                    state.body = nil
                }
            }
            let isOnTime = state.windowByteCount >= limits.leastInPatience
            if isOnTime { state.windowByteCount = 0 }
            return (state.discardedByteCount <= limits.mostDiscarded, isOnTime && !state.isOver)
        }
        // Whoever was fast before may not be slow for that: each stretch of time has to bring its share.
        if isOnTime { peer.expect(within: limits.patience) }
        return isWanted
    }

    /// Begins the work once the body is there; later calls change nothing.
    func proceed() {
        let (isFirst, fault, body) = state.withLock { state -> (Bool, Fault?, Request.Body?) in
            guard !state.isWorking else { return (false, nil, nil) }
            state.isWorking = true
            guard state.fault == nil, let body = state.body.take() else { return (true, state.fault, nil) }
            do throws(Fault) {
                return (true, nil, try body.finish())
            } catch {
                return (true, error, nil)
            }
        }
        guard isFirst else { return }
        peer.expect(by: nil)
        guard let body else {
            return service.refuse(
                fault ?? Fault(.failed, "the body is lost"), head, with: answer)
        }
        peer.whenGone { [weak self] in self?.leave() }
        let request = Request(head: head, body: body)
        tally.enter()
        let work = Task.detached { [service, answer, tally] in
            await service.respond(to: request, with: answer)
            tally.leave()
        }
        let isOver = state.withLock { state in
            state.work = work
            return state.isOver
        }
        if isOver { work.cancel() }
    }

    /// Ends it all from our side: says so where nothing has been said yet, and waits for the client no longer than a moment.
    func giveUp() {
        let (isWorking, work) = state.withLock { state in
            state.isOver = true
            return (state.isWorking, state.work)
        }
        work?.cancel()
        if isWorking, !answer.hasBegun {
            let fault = Fault(.busy, "the server is stopping", hint: "come again later", retryAfter: 10)
            service.refuse(fault, head, with: answer)
        } else if isWorking {
            answer.abandon()
        }
        peer.expect(within: isWorking ? .seconds(2) : .zero)
    }

    /// Ends the work: nobody waits for it any more.
    func leave() {
        let work = state.withLock { state in
            state.isOver = true
            return state.work
        }
        work?.cancel()
        answer.abandon()
    }

    /// The exchange is over, whether the answer was read to its end or not.
    func finish(isComplete: Bool) {
        peer.whenGone(nil)
        leave()
        peer.expect(within: limits.idle)
        let (status, sent) = answer.sent
        let received = state.withLock { state in
            state.body = nil
            return state.receivedByteCount
        }
        service.note(
            AccessRecord(
                head: head, status: status, receivedByteCount: received, sentByteCount: sent,
                duration: started.duration(to: .now), isComplete: isComplete))
        tally.leave()
    }

    /// The reader came for more, or waits for us; what was given up gets no more time.
    func noteReading(waits: Bool) {
        guard !state.withLock({ $0.isOver }) else { return }
        waits ? peer.expect(by: nil) : peer.expect(within: limits.patience)
    }
}

/// What a listener puts up with.
package struct ListenerLimits: Sendable {
    /// Connections at once.
    package var connections = 2_000
    /// How long a head may take to come, a body to begin, and an answer to be taken.
    package var patience = Duration.seconds(60)
    /// How long a connection may be open without a request.
    package var idle = Duration.seconds(75)
    /// The bytes of a body that must come in that time, again and again.
    package var leastInPatience = 240_000
    /// How much of a body is read for nothing.
    package var mostDiscarded = 256 << 20

    package init() {}
}
