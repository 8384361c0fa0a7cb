/// Splits text where a speaker would pause, so that each piece is within a limit.
///
/// Pieces end after sentences where that is possible, else after clauses, else at white space, else between characters;
/// joined, they give the text without the white space around them.
public struct SentenceSplitter: Sendable {
    /// The most characters of a piece, counted as Unicode scalars, as services count.
    public let limit: Int

    /// Makes a splitter.
    public init(limit: Int) {
        precondition(limit > 0, "a piece has one character at least")
        self.limit = limit
    }

    /// The pieces of a text, each with something to say; they are found one by one, as they are wanted.
    public func pieces(of text: String) -> TextPieces { TextPieces(text, self, bySentence: false) }

    /// The sentences of a text, one by one; those over the limit are cut where a speaker would pause.
    public func sentences(of text: String) -> TextPieces { TextPieces(text, self, bySentence: true) }

    /// Where the first sentence of a text ends.
    func sentenceEnd(_ text: Substring) -> Substring.Index {
        for index in text.indices where Self.strength(after: index, in: text) == .sentence {
            return text.index(after: index)
        }
        return text.endIndex
    }

    /// Where the first piece of a text ends.
    func pieceEnd(_ text: Substring) -> Substring.Index {
        text.unicodeScalars.prefix(limit + 1).count <= limit ? text.endIndex : cut(text)
    }

    /// Where the longest piece that fits ends best.
    private func cut(_ text: Substring) -> Substring.Index {
        var places: [Strength: Substring.Index] = [:]
        var count = 0
        var index = text.startIndex
        while index < text.endIndex {
            count += text[index].unicodeScalars.count
            let next = text.index(after: index)
            // One character may be longer than the limit; it is never cut.
            guard count <= limit || index == text.startIndex else { break }
            places[.character] = next
            if let strength = Self.strength(after: index, in: text) { places[strength] = next }
            index = next
        }
        for strength in Strength.allCases { if let place = places[strength] { return place } }
        return text.endIndex
    }

    /// How good a place for a cut is, the best first.
    private enum Strength: CaseIterable {
        case sentence, clause, word, character
    }

    private static func strength(after index: Substring.Index, in text: Substring) -> Strength? {
        let next = text.index(after: index)
        let following = next < text.endIndex ? text[next] : "\n"
        let character = text[index]
        // Closing marks stay with what they close.
        guard !closing.contains(following) else { return nil }
        let mark = closing.contains(character) ? lastMark(before: index, in: text) : character
        if "。！？…".contains(mark) { return .sentence }
        if mark.isNewline { return endsParagraph(index, before: following, in: text) ? .sentence : .word }
        if ".!?".contains(mark) {
            guard following.isWhitespace else { return nil }
            return mark == "." && isAbbreviation(text[..<index]) && following != "\n" ? .word : .sentence
        }
        if "，；：、".contains(mark) { return .clause }
        if ",;:".contains(mark) { return following.isWhitespace ? .clause : nil }
        return character.isWhitespace ? .word : nil
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

    /// Whether what ends with a full stop is an initial, or one of the words that are written with one.
    package static func isAbbreviation(_ text: Substring) -> Bool {
        let word = String(text.reversed().prefix { $0.isLetter || $0 == "." }.reversed())
        return word.count == 1 && word.first?.isUppercase == true || abbreviations.contains(word.lowercased())
    }

    private static let abbreviations: Set<String> = [
        "mr", "mrs", "ms", "dr", "prof", "st", "jr", "sr", "vs", "e.g", "i.e", "cf", "approx",
    ]

    /// The mark that closing quotes follow.
    private static func lastMark(before index: Substring.Index, in text: Substring) -> Character {
        text[..<index].last { !closing.contains($0) } ?? " "
    }

    private static let closing: Set<Character> = ["”", "’", "」", "』", "）", ")", "》", "】", "]", "\"", "'"]

    static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return text
    }
}
