/// A failure in reading subtitles.
public struct SubtitleError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The kind of failure, stable across releases.
    public let code: Code
    /// What went wrong, and what to do about it.
    public let message: String

    /// The kind of a failure; more may come.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// A name without any variable part.
        public let description: String

        /// The bytes are text of no encoding that is known.
        public static let unknownEncoding = Code(description: "unknown encoding")
        /// The text is not of the format that it claims to be in.
        public static let malformedInput = Code(description: "malformed input")
        /// There is more than a limit allows.
        public static let limitExceeded = Code(description: "limit exceeded")
    }

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// The kind and the message.
    public var description: String { "\(code): \(message)" }
}
