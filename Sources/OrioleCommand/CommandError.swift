internal import AudioCore
internal import Speech

/// How the command ends.
struct ExitCode: Equatable, Sendable {
    let number: Int32

    /// All went well.
    static let done = ExitCode(number: 0)
    /// Something was not found, or a part of the work failed.
    static let failed = ExitCode(number: 1)
    /// The command was not understood.
    static let wrongUse = ExitCode(number: 2)
    /// The input cannot be used.
    static let unusableInput = ExitCode(number: 3)
    /// The key or the account was refused.
    static let accountRefused = ExitCode(number: 4)
    /// The service failed, or cannot be reached, after all attempts.
    static let serviceFailed = ExitCode(number: 5)
    /// A needed program is not installed.
    static let missingProgram = ExitCode(number: 6)
    /// The user stopped it.
    static let interrupted = ExitCode(number: 130)
}

/// A failure as the user sees it: what, why, and what to do.
struct CommandError: Error, Equatable {
    let code: ExitCode
    let message: String
    let hint: String?

    init(_ code: ExitCode, _ message: String, hint: String? = nil) {
        self.code = code
        self.message = message
        self.hint = hint
    }

    /// The user stopped it.
    static let interrupted = CommandError(.interrupted, "interrupted; no file is left half made")

    init(_ error: AudioError) {
        self.init(Self.exitCode(of: error), "\(error)", hint: error.remedy ?? Self.remedy(of: error))
    }

    /// What helps against what the system refuses.
    private static func remedy(of error: AudioError) -> String? {
        switch error.code {
        case .notFound: "check the name, and the folder that it is looked for in"
        case .systemFailure where error.message.contains("ermission"): "choose another place, or ask who owns it"
        case .systemFailure where error.message.contains("space"): "make room, or choose another disk"
        case .malformedInput, .noAudio: "oriole doctor tells what can be read here; ffmpeg reads most things"
        default: nil
        }
    }

    init(_ error: RemoteError) {
        if let audio = error.audio {
            self.init(audio)
        } else {
            self.init(Self.exitCode(of: error), "\(error)", hint: error.hint)
        }
    }

    private static func exitCode(of error: AudioError) -> ExitCode {
        // Whoever read our output has enough: that is an end like any other.
        if error.isBrokenPipe { return .done }
        switch error.code {
        case .malformedInput, .unsupported, .noAudio, .limitExceeded: return .unusableInput
        case .missingProgram: return .missingProgram
        case .cancelled: return .interrupted
        default: return .failed
        }
    }

    private static func exitCode(of error: RemoteError) -> ExitCode {
        switch error.code {
        case .invalidRequest: .wrongUse
        case .limitExceeded, .unusableAudio, .contentRefused, .unsupported: .unusableInput
        case .unauthorized, .accountRefused: .accountRefused
        case .missingProgram: .missingProgram
        case .cancelled: .interrupted
        case .notFound: .failed
        default: .serviceFailed
        }
    }
}

/// Runs work of the library and turns its failure into the command's.
func withCommandErrors<Result: ~Copyable>(
    _ work: () async throws(AudioError) -> Result
) async throws(CommandError) -> Result {
    do throws(AudioError) {
        return try await work()
    } catch {
        throw CommandError(error)
    }
}

/// The same for work of an engine.
func withEngineErrors<Result: ~Copyable>(
    _ work: () async throws(RemoteError) -> Result
) async throws(CommandError) -> Result {
    do throws(RemoteError) {
        return try await work()
    } catch {
        throw CommandError(error)
    }
}

/// The same for work of an engine that waits for nobody.
func withEngineErrorsNow<Result: ~Copyable>(_ work: () throws(RemoteError) -> Result) throws(CommandError) -> Result {
    do throws(RemoteError) {
        return try work()
    } catch {
        throw CommandError(error)
    }
}
