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

    /// Tells that nothing is said before some moment, and returns the cues that cannot change any more, now that this is known.
    public mutating func settle(until silent: Duration) -> [Cue] {
        guard let last = open.last, silent - last.end > longestSilence else { return [] }
        let paragraph = Paragraph(open, rules(languageOfOpen), next: nil)
        var (soon, never) = (paragraph, paragraph.cues())
        soon.next = silent
        // Where a word that comes at once changes nothing, no word does.
        guard soon.cues() == never else { return [] }
        forget()
        return never
    }

    /// Ends the recording and returns the cues that are left.
    public mutating func finish() -> [Cue] { close(before: nil) }

    private func endsParagraph(before word: TimedWord) -> Bool {
        guard let last = open.last else { return false }
        let isLong = open.count >= Self.longest && SentenceEnd.isEnd(of: last.text)
        return word.start - last.end > longestSilence || isLong || open.count >= Self.longest * 2
    }

    private mutating func close(before next: Duration?) -> [Cue] {
        guard !open.isEmpty else { return [] }
        let paragraph = Paragraph(open, rules(languageOfOpen), next: next)
        forget()
        return paragraph.cues()
    }

    private var languageOfOpen: String? {
        if let told = language ?? heard { return told }
        let text = open.written
        return WrittenLanguage.byScript(text) ?? WrittenLanguage.guess(of: latin + " " + text)
    }

    /// Leaves the words that are laid out, but for what tells the language of others.
    private mutating func forget() {
        let text = open.written
        if WrittenLanguage.byScript(text) == nil { latin = String((latin + " " + text).suffix(2_000)) }
        open = []
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
