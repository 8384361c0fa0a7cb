import Speech
import TestSupport
import Testing

struct RetryPolicyTests {
    private static func passing(_ retryAfter: Duration? = nil) -> RemoteError {
        RemoteError(.rateLimited, "busy", mayRetry: true, retryAfter: retryAfter)
    }

    /// Fails so many times, then succeeds, and returns how often it was asked.
    private static func run(
        _ policy: RetryPolicy, failing times: Int, with error: RemoteError
    ) async throws(RemoteError) -> Int {
        var asked = 0
        return try await policy.run { attempt throws(RemoteError) in
            asked += 1
            #expect(asked == attempt)
            if asked <= times { throw error }
            return asked
        }
    }

    @Test func `what may pass is tried again, with waits that grow and have an end`() async throws {
        let clock = TestClock()
        let policy = RetryPolicy(attempts: 8, clock: clock)
        #expect(try await Self.run(policy, failing: 7, with: Self.passing()) == 8)
        #expect(clock.sleeps.count == 7)
        for (index, sleep) in clock.sleeps.enumerated() {
            #expect(sleep >= .zero && sleep <= min(.milliseconds(500) * (1 << index), .seconds(8)))
        }
        #expect(Set(clock.sleeps).count > 1, "drawn at random")
    }

    @Test func `the last failure is the caller's`() async {
        let clock = TestClock()
        await #expect(throws: Self.passing()) {
            _ = try await Self.run(RetryPolicy(attempts: 3, clock: clock), failing: 5, with: Self.passing())
        }
        #expect(clock.sleeps.count == 2)
    }

    @Test func `what cannot pass is not tried again`() async {
        let clock = TestClock()
        let refusal = RemoteError(.accountRefused, "no balance", httpStatus: 429, businessCode: "1113")
        await #expect(throws: refusal) {
            _ = try await Self.run(RetryPolicy(clock: clock), failing: 1, with: refusal)
        }
        #expect(clock.sleeps.isEmpty)
    }

    @Test func `a wait that the service asks for is kept, one that is too long is not waited`() async throws {
        let clock = TestClock()
        _ = try await Self.run(RetryPolicy(clock: clock), failing: 1, with: Self.passing(.seconds(20)))
        #expect(clock.sleeps == [.seconds(20)])
        await #expect(throws: Self.passing(.seconds(61))) {
            _ = try await Self.run(RetryPolicy(clock: clock), failing: 1, with: Self.passing(.seconds(61)))
        }
    }

    @Test func `cancelled while it waits, it says so`() async {
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            _ = try await Self.run(RetryPolicy(clock: TestClock()), failing: 1, with: Self.passing())
        }
        task.cancel()
        let result = await task.result
        let error = #expect(throws: RemoteError.self) { try result.get() }
        #expect(error?.code == .cancelled)
    }
}
