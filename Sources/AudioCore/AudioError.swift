package import Platform

/// A failure in reading, converting or writing audio.
///
/// Match on ``code``, show ``description``, offer ``remedy`` and log ``cause``. Codes are values rather than enum
/// cases, so a later release can add one without breaking a client's `switch`.
public struct AudioError: Error, Equatable, Sendable {
    /// The kind of failure, stable across releases.
    public let code: Code

    /// What went wrong, with the values that made it so.
    public let message: String

    /// What to do about it, when there is something to do.
    public let remedy: String?

    /// What a C library or the operating system returned, when it caused this failure.
    public let cause: LibraryStatus?

    /// Makes a failure, for a source or a sink of one's own.
    public init(_ code: Code, _ message: String, remedy: String? = nil, cause: LibraryStatus? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
        self.cause = cause
    }

    package init(_ error: SystemError) {
        let code: Code =
            if error.isNotFound {
                .notFound
            } else if error.isCancellation {
                .cancelled
            } else if error.isFolder {
                .malformedInput
            } else {
                .systemFailure
            }
        self.init(
            code, "\(error.subject): \(error.text)",
            cause: LibraryStatus(function: error.function, status: Int(error.number), text: error.text))
    }
}

extension AudioError {
    /// The kind of an audio failure.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// A name without any variable part, fit for a log field or a metric's label.
        public let description: String

        /// The bytes do not follow the format they claim to be in.
        public static let malformedInput = Code(description: "malformed input")
        /// The input is valid but asks for something this library does not do.
        public static let unsupported = Code(description: "unsupported")
        /// A limit that protects memory or time was reached.
        public static let limitExceeded = Code(description: "limit exceeded")
        /// There is no such file.
        public static let notFound = Code(description: "not found")
        /// The file holds no sound.
        public static let noAudio = Code(description: "no audio")
        /// A program that this needs is not installed.
        public static let missingProgram = Code(description: "missing program")
        /// The task that did the work was cancelled.
        public static let cancelled = Code(description: "cancelled")
        /// A C library or a program failed, or refused a call.
        public static let libraryFailure = Code(description: "library failure")
        /// The operating system failed: a full disk, a missing permission, a broken pipe.
        public static let systemFailure = Code(description: "system failure")
    }

    /// What a C function returned when it failed.
    public struct LibraryStatus: Equatable, Sendable, CustomStringConvertible {
        /// The C function, as its manual spells it.
        public let function: String
        /// The raw status, before any mapping.
        public let status: Int
        /// The library's own words for the status.
        public let text: String

        package init(function: String, status: Int, text: String) {
            self.function = function
            self.status = status
            self.text = text
        }

        /// One line that names the function, the status and its text.
        public var description: String { "\(function) returned \(status): \(text)" }
    }
}

extension AudioError: CustomStringConvertible {
    /// One line for a person: the kind, the reason, and the C call when there is one.
    public var description: String {
        guard let cause, !message.hasSuffix(cause.text) else { return "\(code): \(message)" }
        return "\(code): \(message) (\(cause))"
    }
}

/// Runs calls to the operating system and turns their failure into an audio error.
package func withAudioErrors<Result: ~Copyable>(
    _ body: () throws(SystemError) -> Result
) throws(AudioError) -> Result {
    do throws(SystemError) {
        return try body()
    } catch {
        throw AudioError(error)
    }
}

extension AudioError {
    /// Nobody reads the other end of the pipe that was written to.
    package var isBrokenPipe: Bool {
        guard code == .systemFailure, let cause else { return false }
        return SystemError(cause.function, number: Int32(clamping: cause.status), subject: "").isBrokenPipe
    }
}
