internal import Platform
internal import Speech

/// A program that speaks or listens: found on the PATH, run with limits, killed with its task, never linked.
struct OfflineProgram: Sendable {
    let name: String
    /// What has to be installed for it.
    let package: String
    /// What it is needed for, after "needed for".
    let purpose: String

    static let flite = OfflineProgram(name: "flite", package: "flite", purpose: "English speech without an account")
    static let espeak = OfflineProgram(
        name: "espeak-ng", package: "espeak-ng", purpose: "speech in other languages than English without an account")
    /// The recognizer of versions before 5.
    static let sphinx = OfflineProgram(
        name: "pocketsphinx_continuous", package: "pocketsphinx pocketsphinx-en-us",
        purpose: "hearing English without an account")
    /// The recognizer since version 5.
    static let sphinx5 = OfflineProgram(
        name: "pocketsphinx", package: "pocketsphinx pocketsphinx-en-us", purpose: "hearing English without an account")

    var isInstalled: Bool { Environment.program(name) != nil }

    /// Starts the program.
    ///
    /// - Throws: `missingProgram` with the command that installs it.
    func start(_ arguments: [String], limits: ChildProcess.Limits) throws(RemoteError) -> RunningProgram {
        guard let path = Environment.program(name) else {
            throw RemoteError(
                .missingProgram, "\(name) is not installed; it is needed for \(purpose)",
                hint: Environment.installing(package))
        }
        do throws(SystemError) {
            return RunningProgram(
                name: name, child: try ChildProcess(name, at: path, arguments: arguments, limits: limits))
        } catch {
            throw RemoteError(.serviceFailed, "\(error)")
        }
    }

    /// The most bytes that are taken of a program: ten minutes of speech.
    private static let mostOutput = 64 << 20

    /// Runs the program to its end and returns what it wrote.
    func output(_ arguments: [String], limits: ChildProcess.Limits) async throws(RemoteError) -> [UInt8] {
        var program = try start(arguments, limits: limits)
        var bytes: [UInt8] = []
        while try await program.read(appendingTo: &bytes) {
            guard bytes.count <= Self.mostOutput else {
                throw RemoteError(
                    .serviceFailed, "\(name) wrote more than \(Self.mostOutput >> 20) MiB, and was stopped")
            }
        }
        try await program.finish()
        return bytes
    }
}

/// A program at work; it is killed when this goes away.
struct RunningProgram: ~Copyable {
    let name: String
    private var child: ChildProcess

    init(name: String, child: consuming ChildProcess) {
        self.name = name
        self.child = child
    }

    /// Reads what the program wrote next; false at the end.
    mutating func read(appendingTo bytes: inout [UInt8]) async throws(RemoteError) -> Bool {
        do throws(ChildProcess.Failure) {
            return try await child.read(appendingTo: &bytes)
        } catch {
            throw RemoteError(error, program: name)
        }
    }

    /// Waits for the program's end, which must be a good one.
    consuming func finish() async throws(RemoteError) {
        let name = name
        let ending: ChildProcess.Ending
        do throws(ChildProcess.Failure) {
            ending = try await child.finish()
        } catch {
            throw RemoteError(error, program: name)
        }
        guard ending.isSuccess else { throw RemoteError(ending, program: name) }
    }
}

extension RemoteError {
    fileprivate init(_ failure: ChildProcess.Failure, program: String) {
        switch failure {
        case .cancelled: self.init(.cancelled, "\(program) was stopped because its task was cancelled")
        case .timedOut(let limit): self.init(.timedOut, "\(program) was stopped after \(limit) without an end")
        case .system(let error): self.init(.serviceFailed, "\(program): \(error)")
        }
    }

    fileprivate init(_ ending: ChildProcess.Ending, program: String) {
        let status = ending.status.map { "ended with \($0)" } ?? "was killed by a signal"
        let words = ending.errors.split(separator: "\n").last.map { ": \($0)" } ?? ""
        self.init(.serviceFailed, "\(program) \(status)\(words)")
    }
}
