import Synchronization

/// A clock whose sleepers wake at once, or never, and which remembers how long they wanted to sleep.
package final class TestClock: Clock {
    private let state = Mutex(State())

    private struct State {
        var now = Instant(offset: .zero)
        var sleeps: [Duration] = []
    }

    private let isStill: Bool

    /// Makes a clock; on a still one only cancelling ends a sleep.
    package init(isStill: Bool = false) { self.isStill = isStill }

    /// A moment of this clock.
    package struct Instant: InstantProtocol {
        fileprivate let offset: Duration

        package func advanced(by duration: Duration) -> Instant { Instant(offset: offset + duration) }
        package func duration(to other: Instant) -> Duration { other.offset - offset }
        package static func < (left: Instant, right: Instant) -> Bool { left.offset < right.offset }
    }

    package var now: Instant { state.withLock { $0.now } }
    package var minimumResolution: Duration { .zero }

    /// All sleeps so far.
    package var sleeps: [Duration] { state.withLock { $0.sleeps } }

    package func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        try Task.checkCancellation()
        state.withLock { state in
            state.sleeps.append(state.now.duration(to: deadline))
            if !isStill { state.now = max(state.now, deadline) }
        }
        while isStill {
            try Task.checkCancellation()
            await Task.yield()
        }
    }
}
