import Foundation

/// Does something on a thread of its own, beside the pool of tasks, which other tests may keep busy for long.
package func beside<Result: Sendable>(_ work: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Swift.Result { try work() }) }
    }
}

/// Waits on such a thread until something is so.
package func waitUntil(_ condition: () throws -> Bool) rethrows {
    while try !condition() { sched_yield() }
}
