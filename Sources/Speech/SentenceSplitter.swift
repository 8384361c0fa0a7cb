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

    /// The pieces of a text, each with something to say.
    public func pieces(of text: String) -> [String] {
        var pieces: [String] = []
        var rest = Self.trimmed(text[...])
        while !rest.isEmpty {
            let end = rest.unicodeScalars.prefix(limit + 1).count <= limit ? rest.endIndex : cut(rest)
            let piece = Self.trimmed(rest[..<end])
            if !piece.isEmpty { pieces.append(String(piece)) }
            rest = Self.trimmed(rest[end...])
        }
        return pieces
    }

    /// The sentences of a text, one by one; those over the limit are cut where a speaker would pause.
    public func sentences(of text: String) -> [String] {
        var sentences: [String] = []
        var begin = text.startIndex
        for index in text.indices where Self.strength(after: index, in: text[...]) == .sentence {
            let end = text.index(after: index)
            sentences += pieces(of: String(text[begin..<end]))
            begin = end
        }
        return sentences + pieces(of: String(text[begin...]))
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
        if "。！？…\n".contains(mark) { return .sentence }
        if ".!?".contains(mark) {
            guard following.isWhitespace else { return nil }
            return mark == "." && isAbbreviation(text[..<index]) && following != "\n" ? .word : .sentence
        }
        if "，；：、".contains(mark) { return .clause }
        if ",;:".contains(mark) { return following.isWhitespace ? .clause : nil }
        return character.isWhitespace ? .word : nil
    }

    /// Whether what ends with a full stop is an initial, or one of the words that are written with one.
    private static func isAbbreviation(_ text: Substring) -> Bool {
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

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return text
    }
}
