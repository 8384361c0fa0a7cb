internal import AudioCore
internal import Platform
internal import Synchronization

/// A program that helps to align; never linked, and its absence is no error.
enum HelperProgram: String, Sendable {
    case espeak = "espeak-ng"
    case flite
    case sphinxBatch = "pocketsphinx_batch"

    /// How a run of the program ended.
    enum Outcome {
        case done([UInt8])
        /// It failed, with what it wrote and the end of its errors.
        case failed(words: String)
    }
}

/// Runs the programs that help to align, each with a limit of time and killed with its task.
///
/// One that is missing, fails, hangs or writes without end is no error but no help: the next way is tried. One that has hung is
/// not asked again, since a recording has hundreds of clips.
final class HelperPrograms: Sendable {
    /// What the limit of time of a run is multiplied with.
    private let patience: @Sendable (HelperProgram, [String]) -> Double
    private let hung = Mutex<Set<HelperProgram>>([])

    /// The most bytes that are taken of a program.
    private static let mostOutput = 16 << 20

    init(patience: @escaping @Sendable (HelperProgram, [String]) -> Double = { _, _ in 1 }) {
        self.patience = patience
    }

    func isUsable(_ program: HelperProgram) -> Bool {
        Environment.program(program.rawValue) != nil && !hung.withLock { $0.contains(program) }
    }

    /// Runs a program; what it wrote, or nil when it did not do its work.
    ///
    /// - Throws: `cancelled` alone.
    func output(
        of program: HelperProgram, _ arguments: [String], within limit: Duration
    ) async throws(AudioError) -> [UInt8]? {
        guard case .done(let output) = try await run(program, arguments, within: limit) else { return nil }
        return output
    }

    /// Runs a program and tells how that ended.
    ///
    /// - Throws: `cancelled` alone.
    func run(
        _ program: HelperProgram, _ arguments: [String], within limit: Duration
    ) async throws(AudioError) -> HelperProgram.Outcome {
        guard isUsable(program), let path = Environment.program(program.rawValue) else { return .failed(words: "") }
        do throws(ChildProcess.Failure) {
            let limit = limit * patience(program, arguments)
            let limits = ChildProcess.Limits(total: limit, silence: limit)
            guard
                var child = try? ChildProcess(program.rawValue, at: path, arguments: arguments, limits: limits)
            else { return .failed(words: "") }
            var output: [UInt8] = []
            while try await child.read(appendingTo: &output) {
                guard output.count <= Self.mostOutput else { return .failed(words: "") }
            }
            let end = try await child.finish()
            return end.isSuccess
                ? .done(output) : .failed(words: String(decoding: output, as: UTF8.self) + end.errors)
        } catch {
            switch error {
            case .cancelled: throw AudioError(.cancelled, "stopped before the words had times")
            case .timedOut: hung.withLock { _ = $0.insert(program) }
            case .system: break
            }
            return .failed(words: "")
        }
    }
}
