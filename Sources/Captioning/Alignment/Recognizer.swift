internal import AudioCore
internal import Synchronization

/// The recognizer that aligns, asked once what it is.
final class Recognizer: Sendable {
    private let programs: HelperPrograms
    private let answer = Mutex<Answer?>(nil)

    /// What it said of itself.
    private enum Answer {
        case options([String])
        case nothing

        var options: [String]? {
            switch self {
            case .options(let options): options
            case .nothing: nil
            }
        }
    }

    init(_ programs: HelperPrograms) { self.programs = programs }

    /// What keeps it from leaving silence out, which would shift every time; version 5 never does.
    ///
    /// It prints its options when it is given none, and calls that a failure. One that does not is not trusted: nil.
    ///
    /// - Throws: `cancelled` alone.
    func silenceOptions() async throws(AudioError) -> [String]? {
        guard programs.isUsable(.sphinxBatch) else { return nil }
        if let known = answer.withLock({ $0 }) { return known.options }
        let usage =
            switch try await programs.run(.sphinxBatch, [], within: .seconds(20)) {
            case .done(let output): String(decoding: output, as: UTF8.self)
            case .failed(let words): words
            }
        let found: Answer =
            usage.contains("-hmm")
            ? .options(usage.contains("-remove_silence") ? ["-remove_silence", "no"] : []) : .nothing
        answer.withLock { $0 = found }
        return found.options
    }

    /// Runs it on a clip of some seconds and tells whether it did its work.
    ///
    /// - Throws: `cancelled` alone.
    func run(_ arguments: [String], seconds: Double) async throws(AudioError) -> Bool {
        // Half a minute of sound takes two seconds where nothing else runs.
        try await programs.output(of: .sphinxBatch, arguments, within: .seconds(10 + 4 * seconds)) != nil
    }
}
