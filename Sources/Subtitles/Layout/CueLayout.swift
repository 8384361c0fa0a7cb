/// Makes cues of words as they become known: readable, on time, and the best division that the rules allow.
///
/// A paragraph is laid out at once, so that every break takes what follows into account; it ends where the speaker is silent for
/// longer than a cue may stand.
///
/// ```swift
/// var layout = CueLayout(LayoutRules(language: "en"))
/// for words in clips { cues += layout.add(words) }
/// cues += layout.finish()
/// ```
public struct CueLayout: Sendable {
    private let language: String?
    private let rules: @Sendable (String?) -> LayoutRules
    private let longestSilence: Duration
    private var open: [TimedWord] = []
    /// The language that the open words were heard in.
    private var heard: String?
    /// The end of what was said in Latin letters: a paragraph alone hardly tells its language.
    private var latin = ""

    /// A paragraph without silence ends with the first sentence past so many words, and anywhere past twice as many.
    private static let longest = 240

    /// Makes a layout of one recording.
    public init(_ rules: LayoutRules) { self.init(language: nil) { _ in rules } }

    /// Makes a layout of a recording in which each paragraph may be in a language of its own, unless one is told.
    public init(language: String?, rules: @escaping @Sendable (String?) -> LayoutRules) {
        self.language = language
        self.rules = rules
        longestSilence = rules(language).longestSilence
    }

    /// Takes words in the order in which they are said, and returns the cues that cannot change any more.
    ///
    /// Whoever heard them may tell the language that they are in.
    public mutating func add(_ words: some Sequence<TimedWord>, in heard: String? = nil) -> [Cue] {
        var cues: [Cue] = []
        defer { self.heard = heard }
        for word in words where !word.text.isEmpty {
            if endsParagraph(before: word) { cues += close(before: word.start) }
            open.append(word)
        }
        return cues
    }

    /// Returns the cues of all words so far, which make room for what may be said from some moment on.
    public mutating func flush(before next: Duration) -> [Cue] { close(before: next) }

    /// Ends the recording and returns the cues that are left.
    public mutating func finish() -> [Cue] { close(before: nil) }

    private func endsParagraph(before word: TimedWord) -> Bool {
        guard let last = open.last else { return false }
        let isLong = open.count >= Self.longest && SentenceEnd.isEnd(of: last.text)
        return word.start - last.end > longestSilence || isLong || open.count >= Self.longest * 2
    }

    private mutating func close(before next: Duration?) -> [Cue] {
        guard !open.isEmpty else { return [] }
        let text = open.written
        let language = language ?? heard ?? WrittenLanguage.byScript(text) ?? languageInLatin(with: text)
        let paragraph = Paragraph(open, rules(language), next: next)
        open = []
        return paragraph.cues()
    }

    private mutating func languageInLatin(with text: String) -> String? {
        latin = String((latin + " " + text).suffix(2_000))
        return WrittenLanguage.guess(of: latin)
    }
}

extension Paragraph {
    /// The cheapest cues, with their times.
    func cues() -> [Cue] {
        let blocks = cheapest()
        return blocks.enumerated().map { index, block in
            let range = block.lines[0].lowerBound..<(block.lines.last?.upperBound ?? 0)
            let following = index + 1 < blocks.count ? words[range.upperBound].start : next
            return cue(block, range, before: following)
        }
    }

    private func cue(_ block: Block, _ range: Range<Int>, before following: Duration?) -> Cue {
        let own = words[range]
        let start = own.first?.start ?? .zero
        var cue = Cue(
            start: start, end: end(of: range, from: start, before: following),
            lines: block.lines.map { words[$0].written })
        cue.words = Array(own)
        return cue
    }

    /// When a cue goes: after its last word, later when it could not be read by then and the next one allows, and just before
    /// the next one when little is between.
    private func end(of range: Range<Int>, from start: Duration, before following: Duration?) -> Duration {
        let said = words[range].map(\.end).max() ?? start
        let needed = max(rules.shortest, .seconds(Double(columns(range)) / rules.readingSpeed))
        let wanted = max(said, min(start + needed, start + rules.longest))
        guard let following else { return wanted }
        let latest = max(following - rules.gap, start + .milliseconds(40))
        if wanted > latest || following - wanted < rules.closedGap, latest - start <= rules.longest { return latest }
        return min(wanted, latest)
    }
}
