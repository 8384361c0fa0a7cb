internal import Subtitles

/// What gets a time of its own: a word between spaces, or a character of a script that has none.
struct TextUnit: Equatable, Sendable {
    /// As it is written, with the marks before and behind it.
    var text: String
    /// What is said of it.
    let spoken: String
    let script: Script
    /// What stands between it and the next.
    var space = Space.none

    /// What stands between two units.
    enum Space: Sendable {
        case none, blank, line
    }

    /// How a unit is read.
    enum Script: Hashable, Sendable {
        /// Letters of the language of the text, or else English.
        case letters
        /// Digits, which are read in the language around them.
        case digits
        case han, kana, hangul
    }

    /// The units of a text, in order; marks without letters belong to the unit before them, or to the first one.
    ///
    /// Nothing of the text is lost: the units, with what stands between them, are the text again, but for blanks that are many.
    static func units(of text: String) -> [TextUnit] {
        let characters = Array(text)
        let spoken = SpokenSpans.spans(in: characters)
        guard let first = spoken.first, let last = spoken.last else { return [] }
        var head = Gap.plain(characters[..<first.range.lowerBound], trimsStart: true)
        return spoken.indices.map { index in
            let own = String(characters[spoken[index].range])
            guard index + 1 < spoken.count else {
                let tail = Gap.plain(characters[last.range.upperBound...], trimsEnd: true)
                return TextUnit(text: head + own + tail, spoken: own, script: spoken[index].script)
            }
            let gap = Gap(characters[spoken[index].range.upperBound..<spoken[index + 1].range.lowerBound])
            defer { head = gap.head }
            return TextUnit(
                text: head + own + gap.tail, spoken: own, script: spoken[index].script, space: gap.space)
        }
    }
}

/// What stands between two units: marks that close the one, a space, and marks that open the other.
private struct Gap {
    private(set) var tail = ""
    private(set) var space = TextUnit.Space.none
    private(set) var head = ""

    init(_ gap: ArraySlice<Character>) {
        let pieces = gap.split(whereSeparator: \.isWhitespace)
        guard gap.contains(where: \.isWhitespace) else {
            // Quotation marks without a direction close what is before them.
            let opening = gap.reversed().prefix { Self.opens($0) }.count
            tail = String(gap.dropLast(opening))
            head = String(gap.suffix(opening))
            return
        }
        space = gap.contains(where: \.isNewline) ? .line : .blank
        let endsBefore = gap.first?.isWhitespace == false
        let beginsAfter = gap.last?.isWhitespace == false
        var (left, right): ([String], [String]) = ([], [])
        for (index, piece) in pieces.enumerated() {
            let isBefore = index == 0 && endsBefore
            let isNext = index == pieces.count - 1 && beginsAfter
            let isTurn = !isBefore && Self.beginsTurn(piece, in: gap, after: left.last)
            if isNext || isTurn || !right.isEmpty { right.append(String(piece)) } else { left.append(String(piece)) }
        }
        tail = (endsBefore || left.isEmpty ? "" : " ") + left.joined(separator: " ")
        head = right.joined(separator: " ") + (beginsAfter || right.isEmpty ? "" : " ")
    }

    /// Whether a mark by itself belongs to what follows: a dash before what somebody else says, a note before what is sung.
    private static func beginsTurn(
        _ piece: ArraySlice<Character>, in gap: ArraySlice<Character>, after mark: String?
    ) -> Bool {
        if gap[..<piece.startIndex].contains(where: \.isNewline) { return true }
        let isDash = piece.allSatisfy { "-–—".contains($0) }
        return isDash && mark.map { SentenceEnd.isEnd(of: $0) } == true
    }

    private static func opens(_ mark: Character) -> Bool { "“‘「『（《【〈([{¿¡<*~".contains(mark) }

    /// Marks at an end of the text, with one blank for many.
    static func plain(_ marks: ArraySlice<Character>, trimsStart: Bool = false, trimsEnd: Bool = false) -> String {
        let plain = marks.split(whereSeparator: \.isWhitespace).map { String($0) }.joined(separator: " ")
        let (first, last) = (marks.first?.isWhitespace == true, marks.last?.isWhitespace == true)
        guard !plain.isEmpty else { return "" }
        return (first && !trimsStart ? " " : "") + plain + (last && !trimsEnd ? " " : "")
    }
}

/// Finds what is said in a text: words, and characters of scripts without spaces.
private struct SpokenSpans {
    typealias Span = (range: Range<Int>, script: TextUnit.Script)

    private let characters: [Character]
    private var spans: [Span] = []
    /// Where the word began that may go on.
    private var start: Int?

    static func spans(in characters: [Character]) -> [Span] {
        var scanner = SpokenSpans(characters: characters)
        for index in characters.indices { scanner.take(index) }
        scanner.endWord(at: characters.count)
        return scanner.spans
    }

    private init(characters: [Character]) { self.characters = characters }

    private mutating func take(_ index: Int) {
        let character = characters[index]
        let next = index + 1 < characters.count ? characters[index + 1] : nil
        if let script = Self.script(of: character) {
            endWord(at: index)
            spans.append((index..<index + 1, script))
        } else if Self.isWordPart(character) || (start != nil && Self.joins(character, next))
            || Self.leads(character, next)
        {
            start = start ?? index
        } else {
            endWord(at: index)
        }
    }

    private mutating func endWord(at end: Int) {
        guard let begin = start.take() else { return }
        var place = begin
        for count in Self.lengths(of: characters[begin..<end]) {
            let word = characters[place..<place + count]
            spans.append((place..<place + count, word.contains(where: \.isLetter) ? .letters : .digits))
            place += count
        }
    }

    /// How many characters each word has: Thai and its neighbours write no spaces between words.
    private static func lengths(of word: ArraySlice<Character>) -> [Int] {
        guard word.contains(where: { $0.unicodeScalars.contains(where: isUnspaced) }) else { return [word.count] }
        let lengths = WordEnds.words(of: String(word)).map(\.count)
        // A border within a character is none.
        return lengths.reduce(0, +) == word.count ? lengths : [word.count]
    }

    private static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
        // Thai and Lao, Burmese, Khmer.
        [0xE00...0xEFF, 0x1000...0x109F, 0x1780...0x17FF].contains { $0 ~= scalar.value }
    }

    private static func isWordPart(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || character.isCurrencySymbol || "%°&@#".contains(character)
    }

    /// Whether a mark stands within a word, as in ‘don't’, ‘3,14’, ‘10:30’ and names with stops.
    private static func joins(_ character: Character, _ next: Character?) -> Bool {
        guard let next, next.isLetter || next.isNumber, script(of: next) == nil else { return false }
        return "'’.,:_".contains(character)
    }

    /// A sign before a number.
    private static func leads(_ character: Character, _ next: Character?) -> Bool {
        "-+−".contains(character) && next?.isNumber == true
    }

    /// The script of a character that is a unit by itself.
    private static func script(of character: Character) -> TextUnit.Script? {
        guard let scalar = character.unicodeScalars.first?.value else { return nil }
        switch scalar {
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x3134F, 0x3005, 0x3007: return .han
        case 0x3041...0x30FE where character.isLetter: return .kana
        case 0xAC00...0xD7A3: return .hangul
        default: return nil
        }
    }
}
