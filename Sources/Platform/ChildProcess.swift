/// A program run beside this one, read at the caller's pace and never left behind.
///
/// The program gets no input, unless it is given a pipe, a small environment without secrets, and a process group of its own. When the task that
/// reads it is cancelled, when a limit is passed, or when the value goes away, the whole group is killed and waited
/// for.
///
/// ```swift
/// var child = try ChildProcess("ffmpeg", at: path, arguments: ["-i", "film.mkv", "-f", "s16le", "-"])
/// while try await child.read(appendingTo: &bytes) { … }
/// let ending = try await child.finish()
/// ```
package struct ChildProcess: ~Copyable {
    /// What messages call it.
    package let name: String
    private let limits: Limits
    private let process: ProcessGroup
    private let started = ContinuousClock.now
    // Spelled out, since `OpenFile?` would be set to nil before an initializer that may throw.
    private var output: Optional<OpenFile>
    private var errors: Optional<OpenFile>
    private var errorText: [UInt8] = []

    /// Starts the program at a path, which ``Environment/program(_:)`` finds.
    package init(
        _ name: String, at path: String, arguments: [String], limits: Limits = Limits()
    ) throws(SystemError) {
        try self.init(name, at: path, arguments: arguments, limits: limits, input: nil)
    }

    /// Starts a program that reads what is written into the other end of a pipe.
    package init(
        _ name: String, at path: String, arguments: [String], limits: Limits = Limits(), reading pipe: borrowing Pipe
    ) throws(SystemError) {
        try self.init(name, at: path, arguments: arguments, limits: limits, input: pipe.reading.descriptor)
    }

    private init(
        _ name: String, at path: String, arguments: [String], limits: Limits, input: Int32?
    ) throws(SystemError) {
        let output = try Pipe()
        let errors = try Pipe()
        let leader = try spawn(
            path, [name] + arguments, input: input, output: output.writing, errors: errors.writing)
        self.name = name
        self.limits = limits
        process = ProcessGroup(leader: leader)
        self.output = output.takeReading()
        self.errors = errors.takeReading()
    }
}

extension ChildProcess {
    /// How long a program may take, and how much of its complaints is kept.
    package struct Limits: Sendable {
        /// The longest time from start to end.
        package var total: Duration?
        /// The longest time without a byte of output while somebody waits for one.
        package var silence: Duration
        /// How many bytes of standard error are kept: the last ones.
        package var errorBytes: Int

        package init(total: Duration? = nil, silence: Duration = .seconds(120), errorBytes: Int = 16_384) {
            self.total = total
            self.silence = silence
            self.errorBytes = errorBytes
        }
    }

    /// How a program ended.
    package struct Ending: Equatable, Sendable {
        /// The exit status, or nil when a signal ended the program.
        package let status: Int32?
        /// The last of what it wrote to standard error.
        package let errors: String

        /// The program ended by itself and said that all went well.
        package var isSuccess: Bool { status == 0 }
    }

    /// Why a program was not read to its end.
    package enum Failure: Error, Equatable, Sendable {
        /// The task that read it was cancelled.
        case cancelled
        /// It took longer than a limit allows.
        case timedOut(after: Duration)
        /// The operating system failed.
        case system(SystemError)

        var isTimeOut: Bool {
            if case .timedOut = self { return true }
            return false
        }
    }
}

extension ChildProcess {
    /// Appends what the program has written, waiting until there is something.
    ///
    /// - Returns: false once the output has ended.
    package mutating func read(appendingTo buffer: inout [UInt8]) async throws(Failure) -> Bool {
        let silenceEnds = ContinuousClock.now + limits.silence
        while output != nil {
            let turn = await nextTurn(until: min(silenceEnds, totalEnds ?? silenceEnds))
            if let failure = turn.failure {
                process.kill()
                throw failure.isTimeOut ? .timedOut(after: passedLimit(at: silenceEnds)) : failure
            }
            buffer.append(contentsOf: turn.output)
            if turn.outputEnded { output = nil }
            if !turn.output.isEmpty { return true }
        }
        return false
    }

    /// Waits for the program to end and returns how it did.
    ///
    /// A program that goes on after its output has ended gets ten seconds (or what the total limit leaves), then it is
    /// killed.
    ///
    /// - Throws: the reason when the program had to be killed.
    package consuming func finish() async throws(Failure) -> Ending {
        output = nil
        let graceEnds = ContinuousClock.now + Self.grace
        let deadline = min(graceEnds, totalEnds ?? graceEnds)
        var failure: Failure?
        while errors != nil {
            let turn = await nextTurn(until: deadline)
            if turn.failure != nil {
                process.kill()
                errors = nil
                failure = turn.failure
            }
        }
        let status = await process.wait(until: deadline)
        guard !Task.isCancelled else { throw .cancelled }
        // Time may have passed while a child of a program that had ended well still held the pipe.
        if let failure, status == nil || !failure.isTimeOut {
            throw failure.isTimeOut ? .timedOut(after: limits.total ?? Self.grace) : failure
        }
        return Ending(status: status, errors: String(decoding: errorText, as: UTF8.self))
    }

    /// How long a program may go on after its output has ended.
    private static let grace = Duration.seconds(10)

    private var totalEnds: ContinuousClock.Instant? { limits.total.map { started + $0 } }

    /// Which of the two limits was passed: the one that ended first.
    private func passedLimit(at silenceEnds: ContinuousClock.Instant) -> Duration {
        guard let total = limits.total, let totalEnds, totalEnds <= silenceEnds else { return limits.silence }
        return total
    }

    private mutating func nextTurn(until deadline: ContinuousClock.Instant) async -> PipeTurn {
        let turn = await process.watch(output: output?.descriptor, errors: errors?.descriptor, until: deadline)
        if turn.errorsEnded { errors = nil }
        keepErrors(turn.errors)
        return turn
    }

    private mutating func keepErrors(_ bytes: [UInt8]) {
        errorText.append(contentsOf: bytes)
        errorText.removeFirst(max(0, errorText.count - limits.errorBytes))
    }
}
