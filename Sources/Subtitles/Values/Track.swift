/// The subtitles of one recording in one language.
public struct Track: Hashable, Sendable {
    /// A code such as `en` or `zh`; nil where nobody told it.
    public var language: String?
    /// How long the recording is, where that is known.
    public var duration: Duration?
    /// The cues, in order.
    public var cues: [Cue]
    /// The words that were said, where their times are known.
    public var words: [TimedWord] = []

    /// Makes a track.
    public init(_ cues: [Cue], language: String? = nil, duration: Duration? = nil, words: [TimedWord] = []) {
        self.cues = cues
        self.language = language
        self.duration = duration
        self.words = words
    }

    /// How the times of the words came about, of those whose came about worst; nil where there are no words.
    public var timing: Timing? { words.map(\.timing).max() }

    /// The same cues, all of them earlier or later; what would begin before the recording does is cut.
    public func shifted(by offset: Duration) -> Track {
        var track = self
        track.cues = cues.compactMap { $0.shifted(by: offset) }
        track.words = words.filter { $0.end + offset > .zero }.map { $0.shifted(by: offset) }
        return track
    }
}

extension Cue {
    /// The same cue, earlier or later; nil when it would be over before the recording begins.
    public func shifted(by offset: Duration) -> Cue? {
        guard end + offset > .zero else { return nil }
        var moved = self
        moved.start = max(start + offset, .zero)
        moved.end = end + offset
        moved.words = words.map { $0.shifted(by: offset) }
        return moved
    }
}

extension TimedWord {
    /// The same word, earlier or later.
    public func shifted(by offset: Duration) -> TimedWord {
        var word = self
        word.start = max(start + offset, .zero)
        word.end = max(end + offset, .zero)
        return word
    }
}
