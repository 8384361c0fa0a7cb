internal import Synchronization

/// Results that come in any order and are taken in theirs.
///
/// A failure is told after what came before it: results that are on their way then still arrive, so that none is lost.
package final class OrderedResults<Element: Sendable>: Sendable {
    private let state = Mutex(State())

    package init() {}

    private struct State {
        var ready: [Int: Element] = [:]
        var next = 0
        var isOver = false
        var failure: RemoteError?
        var waiting: CheckedContinuation<Void, Never>?

        var canTell: Bool { isOver || ready[next] != nil }
    }

    /// Adds the result of a number.
    package func add(_ element: Element, at index: Int) { change { $0.ready[index] = element } }

    /// Notes a failure, the first that is told, with which the results end once no more is on its way.
    package func fail(_ error: RemoteError) { change { $0.failure = $0.failure ?? error } }

    /// Whether a failure was noted.
    package var isFailing: Bool { state.withLock { $0.failure != nil } }

    /// Tells that nothing is on its way any more.
    package func end() { change { $0.isOver = true } }

    private func change(_ change: (inout State) -> Void) {
        let waiting = state.withLock { state in
            change(&state)
            return state.canTell ? state.waiting.take() : nil
        }
        waiting?.resume()
    }

    /// The next in order, or nil after the last.
    package func next() async throws(RemoteError) -> Element? {
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
