/// Waits until the next sign of life is due; ends early with its task.
typealias Heartbeat = @Sendable () async -> Void

/// How often a client that waits long hears that somebody works for it.
enum Heartbeats {
    static let usual: Heartbeat = { try? await Task.sleep(for: .seconds(5)) }
    /// The service's own interval.
    static let ofCalls: Heartbeat = { try? await Task.sleep(for: .seconds(30)) }
}

/// Does work; while it lasts, a sign goes out at every beat, so that no limit of time on the way to a client passes.
///
/// - Throws: what the work throws, and what keeps a sign from going out.
func withSignsOfLife<Value: Sendable>(
    _ heartbeat: @escaping Heartbeat, _ sign: () async throws(Fault) -> Void,
    _ work: @escaping @Sendable () async throws(Fault) -> Value
) async throws(Fault) -> Value {
    let result = await withTaskGroup(of: Step<Value>.self) { group -> Result<Value, Fault> in
        group.addTask { .ended(await outcome(of: work)) }
        group.addTask { await beat(heartbeat) }
        defer { group.cancelAll() }
        while let step = await group.next() {
            switch step {
            case .ended(let result): return result
            case .beat:
                do throws(Fault) { try await sign() } catch { return .failure(error) }
                group.addTask { await beat(heartbeat) }
            }
        }
        return .failure(Fault(.failed, "the work has no end"))
    }
    return try result.get()
}

private enum Step<Value: Sendable>: Sendable {
    case beat
    case ended(Result<Value, Fault>)
}

private func beat<Value>(_ heartbeat: Heartbeat) async -> Step<Value> {
    await heartbeat()
    return .beat
}

private func outcome<Value>(of work: () async throws(Fault) -> Value) async -> Result<Value, Fault> {
    do throws(Fault) { return .success(try await work()) } catch { return .failure(error) }
}
