/// A word, or a character of a script without spaces, with the time in which it is said.
public struct TimedWord: Hashable, Sendable {
    /// The word as it is written, with the marks that belong to it.
    public var text: String
    /// When it begins.
    public var start: Duration
    /// When it ends.
    public var end: Duration
    /// How its time came about.
    public var timing: Timing
    /// How sure its place is, from 0 to 1; nil where nothing was measured.
    public var confidence: Double?
    /// Whether it may not be said there at all.
    public var isDoubtful: Bool
    /// Whether the next word is written beside it, without a space.
    public var joinsNext: Bool

    /// Makes a word.
    public init(
        text: String, start: Duration, end: Duration, timing: Timing = .heard, confidence: Double? = nil,
        isDoubtful: Bool = false, joinsNext: Bool = false
    ) {
        self.text = text
        self.start = start
        self.end = end
        self.timing = timing
        self.confidence = confidence
        self.isDoubtful = isDoubtful
        self.joinsNext = joinsNext
    }
}

extension Collection<TimedWord> {
    /// The words as they are written.
    public var written: String {
        var text = ""
        var needsSpace = false
        for word in self {
            if needsSpace { text += " " }
            text += word.text
            needsSpace = !word.joinsNext
        }
        return text
    }
}

/// How the times of words came about, the best first.
public enum Timing: String, Hashable, Sendable, CaseIterable, Comparable {
    /// The engine that heard the words told their times.
    case heard
    /// The words were aligned to their sound.
    case aligned
    /// The sound was compared with speech that a machine made of the words.
    case warped
    /// The words were dealt out over the time in which somebody speaks.
    case estimated

    /// Whether one is better than another.
    public static func < (left: Timing, right: Timing) -> Bool {
        let order = allCases
        return order.firstIndex(of: left) ?? 0 < order.firstIndex(of: right) ?? 0
    }
}
