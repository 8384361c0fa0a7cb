import Foundation
import Synchronization

/// Work on a thread of its own, which begins at once: the pool of tasks may be busy with other tests for minutes.
package final class Beside<Result: Sendable>: Sendable {
    private let state = Mutex(State())

    private struct State {
        var result: Swift.Result<Result, any Error>?
        var waiting: CheckedContinuation<Result, any Error>?
    }

    package init(_ work: @escaping @Sendable () throws -> Result) {
        Thread.detachNewThread {
            let result = Swift.Result { try work() }
            let waiting = self.state.withLock { state in
                state.result = result
                return state.waiting
            }
            waiting?.resume(with: result)
        }
    }

    /// What came of it, for one who waits.
    package var value: Result {
        get async throws {
            try await withCheckedThrowingContinuation { continuation in
                let result = state.withLock { state in
                    if state.result == nil { state.waiting = continuation }
                    return state.result
                }
                if let result { continuation.resume(with: result) }
            }
        }
    }
}

/// Waits on such a thread until something is so, and gives up when only a test that fails would still wait.
package func waitUntil(_ condition: () throws -> Bool) throws {
    let end = ContinuousClock.now + .seconds(ScriptedServer.patience)
    while try !condition() {
        guard ContinuousClock.now < end else { throw GaveUp() }
        sched_yield()
    }
}

private struct GaveUp: Error {}
