/// Where sentences end, as marks tell it.
package enum SentenceEnd {
    /// Whether a text ends with the end of a sentence, whatever closes behind it.
    package static func isEnd(of text: some StringProtocol) -> Bool {
        guard let mark = text.last(where: { !Self.closing.contains($0) && !$0.isWhitespace }) else { return false }
        guard mark == "." else { return Self.marks.contains(mark) }
        let word = text.split(whereSeparator: \.isWhitespace).last ?? ""
        return !isAbbreviation(word.drop { "“\"‘'(".contains($0) })
    }

    static let marks: Set<Character> = [".", "!", "?", "。", "！", "？", "…", "‥", "؟", "।"]
    static let closing: Set<Character> = ["”", "’", "\"", "'", ")", "）", "」", "』", "】", "》", "〉", "]"]

    /// Titles before names; a name follows them at once.
    static let titles: Set<String> = [
        "mr", "mrs", "ms", "dr", "prof", "st", "gen", "col", "lt", "capt", "sgt", "rev", "hon", "sen", "gov", "pres",
    ]

    private static let abbreviations: Set<String> = [
        "vs", "etc", "no", "vol", "fig", "inc", "ltd", "co", "dept", "approx", "jan", "feb", "apr", "aug", "sept",
        "oct",
        "nov", "dec",
    ]

    /// Whether a full stop belongs to the word before it: an initial, a title, or letters with stops.
    private static func isAbbreviation(_ word: some StringProtocol) -> Bool {
        let letters = word.prefix { $0.isLetter }
        guard word.hasPrefix(letters + ".") else { return false }
        if letters.count == 1, letters.first?.isUppercase == true, letters != "I" { return true }
        let lower = letters.lowercased()
        return titles.contains(lower) || (abbreviations.contains(lower) && lower != "no" && lower != "co")
            || word.dropLast().contains(".")
    }
}
