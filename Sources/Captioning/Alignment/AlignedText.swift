/// A word, or a character of a script without spaces, with the time in which it is said.
public struct TimedWord: Hashable, Sendable {
    /// The word as it is written, with the marks that belong to it.
    public var text: String
    /// When it begins.
    public var start: Duration
    /// When it ends.
    public var end: Duration
    /// How sure its place is, from 0 to 1; nil where nothing was measured.
    public var confidence: Double?
    /// Whether the next word is written beside it, without a space.
    public var joinsNext: Bool

    /// Makes a word.
    public init(
        text: String, start: Duration, end: Duration, confidence: Double? = nil, joinsNext: Bool = false
    ) {
        self.text = text
        self.start = start
        self.end = end
        self.confidence = confidence
        self.joinsNext = joinsNext
    }
}

extension TimedWord {
    /// A unit of a text in frames of 10 ms from a time, in seconds.
    init(_ unit: TextUnit, _ frames: Range<Int>, from start: Double, confidence: Double? = nil) {
        self.init(
            text: unit.text, start: .seconds(start + Double(frames.lowerBound) / 100),
            end: .seconds(start + Double(frames.upperBound) / 100), confidence: confidence,
            joinsNext: unit.space == .none)
    }
}

/// How the times of words came about, the best first.
public enum Timing: String, Hashable, Sendable, CaseIterable {
    /// The engine that heard the words told their times.
    case heard
    /// The words were aligned to their sound.
    case aligned
    /// The sound was compared with speech that a machine made of the words.
    case warped
    /// The words were dealt out over the time in which somebody speaks.
    case estimated
}

/// A text whose words have times.
public struct AlignedText: Hashable, Sendable {
    /// The words, in order.
    public var words: [TimedWord]
    /// How their times came about.
    public var timing: Timing
    /// Whether the text may not be what is said.
    public var isDoubtful: Bool

    /// Makes one.
    public init(words: [TimedWord], timing: Timing, isDoubtful: Bool = false) {
        self.words = words
        self.timing = timing
        self.isDoubtful = isDoubtful
    }
}
