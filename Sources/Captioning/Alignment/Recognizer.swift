internal import AudioCore
internal import Synchronization

/// The recognizer that aligns: asked once what it is, and never again after it has hung.
final class Recognizer: Sendable {
    private let state = Mutex(State())

    private struct State {
        var silenceOptions: [String]?
        var hasHung = false
    }

    /// What keeps it from leaving silence out, which would shift every time; version 5 never does.
    ///
    /// It prints its options when it is given none, and calls that a failure. One that does not is not trusted: nil.
    ///
    /// - Throws: `cancelled` alone.
    func silenceOptions() async throws(AudioError) -> [String]? {
        let known = state.withLock { $0 }
        guard !known.hasHung, HelperProgram.sphinxBatch.isInstalled else { return nil }
        if let options = known.silenceOptions { return options }
        let usage = try await HelperProgram.sphinxBatch.words(within: .seconds(20))
        guard usage.contains("-hmm") else {
            state.withLock { $0.hasHung = true }
            return nil
        }
        let options = usage.contains("-remove_silence") ? ["-remove_silence", "no"] : []
        state.withLock { $0.silenceOptions = options }
        return options
    }

    /// Runs it on a clip of some seconds and tells whether it did its work.
    ///
    /// - Throws: `cancelled` alone.
    func run(_ arguments: [String], seconds: Double) async throws(AudioError) -> Bool {
        // Half a minute of sound takes two seconds where nothing else runs.
        let limit = Duration.seconds(10 + 4 * seconds)
        switch try await HelperProgram.sphinxBatch.run(arguments, within: limit) {
        case .done: return true
        case .failed: return false
        case .timedOut:
            state.withLock { $0.hasHung = true }
            return false
        }
    }
}
