internal import AudioCore
internal import Platform

/// A program that helps to align: run with a limit of time, killed with its task, never linked.
///
/// One that is missing, fails, hangs or writes without end is no error but no help: the next way is tried.
struct HelperProgram: Sendable {
    let name: String

    static let espeak = HelperProgram(name: "espeak-ng")
    static let flite = HelperProgram(name: "flite")
    static let sphinxBatch = HelperProgram(name: "pocketsphinx_batch")

    var isInstalled: Bool { Environment.program(name) != nil }

    /// The most bytes that are taken of a program.
    private static let mostOutput = 16 << 20

    /// How a run of the program ended.
    enum Outcome {
        case done([UInt8])
        case failed
        case timedOut
    }

    /// Runs the program; nil when it did not do its work.
    ///
    /// - Throws: `cancelled` alone.
    func output(_ arguments: [String], within limit: Duration) async throws(AudioError) -> [UInt8]? {
        guard case .done(let output) = try await run(arguments, within: limit) else { return nil }
        return output
    }

    /// Runs the program and tells how that ended.
    ///
    /// - Throws: `cancelled` alone.
    func run(_ arguments: [String], within limit: Duration) async throws(AudioError) -> Outcome {
        guard let path = Environment.program(name) else { return .failed }
        do throws(ChildProcess.Failure) {
            let limits = ChildProcess.Limits(total: limit, silence: limit)
            guard var child = try? ChildProcess(name, at: path, arguments: arguments, limits: limits) else {
                return .failed
            }
            var output: [UInt8] = []
            while try await child.read(appendingTo: &output) {
                guard output.count <= Self.mostOutput else { return .failed }
            }
            return try await child.finish().isSuccess ? .done(output) : .failed
        } catch {
            switch error {
            case .cancelled: throw AudioError(.cancelled, "stopped before the words had times")
            case .timedOut: return .timedOut
            case .system: return .failed
            }
        }
    }
}

extension HelperProgram {
    /// What the program says without arguments, however it ends; nothing when it is not there.
    ///
    /// - Throws: `cancelled` alone.
    func words(within limit: Duration) async throws(AudioError) -> String {
        guard let path = Environment.program(name) else { return "" }
        do throws(ChildProcess.Failure) {
            let limits = ChildProcess.Limits(total: limit, silence: limit)
            guard var child = try? ChildProcess(name, at: path, arguments: [], limits: limits) else { return "" }
            var output: [UInt8] = []
            while try await child.read(appendingTo: &output), output.count <= Self.mostOutput {}
            return String(decoding: output, as: UTF8.self) + (try await child.finish().errors)
        } catch {
            guard error != .cancelled else { throw AudioError(.cancelled, "stopped before the words had times") }
            return ""
        }
    }
}

extension TemporaryFile {
    /// A file with some bytes; nil when there is no room for it.
    init?(suffix: String = "", holding bytes: [UInt8]) {
        guard let file = try? TemporaryFile(suffix: suffix), (try? file.file.write(bytes.span)) != nil else {
            return nil
        }
        self = file
    }
}
