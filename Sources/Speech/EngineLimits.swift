/// What an engine takes at most; nil where there is no limit.
public struct EngineLimits: Hashable, Sendable {
    /// Requests in flight at once.
    public var concurrentRequests: Int
    /// Characters of text to be spoken in one request.
    public var textCharacters: Int?
    /// Seconds of sound to be heard in one request.
    public var clipDuration: Duration?
    /// Bytes of a file of sound.
    public var clipByteCount: Int?

    /// Makes limits.
    public init(
        concurrentRequests: Int, textCharacters: Int? = nil, clipDuration: Duration? = nil, clipByteCount: Int? = nil
    ) {
        precondition(concurrentRequests > 0, "an engine takes one request at least")
        self.concurrentRequests = concurrentRequests
        self.textCharacters = textCharacters
        self.clipDuration = clipDuration
        self.clipByteCount = clipByteCount
    }
}
