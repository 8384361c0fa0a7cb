public import Subtitles

extension TimedWord {
    /// A unit of a text in frames of 10 ms from a time, in seconds.
    init(
        _ unit: TextUnit, _ frames: Range<Int>, from start: Double, timing: Timing, confidence: Double? = nil,
        isDoubtful: Bool = false
    ) {
        self.init(
            text: unit.text, start: .seconds(start + Double(frames.lowerBound) / 100),
            end: .seconds(start + Double(frames.upperBound) / 100), timing: timing, confidence: confidence,
            isDoubtful: isDoubtful, joinsNext: unit.space == .none)
    }
}

/// A text whose words have times.
public struct AlignedText: Hashable, Sendable {
    /// The words, in order.
    public var words: [TimedWord]

    /// Makes one.
    public init(words: [TimedWord]) { self.words = words }

    /// How the times of the words came about, of those whose came about worst.
    public var timing: Timing { words.map(\.timing).max() ?? .estimated }

    /// Whether there are words that may not be said where they are put.
    public var isDoubtful: Bool { words.contains(where: \.isDoubtful) }
}
