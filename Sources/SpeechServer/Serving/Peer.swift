internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Somebody who is connected, and by when something has to come from there.
final class Peer: Sendable {
    let descriptor: Int32
    let address: String
    private let state: Mutex<State>

    private struct State {
        var deadline: ContinuousClock.Instant?
        var hasHungUp = false
        var isClosed = false
        var whenGone: (@Sendable () -> Void)?
    }

    init(descriptor: Int32, address: String, patience: Duration) {
        self.descriptor = descriptor
        self.address = address
        state = Mutex(State(deadline: .now + patience))
    }

    /// Until when something must have come from there or gone there; nil while it is we who are waited for.
    func expect(by deadline: ContinuousClock.Instant?) { state.withLock { $0.deadline = deadline } }

    func expect(within patience: Duration) { expect(by: .now + patience) }

    /// What is to be done when the peer goes while we work for it; at once if it has gone already.
    func whenGone(_ action: (@Sendable () -> Void)?) {
        let hasGone = state.withLock { state in
            state.whenGone = action
            return state.hasHungUp
        }
        if hasGone { action?() }
    }

    /// The other side has gone: ends what is done for it, and breaks the connection, whose end nobody may have seen.
    func noteGone() {
        let action = state.withLock { state in
            state.hasHungUp = true
            if !state.isClosed { shutdown(descriptor, Int32(SHUT_RDWR)) }
            return state.whenGone
        }
        action?()
    }

    /// The connection is about to be closed, and its number another's.
    func noteClosing() {
        state.withLock { state in
            state.isClosed = true
            state.whenGone = nil
        }
    }

    /// Breaks the connection if what was expected has not come; whoever serves it sees the end.
    func breakIfOverdue(at now: ContinuousClock.Instant) {
        state.withLock { state in
            guard let deadline = state.deadline, deadline < now, !state.isClosed else { return }
            state.deadline = nil
            shutdown(descriptor, Int32(SHUT_RDWR))
        }
    }
}
