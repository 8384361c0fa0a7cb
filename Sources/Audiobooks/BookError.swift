internal import AudioCore
internal import Platform
internal import Subtitles

/// A failure in reading a book, or in making one of sound.
public struct BookError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure, stable across releases.
    public let code: Code
    /// What went wrong, with the values that made it so.
    public let message: String
    /// What to do about it, when there is something to do.
    public let remedy: String?

    /// The kind of a failure; more may come.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// A name without any variable part.
        public let description: String

        /// The bytes are not of the format that they claim to be in.
        public static let malformedInput = Code(description: "malformed input")
        /// The book asks for something that is not done here, such as a key.
        public static let unsupported = Code(description: "unsupported")
        /// There is more than a limit allows.
        public static let limitExceeded = Code(description: "limit exceeded")
        /// There is no such file.
        public static let notFound = Code(description: "not found")
        /// There is no text to read aloud.
        public static let noText = Code(description: "no text")
        /// Another process works on the same book.
        public static let busy = Code(description: "busy")
        /// The operating system failed: a full disk, a missing permission.
        public static let systemFailure = Code(description: "system failure")
    }

    package init(_ code: Code, _ message: String, remedy: String? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    init(_ error: SystemError) {
        let error = AudioError(error)
        self.init(error.code == .notFound ? .notFound : .systemFailure, error.message)
    }

    init(_ error: SubtitleError) {
        self.init(error.code == .limitExceeded ? .limitExceeded : .malformedInput, error.message)
    }

    /// The kind and the message.
    public var description: String { "\(code): \(message)" }
}
