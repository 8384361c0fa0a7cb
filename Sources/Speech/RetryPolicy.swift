/// How often and when a request that failed is made again.
///
/// Waits grow by a factor of two and are drawn at random from nothing to their length, so that many who failed together do
/// not come back together. What a service asks for with `Retry-After` is waited at least.
public struct RetryPolicy: Sendable {
    /// How often a request is made at most.
    public var attempts: Int
    /// The longest wait before the second attempt.
    public var firstDelay: Duration
    /// The longest wait before any.
    public var longestDelay: Duration
    /// A service that wants a longer wait than this is not waited for.
    public var longestRetryAfter: Duration
    private let clock: any Clock<Duration>

    /// Makes a policy, which waits by a clock.
    public init(
        attempts: Int = 4, firstDelay: Duration = .milliseconds(500), longestDelay: Duration = .seconds(8),
        longestRetryAfter: Duration = .seconds(60), clock: any Clock<Duration> = ContinuousClock()
    ) {
        precondition(attempts > 0, "a request is made once at least")
        self.attempts = attempts
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
        self.longestRetryAfter = longestRetryAfter
        self.clock = clock
    }

    /// Waits before another attempt, or throws the error when there is to be none.
    public func wait(afterAttempt attempt: Int, _ error: RemoteError) async throws(RemoteError) {
        guard attempt < attempts, error.mayRetry, error.retryAfter ?? .zero <= longestRetryAfter else { throw error }
        let bound = min(firstDelay * (1 << min(attempt - 1, 20)), longestDelay)
        let delay = max(bound * Double.random(in: 0...1), error.retryAfter ?? .zero)
        do {
            try await clock.sleep(for: delay)
        } catch {
            throw RemoteError(.cancelled, "the task was cancelled before another attempt")
        }
    }

    /// Makes a request as often as it takes.
    public func run<Result>(
        _ body: (_ attempt: Int) async throws(RemoteError) -> sending Result
    ) async throws(RemoteError) -> sending Result {
        var attempt = 1
        while true {
            do throws(RemoteError) {
                return try await body(attempt)
            } catch {
                try await wait(afterAttempt: attempt, error)
            }
            attempt += 1
        }
    }
}
