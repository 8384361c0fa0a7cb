/// How a script is spoken.
public struct NarrationSettings: Sendable {
    /// How fast, as a factor.
    public var speed = 1.0
    /// Frames per second of the book.
    public var rate = 24_000
    /// How long nobody speaks between sentences, paragraphs and chapters.
    public var pauses = PauseLengths()
    /// Everything about the engine that changes what it says, such as its name, its address and its model.
    public var identity: [String] = []

    /// Makes the usual settings.
    public init() {}
}

/// What became known with a passage.
public struct NarrationStep: Sendable {
    /// Characters of the script that are done.
    public var characters: Int
    /// Characters that the engine was asked for so far; none for what an earlier run had finished.
    public var asked: Int
}
