internal import Subtitles

/// Reads plain text: lines that somebody wrapped are put together again, and lines that begin a chapter are found.
struct TextReader {
    private let lines: [Substring]
    private let headings = ChapterHeading()
    /// The columns at which lines are wrapped; nil where each line is a paragraph.
    private let width: Int?

    /// Reads a book whose name is all that is known when the text tells no more.
    static func book(_ text: String, name: String) -> Book {
        let (body, facts) = Gutenberg.body(of: text)
        let reader = TextReader(body)
        var paragraphs = reader.paragraphs()
        let opening = Opening(paragraphs.prefix { $0.headingLevel == nil }.prefix(4).map(\.text))
        var book = Book(title: facts.title ?? opening.title ?? name, chapters: [])
        book.authors = (facts.author ?? opening.author).map { [$0] } ?? []
        // A heading that opens the book is its title.
        if facts.title == nil, opening.title != nil { paragraphs[0].kind = .heading(level: 1) }
        book.chapters = ChapterList.chapters(of: paragraphs, title: book.title) { ($0.headingLevel ?? 0) > 1 }
        return book
    }

    private init(_ text: Substring) {
        lines = Self.withoutPictures(text).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        width = Self.width(of: lines)
    }

    /// What stands for pictures in texts of Project Gutenberg is not read.
    private static func withoutPictures(_ text: Substring) -> Substring {
        guard text.contains("[Illustration") else { return text }
        return text.replacing(/\[Illustration[^\[\]]{0,400}\]/, with: "")[...]
    }

    /// Lines are wrapped when most of those that another follows at once are about as long as the longest.
    private static func width(of lines: [Substring]) -> Int? {
        let followed = zip(lines, lines.dropFirst()).filter { !$0.isBlank && !$1.isBlank }
            .map { ($0.0.trimmedColumns, $0.1) }
        let widths = followed.map(\.0).sorted()
        guard widths.count >= 4 else { return nil }
        let width = widths[min(widths.count * 95 / 100, widths.count - 1)]
        guard (30...110).contains(width) else { return nil }
        let full = widths.count { $0 * 5 >= width * 4 }
        return full * 2 >= widths.count ? width : nil
    }

    private func paragraphs() -> [Paragraph] {
        var made: [Paragraph] = []
        for block in blocks() { made += paragraphs(of: block, after: made.last) }
        return made
    }

    /// Lines between blank ones; each line alone where nothing is wrapped.
    private func blocks() -> [ArraySlice<Substring>] {
        lines.split(whereSeparator: \.isBlank).flatMap { block in
            width == nil ? block.indices.map { block[$0...$0] } : [block]
        }
    }

    private func paragraphs(of block: ArraySlice<Substring>, after last: Paragraph?) -> [Paragraph] {
        var headings: [Paragraph] = []
        var rest = block
        while let first = rest.first, let rank = self.headings.rank(of: first) {
            headings.append(Paragraph(.heading(level: rank + 1), first.squeezed))
            rest = rest.dropFirst()
        }
        return headings + text(rest, after: headings.last ?? last)
    }

    private func text(_ block: ArraySlice<Substring>, after last: Paragraph?) -> [Paragraph] {
        guard let first = block.first else { return [] }
        if let last, case .heading(let level) = last.kind, level > 1, block.count == 1,
            headings.isBare(last.text), headings.isSubtitle(first)
        {
            return [Paragraph(.heading(level: level + 1), first.squeezed)]
        }
        guard let width, block.count > 1 else {
            return [Paragraph(cleaning: block.joined(separator: "\n").withoutLowLines)].compactMap(\.self)
        }
        if isVerse(block, width) { return block.compactMap { Paragraph(cleaning: $0.withoutLowLines, as: .verse) } }
        return joined(block).compactMap { Paragraph(cleaning: $0) }
    }

    /// Whether lines are short although nobody had to wrap them.
    private func isVerse(_ block: ArraySlice<Substring>, _ width: Int) -> Bool {
        let columns = block.dropLast().map(\.trimmedColumns)
        return columns.count { $0 * 4 <= width * 3 } * 2 > columns.count
    }

    /// Puts wrapped lines together; an indented one may begin a paragraph without a blank line before it.
    private func joined(_ block: ArraySlice<Substring>) -> [String] {
        let indents = block.map { $0.prefix(while: \.isWhitespace).count }
        let usual = indents.dropFirst().min() ?? 0
        var made: [String] = []
        for (line, indent) in zip(block, indents) {
            let text = line.squeezed.withoutLowLines
            guard !made.isEmpty, indent <= usual + 1 else {
                made.append(text)
                continue
            }
            made[made.count - 1].appendLine(text)
        }
        return made
    }
}

extension StringProtocol {
    /// The text without low lines around words, with which such texts stress, and which nobody reads; those inside names stay.
    fileprivate var withoutLowLines: String {
        guard contains("_") else { return String(self) }
        let signs = Array(self)
        return String(
            signs.indices.filter { index in
                guard signs[index] == "_" else { return true }
                let isInside =
                    index > 0 && index + 1 < signs.count && signs[index - 1].isOfNames && signs[index + 1].isOfNames
                return isInside
            }.map { signs[$0] })
    }
}

extension Character {
    /// Whether it may stand in a name that has low lines in it.
    fileprivate var isOfNames: Bool { isASCII && (isLetter || isNumber) }
}

extension String {
    /// Adds the next line, without the blank that its script has not, and without one behind the hyphen of a divided word.
    mutating func appendLine(_ next: String) {
        if let last, let first = next.first {
            let isDivided = last == "-" && dropLast().last?.isLetter == true && !hasSuffix("--")
            if !(last.isWide && first.isWide || isDivided) { self += " " }
        }
        self += next
    }

    /// A line and the next.
    func joinedLine(with next: String) -> String {
        var joined = self
        joined.appendLine(next)
        return joined
    }
}

extension Substring {
    fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }

    fileprivate var trimmedColumns: Int { squeezed.columns }
}

/// What the first lines of a book tell: `《三国演义》罗贯中`, or a title and a name below it.
private struct Opening {
    var title: String?
    var author: String?

    init(_ lines: [String]) {
        guard let first = lines.first, first.columns <= 60 else { return }
        if let match = first.wholeMatch(of: /《([^》]{1,40})》\s*(?:作者[:：])?\s*(\S{0,20})/) {
            title = String(match.1)
            author = match.2.isEmpty ? Self.author(lines.dropFirst().first) : String(match.2)
            return
        }
        let isTitle = first.last.map { !".!?。！？…,，;；:：”\"".contains($0) } ?? false
        guard isTitle, lines.count > 1, lines[1].columns <= 60 else { return }
        title = first
        author = Self.author(lines[1])
    }

    private static func author(_ line: String?) -> String? {
        guard let line, line.columns <= 40 else { return nil }
        if let match = line.wholeMatch(of: /(?i)(?:by\s+|作者\s*[:：]\s*|author\s*[:：]\s*)(.{1,40})/) {
            return String(match.1)
        }
        let words = line.split(separator: " ")
        let isName =
            (2...4).contains(words.count) && words.allSatisfy { $0.first?.isUppercase == true && $0.last != "." }
        return isName && !line.contains(where: \.isNumber) && line != line.uppercased() ? line : nil
    }
}

/// The lines that Project Gutenberg puts around a book.
private enum Gutenberg {
    struct Facts {
        var title: String?
        var author: String?
    }

    /// The text of the book alone, and what the lines before it tell.
    static func body(of text: String) -> (Substring, Facts) {
        guard let start = line(of: text[...], saying: "START OF") else { return (text[...], Facts()) }
        let end = line(of: text[start.upperBound...], saying: "END OF")
        var facts = Facts()
        for line in text[..<start.lowerBound].split(whereSeparator: \.isNewline) {
            if line.hasPrefix("Title:") { facts.title = facts.title ?? line.dropFirst(6).squeezed }
            if line.hasPrefix("Author:") { facts.author = facts.author ?? line.dropFirst(7).squeezed }
        }
        return (text[start.upperBound..<(end?.lowerBound ?? text.endIndex)], facts)
    }

    /// The first line that says where the book begins or ends.
    private static func line(of text: Substring, saying words: String) -> Range<Substring.Index>? {
        var start = text.startIndex
        while start < text.endIndex {
            let end = text[start...].firstIndex(where: \.isNewline) ?? text.endIndex
            let said = text[start..<end].drop { $0 == "*" || $0 == " " }
            if text[start] == "*", said.hasPrefix(words), said.dropFirst(words.count + 5).hasPrefix("PROJECT GUTENBERG")
            {
                return start..<(said.hasSuffix("***") ? end : endOfMark(in: text, from: end))
            }
            start = end < text.endIndex ? text.index(after: end) : end
        }
        return nil
    }

    /// Where a mark ends that goes on in the next line.
    private static func endOfMark(in text: Substring, from end: Substring.Index) -> Substring.Index {
        guard end < text.endIndex else { return end }
        let next = text[text.index(after: end)...].prefix { !$0.isNewline }
        return next.hasSuffix("***") ? next.endIndex : end
    }
}
