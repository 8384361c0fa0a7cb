internal import Subtitles

/// Lines of plain text that begin a chapter, as books are printed in Chinese and English.
enum ChapterHeading {
    /// The rank of the heading that a line is: 1 for a part or a volume, 2 for a chapter; nil for a line of text.
    static func rank(of line: some StringProtocol) -> Int? {
        guard let first = line.first(where: { !$0.isWhitespace }), firsts.contains(first) else { return nil }
        let line = line.squeezed
        guard line.columns <= longest else { return nil }
        if let match = line.prefixMatch(of: chinese) {
            // A sentence may begin so: a heading has a blank behind the number, or no mark of a sentence.
            let rest = line[match.range.upperBound...]
            guard rest.isEmpty || rest.first?.isWhitespace == true || !rest.contains(where: ends.contains) else {
                return nil
            }
            return "卷部集篇".contains(match.2) ? 1 : 2
        }
        if line.wholeMatch(of: chineseWord) != nil { return 2 }
        if let match = line.prefixMatch(of: english) {
            let isPart = ["part", "book", "volume"].contains(match.1.lowercased())
            let rest = line[match.range.upperBound...].drop { " .:—–-".contains($0) }
            // In the middle of a sentence such a word begins with a small letter, and goes on with one.
            guard rest.first?.isLowercase != true, match.1.first?.isUppercase == true else { return nil }
            return isPart ? 1 : 2
        }
        return line.wholeMatch(of: englishWord) != nil ? 2 : nil
    }

    /// Whether a short line below a heading belongs to it: `CHAPTER I`, then `Down the Rabbit-Hole`.
    static func isSubtitle(_ line: some StringProtocol) -> Bool {
        let line = line.squeezed
        guard line.columns <= 60, let last = line.last, !ends.contains(last), last != ",", last != "，" else {
            return false
        }
        guard let first = line.first, first.isUppercase || first.isNumber || first.isWide else { return false }
        return rank(of: line) == nil
    }

    /// Whether a heading says no more than its number.
    static func isBare(_ heading: some StringProtocol) -> Bool {
        let heading = heading.squeezed
        if let match = heading.prefixMatch(of: chinese) {
            return heading[match.range.upperBound...].allSatisfy { !$0.isLetter }
        }
        guard let match = heading.prefixMatch(of: english) else { return false }
        return heading[match.range.upperBound...].allSatisfy { !$0.isLetter && !$0.isNumber }
    }

    /// What headings begin with: most lines need no more than a look.
    private static let firsts: Set<Character> = Set("第楔序自前引尾后後番附跋终終CPBVLASEFIDcpbvlasefid")
    /// Columns of a heading at most.
    private static let longest = 76
    private static let ends: Set<Character> = ["。", "！", "？", "；", "…", "”", "」", ".", "!", "?", ";"]

    // Patterns are made anew for each use: one may not be shared between threads.
    private static var chinese: Regex<(Substring, Substring, Substring)> {
        /第([0-9０-９〇零一二三四五六七八九十百千万两廿卅]{1,8})\s?([章回节節卷部集篇幕])/
    }
    private static var chineseWord: Regex<Substring> {
        /(?:楔子|序[章言幕]?|自序|前言|引[子言]|尾[声聲]|[后後][记記]|番外.{0,12}|附[录錄]|跋|[终終]章)/
    }
    private static var english: Regex<(Substring, Substring)> {
        /(?i:(chapter|part|book|volume|letter|act|canto|stave))\s+(?:(?i:the\s+)?(?i:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty|first|second|third|fourth|fifth|last)(?:-(?i:one|two|three|four|five|six|seven|eight|nine))?|[IVXLCDM]{1,9}|\d{1,4})\b/
    }
    private static var englishWord: Regex<Substring> {
        /(?i:prologue|epilogue|preface|foreword|introduction|afterword|dedication|postscript|appendix)\.?/
    }
}
