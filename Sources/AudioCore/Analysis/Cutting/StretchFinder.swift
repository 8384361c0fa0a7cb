/// Finds the stretches of speech in a stream of probabilities: two thresholds, short pauses closed, short sounds dropped.
struct StretchFinder {
    private let rules: ClipRules
    private var count = 0
    /// The stretch that may go on.
    private var open: Open?
    /// The last frame so far in which nobody speaks.
    private var lastQuiet = -1

    private struct Open {
        /// Where the sound rose above the lower threshold before it passed the higher.
        var start: Int
        var entered: Int
        var end: Int
        var isSpeaking: Bool
    }

    init(_ rules: ClipRules) { self.rules = rules }

    /// Where the stretch begins that may go on.
    var openStart: Int? { open?.start }

    /// Before this no stretch to come begins.
    var earliestStart: Int { open?.start ?? max(lastQuiet + 1, count - Self.longestRise) }

    /// Takes a probability and returns the stretch that it completes.
    mutating func add(_ probability: Float) -> Range<Int>? {
        defer { count += 1 }
        let isQuiet = probability < rules.leave
        defer { if isQuiet { lastQuiet = count } }
        guard var stretch = open else {
            if probability >= rules.enter { begin() }
            return nil
        }
        if stretch.isSpeaking ? !isQuiet : probability >= rules.enter {
            stretch.isSpeaking = true
            stretch.end = count + 1
            open = stretch
            return nil
        }
        stretch.isSpeaking = false
        open = stretch
        return count + 1 - stretch.end >= rules.closedGap.frames ? close() : nil
    }

    /// Ends the stream and returns the stretch that was going on.
    mutating func finish() -> Range<Int>? { open == nil ? nil : close() }

    /// Makes the open stretch begin later, since what was before has been cut off.
    mutating func cutOff(before start: Int) {
        guard var stretch = open else { return }
        (stretch.start, stretch.entered) = (max(stretch.start, start), max(stretch.entered, start))
        open = stretch
    }

    /// How long a rise belongs to what it leads to; what is before may be forgotten.
    static let longestRise = VoiceFrame.perSecond

    private mutating func begin() {
        open = Open(
            start: earliestStart, entered: count, end: count + 1, isSpeaking: true)
    }

    private mutating func close() -> Range<Int>? {
        guard let stretch = open.take() else { return nil }
        guard stretch.end - stretch.entered >= rules.shortestSpeech.frames else { return nil }
        return stretch.start..<stretch.end
    }
}
