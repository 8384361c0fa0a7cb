internal import Speech
public import Subtitles

/// Makes cues of words that have times.
public enum CueTiming {
    /// A cue for each sentence; one too long to be read at once is divided at its marks and pauses.
    public static func cues(of text: AlignedText) -> [Cue] {
        var cues: [Cue] = []
        var open: [TimedWord] = []
        for (index, word) in text.words.enumerated() {
            open.append(word)
            let next = index + 1 < text.words.count ? text.words[index + 1] : nil
            guard let next, !endsCue(open, before: next) else {
                cues.append(cue(open))
                open = []
                continue
            }
        }
        return cues
    }

    /// The given cues, shown when their words are said; those without words stay between their neighbours.
    public static func cues(_ given: [Cue], retimedBy text: AlignedText) -> [Cue] {
        var words = text.words[...]
        let spoken = given.map { cue -> Cue? in
            let count = TextUnit.units(of: cue.text).count
            let own = words.prefix(count)
            words = words.dropFirst(count)
            guard let first = own.first, let last = own.last else { return nil }
            return Cue(start: first.start, end: max(last.end, first.start), lines: cue.lines)
        }
        return filled(spoken, given)
    }

    /// All cues, where those without a time of their own lie between their neighbours, as far from them as they did.
    private static func filled(_ spoken: [Cue?], _ given: [Cue]) -> [Cue] {
        // For each cue the next that has a time.
        var following: [Int?] = Array(repeating: nil, count: given.count)
        for index in given.indices.dropLast().reversed() {
            following[index] = spoken[index + 1] != nil ? index + 1 : following[index + 1]
        }
        var cues: [Cue] = []
        for (index, cue) in given.enumerated() {
            guard spoken[index] == nil else {
                cues.append(spoken[index] ?? cue)
                continue
            }
            let next = following[index]
            let limit = next.flatMap { spoken[$0]?.start }
            let length = cue.end - cue.start
            var start = cue.start
            if let last = cues.last {
                start = last.end + max(cue.start - given[index - 1].end, .zero)
                if let limit { start = min(start, limit - length) }
                start = max(start, last.end)
            } else if let next, let limit {
                start = max(limit - (given[next].start - cue.start), .zero)
            }
            let end = min(start + length, max(limit ?? start + length, start))
            cues.append(Cue(start: start, end: end, lines: cue.lines))
        }
        return cues
    }

    /// The longest that is read at once: two lines, seven seconds.
    private static let (mostWidth, longest) = (84, Duration.seconds(7))

    private static func endsCue(_ words: [TimedWord], before next: TimedWord) -> Bool {
        guard let first = words.first, let last = words.last else { return false }
        let mark = last.text.last { !"”’\"')）」』】".contains($0) } ?? " "
        let pause = next.start - last.end
        let isAbbreviated =
            mark == "." && SentenceSplitter.isAbbreviation(last.text.dropLast()) && pause < .milliseconds(350)
        if (".!?。！？…".contains(mark) && !isAbbreviated) || pause > .seconds(1) { return true }
        let isLong = width(words) + width([next]) > mostWidth || next.end - first.start > longest
        let isHalf = width(words) > mostWidth / 2 || last.end - first.start > longest / 2
        return isLong || (isHalf && (",;:，；：、—".contains(mark) || pause > .milliseconds(350)))
    }

    private static func cue(_ words: [TimedWord]) -> Cue {
        let start = words.first?.start ?? .zero
        return Cue(start: start, end: max(words.last?.end ?? start, start), lines: [text(of: words)])
    }

    private static func text(of words: [TimedWord]) -> String {
        words.enumerated().map { index, word in
            word.text + (word.joinsNext || index == words.count - 1 ? "" : " ")
        }.joined()
    }

    /// Columns, of which wide characters take two.
    private static func width(_ words: [TimedWord]) -> Int {
        text(of: words).unicodeScalars.reduce(0) { $0 + ($1.value > 0x2E7F ? 2 : 1) }
    }
}
