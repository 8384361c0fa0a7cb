/// Where a speaker pauses, the longest first; between characters nobody does, but a text must end somewhere.
enum Pause: CaseIterable {
    case sentence, clause, word, character

    /// The pause behind a character of a text; nil for none.
    static func after(_ index: Substring.Index, in text: Substring) -> Pause? {
        let next = text.index(after: index)
        let following = next < text.endIndex ? text[next] : "\n"
        let character = text[index]
        // Closing marks stay with what they close, and marks in a row are one.
        guard !closing.contains(following), !(ending.contains(character) && ending.contains(following)) else {
            return nil
        }
        let isClosing = closing.contains(character)
        let mark = isClosing ? lastMark(before: index, in: text) : character
        if "。！？".contains(mark) { return .sentence }
        if mark.isNewline { return endsParagraph(index, before: following, in: text) ? .sentence : .word }
        if mark == "…" { return afterEllipsis(isClosing, before: text[next...]) }
        if ".!?".contains(mark) { return afterStop(mark, at: index, isClosing, before: text[next...], in: text) }
        if "，；：、".contains(mark) { return .clause }
        if ",;:".contains(mark) { return following.isWhitespace ? .clause : nil }
        // A dash between words is a pause, one at their border is none.
        if mark == "—", following != "—" { return .clause }
        return character.isWhitespace ? .word : nil
    }

    /// Three points end a sentence when another begins behind them; in Chinese they are a pause that somebody makes.
    private static func afterEllipsis(_ isClosing: Bool, before rest: Substring) -> Pause {
        guard let next = rest.first(where: { !$0.isWhitespace }) else { return .sentence }
        if isClosing || rest.first?.isNewline == true { return next.isLowercase ? .clause : .sentence }
        return next.isUppercase || opening.contains(next) ? .sentence : .clause
    }

    private static func afterStop(
        _ mark: Character, at index: Substring.Index, _ isClosing: Bool, before rest: Substring, in text: Substring
    ) -> Pause? {
        let following = rest.first ?? "\n"
        // In mixed text no blank stands before Chinese.
        let isMixed = following.isChinese && text[..<index].last?.isNumber != true
        guard following.isWhitespace || isMixed else { return nil }
        let next = rest.first { !$0.isWhitespace }
        let isEllipsis = mark == "." && text[..<index].last == "."
        if isEllipsis { return afterEllipsis(isClosing, before: rest) }
        if isClosing, next?.isLowercase == true { return .clause }
        guard mark == ".", !isClosing else { return .sentence }
        if next?.isLowercase == true { return .word }
        let word = Abbreviation(endingAt: index, in: text)
        return word.belongs(before: next) && !following.isNewline ? .word : .sentence
    }

    /// Whether a line's end is more than a place where a text was wrapped: a blank line follows, or the line is short.
    private static func endsParagraph(
        _ index: Substring.Index, before following: Character, in text: Substring
    ) -> Bool {
        if following.isNewline { return true }
        var columns = 0
        for character in text[..<index].reversed() {
            if character.isNewline { break }
            columns += character.unicodeScalars.contains { $0.value > 0x2E7F } ? 2 : 1
            if columns >= shortLine { return false }
        }
        return true
    }

    /// Columns of a line that nobody wrapped: a heading, a verse, an entry of a list.
    private static let shortLine = 40

    /// The mark that closing quotes follow.
    private static func lastMark(before index: Substring.Index, in text: Substring) -> Character {
        text[..<index].last { !closing.contains($0) } ?? " "
    }

    private static let closing: Set<Character> = ["”", "’", "」", "』", "）", ")", "》", "】", "]", "\"", "'"]
    private static let opening: Set<Character> = ["“", "‘", "「", "『", "（", "(", "《", "【", "[", "\"", "'"]
    private static let ending: Set<Character> = ["。", "！", "？", "…", "!", "?", "."]
}

extension Character {
    fileprivate var isChinese: Bool { unicodeScalars.first.map { (0x3400...0x9FFF).contains($0.value) } ?? false }
}

/// A word whose full stop may belong to it: an initial, a title before a name, a unit before a number.
private struct Abbreviation {
    private let word: String
    private let isAtStart: Bool
    /// Whether a word in small letters stands before it.
    private let followsWord: Bool

    init(endingAt index: Substring.Index, in text: Substring) {
        let letters = text[..<index].reversed().prefix {
            $0.isLetter && !$0.isChinese || $0.isNumber || $0 == "."
        }
        word = String(letters.reversed())
        let before = text[..<index].dropLast(word.count)
        isAtStart = before.last?.isNewline ?? true
        followsWord = before.last { !$0.isWhitespace }?.isLowercase ?? false
    }

    /// Whether the full stop does not end a sentence, given what follows.
    func belongs(before next: Character?) -> Bool {
        guard let next, let first = word.first else { return false }
        // “So am I.” ends with a word.
        if word == "I", followsWord { return false }
        if word.count == 1, first.isUppercase || first.isNumber && isAtStart { return true }
        if word.allSatisfy(\.isNumber) { return isAtStart && word.count <= 3 }
        let small = word.lowercased()
        if Self.titles.contains(small) || word.contains(".") && word.count > 2 && first.isUppercase { return true }
        return next.isNumber && Self.counted.contains(small) || Self.others.contains(small)
    }

    private static let titles: Set<String> = [
        "mr", "mrs", "mt", "ms", "dr", "prof", "st", "jr", "sr", "vs", "messrs", "mme", "mlle", "capt", "col", "gen",
        "lt",
        "sgt",
        "rev", "hon", "gov", "sen", "pres",
    ]
    private static let counted: Set<String> = [
        "no", "nos", "vol", "vols", "fig", "figs", "p", "pp", "ch", "chap", "sec", "art", "pt", "jan", "feb", "mar",
        "apr",
        "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
    ]
    private static let others: Set<String> = ["e.g", "i.e", "cf", "approx", "viz", "al"]
}
