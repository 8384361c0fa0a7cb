internal import Speech

/// Lets so many requests of a kind work at once, and so many wait; the next is told to come again.
struct WaitingLane: Sendable {
    let gate: RequestGate
    private let mostWaiting: Int

    init(_ lane: ServerSettings.Lane) {
        gate = RequestGate(limit: lane.running)
        mostWaiting = lane.waiting
    }

    /// Looks whether one more may wait.
    ///
    /// - Throws: `busy`.
    func checkRoom() throws(Fault) {
        if gate.passCount >= gate.limit, gate.waitingCount >= mostWaiting { throw isFull }
    }

    private var isFull: Fault {
        Fault(
            .busy, "as many requests wait as may (\(mostWaiting))", hint: "come again later", code: "1305",
            retryAfter: 10)
    }

    /// Waits for a turn.
    ///
    /// - Throws: `busy` at once when too many wait, `clientLeft`.
    func enter() async throws(Fault) -> RequestGate.Pass {
        let pass = try await withFaults { () async throws(RemoteError) in
            try await gate.enter(ifFewerWaitThan: mostWaiting)
        }
        guard let pass else { throw isFull }
        return pass
    }
}
