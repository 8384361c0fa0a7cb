internal import AudioCore

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Does several works at once, as many as the machine has cores, and gives their results in order.
///
/// The first that fails ends the others.
func sideBySide<Result: Sendable>(
    _ count: Int, _ work: @escaping @Sendable (Int) async throws(AudioError) -> Result,
    noting done: (Int) -> Void = { _ in }
) async throws(AudioError) -> [Result] {
    typealias Outcome = Swift.Result<Result, AudioError>
    var results: [Result?] = Array(repeating: nil, count: count)
    var failure: AudioError?
    await withTaskGroup(of: (Int, Outcome).self) { group in
        var next = 0
        func add() {
            guard next < count, failure == nil else { return }
            let index = next
            next += 1
            group.addTask {
                do throws(AudioError) { return (index, .success(try await work(index))) } catch {
                    return (index, .failure(error))
                }
            }
        }
        for _ in 0..<max(1, ProcessInfo.processInfo.activeProcessorCount) { add() }
        var finished = 0
        while let (index, outcome) = await group.next() {
            switch outcome {
            case .success(let result): results[index] = result
            case .failure(let error):
                failure = failure ?? error
                group.cancelAll()
            }
            finished += 1
            done(finished)
            add()
        }
    }
    if let failure { throw failure }
    return results.compactMap { $0 }
}
