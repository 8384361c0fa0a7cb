internal import Subtitles

/// Tells lines of plain text that begin a chapter, as books are printed in Chinese and English.
///
/// The patterns take longer to make than to match, and belong to one reader.
struct ChapterHeading {
    private let chinese = /[【\[]?(?:正文\s*)?第\s?([0-9０-９〇零一二三四五六七八九十百千万两廿卅]{1,8})\s?([章回节節卷部集篇幕话話])[】\]]?/
    private let volume = /卷\s?[0-9０-９〇零一二三四五六七八九十百]{1,4}(?:\s.{0,20})?/
    private let chineseWord = /(?:楔子|序[章言幕]?|自序|前言|引[子言]|尾[声聲]|[后後][记記]|番外|附[录錄]|跋|[终終]章)(?:[\s：:].{0,24})?/
    private let english =
        /(?i:(chapter|part|book|volume|letter|act|canto|stave))\s+(?:(?i:the\s+)?(?i:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|twenty|thirty|forty|fifty|first|second|third|fourth|fifth|last)(?:-(?i:one|two|three|four|five|six|seven|eight|nine))?|[IVXLCDM]{1,9}|\d{1,4})\b/
    private let englishWord =
        /(?i:prologue|epilogue|preface|foreword|introduction|afterword|dedication|postscript|appendix)(?:\.?|\s*[:—–-]\s*.{1,60})/

    /// The rank of the heading that a line is: 1 for a part or a volume, 2 for a chapter; nil for a line of text.
    func rank(of line: some StringProtocol) -> Int? {
        guard let first = line.first(where: { !$0.isWhitespace }), Self.firsts.contains(first) else { return nil }
        // No heading is so long, and most lines are longer.
        guard line.utf8.count <= 400, case let line = line.squeezed, line.columns <= Self.longest else { return nil }
        if let match = line.prefixMatch(of: chinese) {
            guard Self.isTitle(line[match.range.upperBound...]) else { return nil }
            return "卷部集篇".contains(match.2) ? 1 : 2
        }
        if line.wholeMatch(of: volume) != nil { return 1 }
        if line.wholeMatch(of: chineseWord) != nil, line.last != "。" { return 2 }
        if let match = line.prefixMatch(of: english) {
            let isPart = ["part", "book", "volume"].contains(match.1.lowercased())
            let rest = line[match.range.upperBound...].drop { " .:—–-".contains($0) }
            // In the middle of a sentence such a word begins with a small letter, or goes on with one.
            guard rest.first?.isLowercase != true, rest.first != ",", match.1.first?.isUppercase == true else {
                return nil
            }
            return isPart ? 1 : 2
        }
        return line.wholeMatch(of: englishWord) != nil && line.first?.isUppercase == true ? 2 : nil
    }

    /// Whether what stands behind the number of a Chinese chapter is a title: a sentence may begin so too.
    private static func isTitle(_ rest: Substring) -> Bool {
        guard let first = rest.first else { return true }
        guard let last = rest.last, !"。，；：".contains(last) else { return false }
        if first.isWhitespace || "：:、.．·-—".contains(first) { return true }
        let isSentence = rest.contains { "，。；：、…—".contains($0) }
        return !isSentence && rest.count <= 16 && !"里中的课合是之内外上下到前后一".contains(first)
    }

    /// Whether a short line below a heading belongs to it: `CHAPTER I`, then `Down the Rabbit-Hole`.
    func isSubtitle(_ line: some StringProtocol) -> Bool {
        let line = line.squeezed
        guard line.columns <= 60, let last = line.last, !".;,。；，…”」".contains(last) else { return false }
        guard let first = line.first, first.isUppercase || first.isNumber || first.isWide else { return false }
        return rank(of: line) == nil
    }

    /// Whether a heading says no more than its number.
    func isBare(_ heading: some StringProtocol) -> Bool {
        let heading = heading.squeezed
        if let match = heading.prefixMatch(of: chinese) {
            return heading[match.range.upperBound...].allSatisfy { !$0.isLetter }
        }
        guard let match = heading.prefixMatch(of: english) else { return false }
        return heading[match.range.upperBound...].allSatisfy { !$0.isLetter && !$0.isNumber }
    }

    /// What headings begin with: most lines need no more than a look.
    private static let firsts: Set<Character> = Set("【[正第卷楔序自前引尾后後番附跋终終CPBVLASEFIDcpbvlasefid")
    /// Columns of a heading at most.
    private static let longest = 76
}
