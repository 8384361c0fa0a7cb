internal import Synchronization

/// Bounds how many requests are in flight; who comes first goes first.
///
/// ```swift
/// let pass = try await gate.enter()
/// defer { pass.leave() }
/// ```
public final class RequestGate: Sendable {
    /// How many may be in flight at once.
    public let limit: Int
    private let state = Mutex(State())

    private struct State {
        var inFlight = 0
        var nextNumber = 0
        var queue: [(number: Int, waiting: CheckedContinuation<Answer, Never>)] = []
    }

    /// What becomes of somebody who asks for leave.
    private enum Answer { case isLet, isFull, gaveUp }

    /// Makes a gate.
    public init(limit: Int) {
        precondition(limit > 0, "a gate lets one through at least")
        self.limit = limit
    }

    /// Leave to have a request in flight, given back when it goes away.
    public final class Pass: Sendable {
        private let gate: RequestGate
        private let isGiven = Mutex(true)

        fileprivate init(_ gate: RequestGate) { self.gate = gate }

        deinit { leave() }

        /// Gives the leave back, once.
        public func leave() {
            let wasGiven = isGiven.withLock { isGiven in
                defer { isGiven = false }
                return isGiven
            }
            if wasGiven { gate.release() }
        }
    }

    /// Waits for leave.
    ///
    /// - Throws: `cancelled`.
    public func enter() async throws(RemoteError) -> Pass {
        guard let pass = try await enter(ifFewerWaitThan: .max) else {
            preconditionFailure("fewer than all numbers wait")
        }
        return pass
    }

    /// Waits for leave; nil at once when so many wait already.
    ///
    /// - Throws: `cancelled`.
    package func enter(ifFewerWaitThan most: Int) async throws(RemoteError) -> Pass? {
        let number = state.withLock { state in
            defer { state.nextNumber += 1 }
            return state.nextNumber
        }
        let answer = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Answer? = state.withLock { state in
                    guard !Task.isCancelled else { return .gaveUp }
                    guard state.inFlight >= limit || !state.queue.isEmpty else {
                        state.inFlight += 1
                        return .isLet
                    }
                    guard state.queue.count < most else { return .isFull }
                    state.queue.append((number, continuation))
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            let left = state.withLock { state in
                state.queue.firstIndex { $0.number == number }.map { state.queue.remove(at: $0).waiting }
            }
            left?.resume(returning: .gaveUp)
        }
        switch answer {
        case .isLet: return Pass(self)
        case .isFull: return nil
        case .gaveUp: throw RemoteError(.cancelled, "the task was cancelled while it waited for its turn")
        }
    }

    /// How many have leave.
    package var passCount: Int { state.withLock { $0.inFlight } }

    /// How many wait for leave.
    package var waitingCount: Int { state.withLock { $0.queue.count } }

    private func release() {
        let next = state.withLock { state -> CheckedContinuation<Answer, Never>? in
            guard !state.queue.isEmpty else {
                state.inFlight -= 1
                return nil
            }
            return state.queue.removeFirst().waiting
        }
        next?.resume(returning: .isLet)
    }
}

extension RequestGate {
    /// Everything in the process that uses an account and a model goes through one gate.
    private struct Key: Hashable {
        let account: String
        let model: String
    }

    private static let gates = Mutex<[Key: RequestGate]>([:])

    /// The gate of an account, by any name that does not give its key away, and a model.
    ///
    /// The first who asks sets the limit.
    package static func shared(account: String, model: String, limit: Int) -> RequestGate {
        gates.withLock { gates in
            let key = Key(account: account, model: model)
            if let gate = gates[key] { return gate }
            let gate = RequestGate(limit: limit)
            gates[key] = gate
            return gate
        }
    }
}
