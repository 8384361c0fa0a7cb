/// How words are said: names, and characters that are read in more than one way.
///
/// A file has a line `word = how it is said` for each; what stands below `[zh]` or `[en]` holds for sentences of that language.
///
/// ```
/// # names
/// Cholmondeley = Chumley
/// [zh]
/// 重庆 = 虫庆
/// ```
public struct Pronunciations: Hashable, Sendable {
    fileprivate struct Entry: Hashable, Sendable {
        let word: [Character]
        let said: String
        /// The language that it belongs to; nil for all.
        let language: String?
        /// Whether the word stands between letters of none other.
        let isWhole: Bool

        /// What is said for one language goes before what is said for all.
        var rank: Int { language == nil ? 0 : 1 }
    }

    /// By their first characters, the longest words first.
    private var entries: [Character: [Entry]] = [:]

    /// Makes an empty list.
    public init() {}

    /// Reads a file.
    ///
    /// - Throws: `malformedInput`, with the line that says nothing.
    public init(reading text: String) throws(BookError) {
        var language: String?
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.squeezed
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            if let match = line.wholeMatch(of: /\[([A-Za-z]{2,3})(?:-[A-Za-z0-9-]+)?\]/) {
                language = match.1.lowercased()
                continue
            }
            let parts = line.split(separator: /[=＝]/, maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, case let word = parts[0].squeezed, !word.isEmpty else {
                throw BookError(
                    .malformedInput, "line \(number + 1) of the pronunciations says nothing: ‘\(line.prefix(40))’",
                    remedy: "word = how it is said")
            }
            add(word, said: parts[1].squeezed, language: language)
        }
    }

    /// Adds a word, for a language or for all.
    public mutating func add(_ word: String, said: String, language: String? = nil) {
        guard let first = word.first else { return }
        let isWhole = word.allSatisfy { !$0.isIdeographic }
        let entry = Entry(word: Array(word), said: said, language: language, isWhole: isWhole)
        for key in Set([first, Self.other(first)]) {
            entries[key, default: []].append(entry)
            entries[key]?.sort { ($0.word.count, $0.rank) > ($1.word.count, $1.rank) }
        }
    }

    /// The text as it is to be said in a language.
    func spoken(_ text: String, language: String?) -> String {
        guard !entries.isEmpty else { return text }
        let characters = Array(text)
        var spoken = ""
        var place = 0
        while place < characters.count {
            let found = entries[characters[place]]?.first { $0.stands(in: characters, at: place, language) }
            spoken += found?.said ?? String(characters[place])
            place += found?.word.count ?? 1
        }
        return spoken
    }

    /// The same letter in capitals or not.
    private static func other(_ character: Character) -> Character {
        let changed = character.isUppercase ? character.lowercased() : character.uppercased()
        return changed.count == 1 ? changed.first ?? character : character
    }
}

extension Pronunciations.Entry {
    /// Whether the word stands at a place: a word in small letters also begins a sentence.
    fileprivate func stands(in text: [Character], at place: Int, _ language: String?) -> Bool {
        guard self.language == nil || self.language == language, place + word.count <= text.count else { return false }
        for (offset, character) in word.enumerated() {
            let own = text[place + offset]
            guard own == character || offset == 0 && own.lowercased() == String(character) else { return false }
        }
        guard isWhole else { return true }
        let neighbours = [place - 1, place + word.count].filter(text.indices.contains).map { text[$0] }
        return !neighbours.contains { ($0.isLetter || $0.isNumber) && !$0.isIdeographic }
    }
}

extension Character {
    /// Whether it is a character of Chinese.
    var isIdeographic: Bool { unicodeScalars.first?.properties.isIdeographic ?? false }
}
