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
    static func units(of text: String) -> [TextUnit] {
        var scanner = UnitScanner()
        let characters = Array(text)
        for index in characters.indices {
            scanner.take(characters[index], before: index + 1 < characters.count ? characters[index + 1] : nil)
        }
        return scanner.finish()
    }
}

/// Gathers the characters of a text into units.
private struct UnitScanner {
    private var units: [TextUnit] = []
    /// The word that may go on.
    private var word = ""
    /// Marks that open what comes next.
    private var opening = ""
    /// A space has ended the last unit: what follows is not written beside it.
    private var isApart = true

    mutating func take(_ character: Character, before next: Character?) {
        if let script = Self.script(of: character) {
            endWord()
            add(String(character), script)
        } else if character.isWhitespace {
            endWord()
            isApart = true
            if !units.isEmpty, units[units.count - 1].space != .line {
                units[units.count - 1].space = character.isNewline ? .line : .blank
            }
        } else if Self.isWordPart(character) || (!word.isEmpty && Self.joins(character, next))
            || Self.leads(character, next)
        {
            word.append(character)
        } else {
            endWord()
            addMark(character, before: next)
        }
    }

    mutating func finish() -> [TextUnit] {
        endWord()
        if !opening.isEmpty, !units.isEmpty { units[units.count - 1].text += opening }
        return units
    }

    private mutating func endWord() {
        guard !word.isEmpty else { return }
        let written = word
        word = ""
        // Thai and its neighbours write no spaces between words.
        let words = written.unicodeScalars.contains(where: Self.isUnspaced) ? WordEnds.words(of: written) : [written]
        for spoken in words { add(spoken, spoken.contains(where: \.isLetter) ? .letters : .digits) }
    }

    private static func isUnspaced(_ scalar: Unicode.Scalar) -> Bool {
        // Thai and Lao, Burmese, Khmer.
        [0xE00...0xEFF, 0x1000...0x109F, 0x1780...0x17FF].contains { $0 ~= scalar.value }
    }

    private mutating func add(_ spoken: String, _ script: TextUnit.Script) {
        units.append(TextUnit(text: opening + spoken, spoken: spoken, script: script))
        opening = ""
        isApart = false
    }

    /// A mark closes the unit before it, unless it opens the next; one that stands by itself stays apart.
    private mutating func addMark(_ mark: Character, before next: Character?) {
        if isApart, !units.isEmpty, next?.isWhitespace ?? true {
            units[units.count - 1].text += " \(mark)"
        } else if units.isEmpty || (Self.opens(mark) && (isApart || "“‘「『（《【〈([{¿¡".contains(mark))) {
            opening.append(mark)
        } else {
            units[units.count - 1].text.append(mark)
        }
    }

    private static func opens(_ mark: Character) -> Bool { "“‘「『（《【〈([{¿¡\"'«-–—".contains(mark) }

    private static func isWordPart(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "$€£%°&@#".contains(character)
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
