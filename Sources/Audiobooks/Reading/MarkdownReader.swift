internal import Subtitles

/// Reads Markdown, as far as it is read aloud: headings, paragraphs, lists, quotations and tables.
///
/// Code in blocks and pictures are left out; so are notes, unless somebody wants them.
struct MarkdownReader {
    private let readsNotes: Bool
    private var paragraphs: [Paragraph] = []
    /// The lines of the paragraph that is open, and what it is.
    private var open: [String] = []
    private var kind = Paragraph.Kind.text
    private var isNote = false
    /// What ends the code that is open.
    private var fence: String?

    /// Reads a book whose name is all that is known when the text tells no more.
    static func book(_ text: String, name: String, readsNotes: Bool) -> Book {
        var reader = MarkdownReader(readsNotes: readsNotes)
        let (facts, body) = FrontMatter.split(text)
        for line in body.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) { reader.read(line) }
        reader.close()
        let paragraphs = reader.paragraphs
        let tops = paragraphs.filter { $0.headingLevel == 1 }
        var book = Book(title: facts["title"] ?? (tops.count == 1 ? tops[0].text : name), chapters: [])
        book.authors = (facts["author"] ?? facts["authors"]).map { [$0] } ?? []
        book.language = facts["language"] ?? facts["lang"]
        book.date = facts["date"]
        book.publisher = facts["publisher"]
        book.summary = facts["description"]
        book.chapters = ChapterList.chapters(of: paragraphs, title: book.title)
        return book
    }

    private init(readsNotes: Bool) { self.readsNotes = readsNotes }

    private mutating func read(_ line: Substring) {
        let text = line.drop(while: \.isWhitespace)
        if let fence {
            if text.hasPrefix(fence) { self.fence = nil }
        } else if let mark = ["```", "~~~"].first(where: text.hasPrefix) {
            close()
            fence = mark
        } else if text.allSatisfy(\.isWhitespace) {
            close()
        } else if line.hasPrefix("    ") || line.hasPrefix("\t"), open.isEmpty, !Self.isItem(text) {
            return  // Code, by its indent.
        } else {
            read(String(text.drop { $0 == ">" || $0 == " " }), isQuoted: text.first == ">")
        }
    }

    private mutating func read(_ line: String, isQuoted: Bool) {
        if let match = line.prefixMatch(of: /(#{1,6})\s+(.*?)\s*#*\s*$/) {
            close()
            add(String(match.2), as: .heading(level: match.1.count))
        } else if !open.isEmpty, kind == .text, let level = Self.underline(line) {
            kind = .heading(level: level)
            close()
        } else if line.wholeMatch(of: /\s*(?:(?:\*\s*){3,}|(?:-\s*){3,}|(?:_\s*){3,})/) != nil {
            close()
            paragraphs.append(.sceneBreak)
        } else if let match = line.prefixMatch(of: /\[\^[^\]]+\]:\s*/) {
            close()
            isNote = true
            open.append(String(line[match.range.upperBound...]))
        } else if let match = line.prefixMatch(of: /(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?/) {
            close()
            kind = .item
            open.append(String(line[match.range.upperBound...]))
        } else if line.first == "|" || line.filter({ $0 == "|" }).count > 1 {
            close()
            addRow(line)
        } else {
            open.append(line)
        }
    }

    private static func isItem(_ line: Substring) -> Bool {
        line.prefixMatch(of: /(?:[-*+]|\d{1,9}[.)])\s/) != nil
    }

    private static func underline(_ line: String) -> Int? {
        let signs = Set(line.filter { !$0.isWhitespace })
        guard line.count > 1 else { return nil }
        return signs == ["="] ? 1 : signs == ["-"] ? 2 : nil
    }

    /// A row of a table: its cells one after the other.
    private mutating func addRow(_ line: String) {
        guard line.contains(where: { !"|-: ".contains($0) }) else { return }
        let cells = line.split(separator: "|").map(\.squeezed).filter { !$0.isEmpty }
        add(cells.joined(separator: cells.first?.last?.isWide == true ? "，" : ", "), as: .item)
    }

    private mutating func close() {
        let lines = open
        open = []
        let kind = kind
        self.kind = .text
        let isNote = isNote
        self.isNote = false
        guard let first = lines.first, !isNote || readsNotes else { return }
        add(lines.dropFirst().reduce(first) { $0.joinedLine(with: $1.squeezed) }, as: kind)
    }

    private mutating func add(_ text: String, as kind: Paragraph.Kind) {
        var builder = RunBuilder()
        for run in MarkdownInline.runs(of: text) { builder.add(run.text, isEmphasized: run.isEmphasized) }
        if let paragraph = Paragraph(cleaning: builder.take(), as: kind) { paragraphs.append(paragraph) }
    }
}

/// What stands before the text between two rows of dashes: a name and a value on each line.
enum FrontMatter {
    /// The names in small letters with their values, and the text below.
    static func split(_ text: String) -> ([String: String], Substring) {
        let text = text.drop { $0.isNewline }
        guard let match = text.prefixMatch(of: /---[ \t]*\r?\n((?:.*\r?\n){0,200}?)(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/)
        else {
            return ([:], text)
        }
        var facts: [String: String] = [:]
        for line in match.1.split(whereSeparator: \.isNewline) {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, line.first?.isWhitespace == false else { continue }
            let value = parts[1].squeezed.trimming { "\"'[]".contains($0) }
            if !value.isEmpty { facts[parts[0].squeezed.lowercased()] = value }
        }
        return (facts, text[match.range.upperBound...])
    }
}

extension String {
    fileprivate func trimming(_ isMark: (Character) -> Bool) -> String {
        var text = self[...].drop(while: isMark)
        while let last = text.last, isMark(last) { text = text.dropLast() }
        return String(text)
    }
}
