import Speech
import Synchronization
import TestSupport
import Testing

/// Counts how many are at work, and remembers who has ended.
private final class Tally: Sendable {
    private let state = Mutex((now: 0, most: 0, ended: [Int]()))

    var most: Int { state.withLock { $0.most } }
    var ended: [Int] { state.withLock { $0.ended } }

    func begin() {
        state.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
        }
    }

    func end(_ number: Int) {
        state.withLock {
            $0.now -= 1
            $0.ended.append(number)
        }
    }
}

@Suite(.neverHangs)
struct RequestGateTests {
    @Test(arguments: [1, 3, 5])
    func `no more are in flight than the limit, and all come through`(limit: Int) async throws {
        let gate = RequestGate(limit: limit)
        let tally = Tally()
        try await withThrowingTaskGroup { group in
            for _ in 0..<50 {
                group.addTask {
                    let pass = try await gate.enter()
                    tally.begin()
                    for _ in 0..<10 { await Task.yield() }
                    tally.end(0)
                    pass.leave()
                    pass.leave()
                }
            }
            try await group.waitForAll()
        }
        #expect(tally.most <= limit)
        #expect(tally.ended.count == 50)
    }

    @Test func `who comes first goes first, and who gives up is passed over`() async throws {
        let gate = RequestGate(limit: 1)
        let first = try await gate.enter()
        let order = Tally()
        var tasks: [Task<Void, any Error>] = []
        for number in 0..<4 {
            let (queued, queue) = AsyncStream.makeStream(of: Void.self)
            tasks.append(
                Task.immediate {
                    queue.yield()
                    let pass = try await gate.enter()
                    order.end(number)
                    pass.leave()
                })
            var steps = queued.makeAsyncIterator()
            _ = await steps.next()
        }
        tasks[1].cancel()
        let given = await tasks[1].result
        let error = #expect(throws: RemoteError.self) { try given.get() }
        #expect(error?.code == .cancelled)
        first.leave()
        for number in [0, 2, 3] { try await tasks[number].value }
        #expect(order.ended == [0, 2, 3])
    }

    @Test func `leave that is dropped is given back`() async throws {
        let gate = RequestGate(limit: 1)
        do { _ = try await gate.enter() }
        let again = try await gate.enter()
        again.leave()
    }
}
