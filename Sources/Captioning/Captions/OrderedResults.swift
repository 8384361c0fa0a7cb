internal import Speech
internal import Synchronization

/// Results that come in any order and are taken in theirs.
final class OrderedResults<Element: Sendable>: Sendable {
    private let state = Mutex(State())

    private struct State {
        var ready: [Int: Element] = [:]
        var next = 0
        var total: Int?
        var failure: RemoteError?
        var waiting: CheckedContinuation<Void, Never>?

        var canTell: Bool { failure != nil || ready[next] != nil || total.map { next >= $0 } == true }
    }

    /// Adds the result of a number.
    func add(_ element: Element, at index: Int) { change { $0.ready[index] = element } }

    /// Tells how many there are.
    func finish(count: Int) { change { $0.total = count } }

    /// Ends with a failure, the first that is told.
    func fail(_ error: RemoteError) { change { $0.failure = $0.failure ?? error } }

    private func change(_ change: (inout State) -> Void) {
        let waiting = state.withLock { state in
            change(&state)
            return state.canTell ? state.waiting.take() : nil
        }
        waiting?.resume()
    }

    /// The next in order, or nil after the last.
    func next() async throws(RemoteError) -> Element? {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                guard !state.canTell else { return true }
                state.waiting = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
        let result: Result<Element?, RemoteError> = state.withLock { state in
            if let element = state.ready.removeValue(forKey: state.next) {
                state.next += 1
                return .success(element)
            }
            return state.failure.map { .failure($0) } ?? .success(nil)
        }
        return try result.get()
    }
}
