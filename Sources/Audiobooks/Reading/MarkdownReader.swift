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
    /// Whether the last paragraph was one of a note.
    private var wasNote = false
    /// What ends the code that is open.
    private var fence: String?
    /// The lines of that code: it is text when nothing ends it.
    private var fenced: [Substring] = []
    /// Whether code is taken for text, since its end was missing once.
    private var readsCode = false
    /// Whether the last line was a row of a table.
    private var isInTable = false

    /// Reads a book whose name is all that is known when the text tells no more.
    static func book(_ text: String, name: String, readsNotes: Bool) -> Book {
        var reader = MarkdownReader(readsNotes: readsNotes)
        let (facts, body) = FrontMatter.split(text)
        // Scripts and comments may have blank lines in them, and belong to no paragraph.
        let seen = String(decoding: TagScan.withoutHidden(Array(body.utf8)), as: UTF8.self)
        for line in seen.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) { reader.read(line) }
        reader.finish()
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
            let isEnd = text.hasPrefix(fence) && text.allSatisfy { $0 == fence.first || $0.isWhitespace }
            if isEnd { (self.fence, fenced) = (nil, []) } else { fenced.append(line) }
        } else if !readsCode, let mark = Self.fence(text) {
            close()
            fence = mark
        } else if text.allSatisfy(\.isWhitespace) {
            isInTable = false
            close()
        } else if line.hasPrefix("    ") || line.hasPrefix("\t"), open.isEmpty, !Self.isItem(text), !isAfterItem {
            return  // Code, by its indent.
        } else {
            let said = String(text.drop { $0 == ">" || $0 == " " })
            if text.first == ">", said.isEmpty { return close() }
            read(said)
        }
    }

    /// Whether an indented line goes on with a point of a list, or with a note.
    private var isAfterItem: Bool { paragraphs.last?.kind == .item || wasNote }

    private mutating func read(_ line: String) {
        if let (level, title) = Self.heading(line) {
            close()
            add(title, as: .heading(level: level))
        } else if !open.isEmpty, kind == .text, let level = Self.underline(line) {
            kind = .heading(level: level)
            close()
        } else if Self.isRule(line) {
            close()
            paragraphs.append(.sceneBreak)
        } else if let match = line.prefixMatch(of: /\[\^[^\]]+\]:\s*/) {
            close()
            isNote = true
            open.append(String(line[match.range.upperBound...]))
        } else if Self.isAddress(line) {
            close()
        } else if Self.isItem(line[...]), mayBegin(line),
            let match = line.prefixMatch(of: /(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?/)
        {
            close()
            kind = .item
            open.append(String(line[match.range.upperBound...]))
        } else if Self.isBelowHeader(line), open.count == 1, open[0].contains("|") {
            // The line before it was no text.
            addRow(open.removeLast())
            isInTable = true
        } else if line.first == "|"
            || line.contains("|") && (isInTable || open.isEmpty && line.count(where: { $0 == "|" }) > 1)
        {
            close()
            addRow(line)
            isInTable = true
        } else {
            open.append(line)
        }
    }

    /// The level of a heading and its text, without the signs around it.
    private static func heading(_ line: String) -> (Int, String)? {
        let level = line.prefix { $0 == "#" }.count
        var title = line.dropFirst(level)
        guard (1...6).contains(level), title.first?.isWhitespace ?? true else { return nil }
        while let last = title.last, last.isWhitespace { title.removeLast() }
        while title.last == "#" { title.removeLast() }
        return (level, title.squeezed)
    }

    /// Whether a line is a row of three stars, dashes or low lines at least.
    private static func isRule(_ line: String) -> Bool {
        let signs = line.filter { !$0.isWhitespace }
        return signs.count >= 3 && Set(signs).count == 1 && "*-_".contains(signs.first ?? " ")
    }

    /// What opens a block of code: signs behind which there are none of them.
    private static func fence(_ line: Substring) -> String? {
        guard let sign = line.first, sign == "`" || sign == "~" else { return nil }
        let mark = line.prefix { $0 == sign }
        return mark.count >= 3 && !line.dropFirst(mark.count).contains(sign) ? String(mark) : nil
    }

    /// Whether a line tells where a link leads: `[name]: address`.
    private static func isAddress(_ line: String) -> Bool {
        line.first == "[" && line.dropFirst().first != "^" && line.utf8.count < 2_000
            && line.prefixMatch(of: /\[[^\[\]]{1,200}\]:\s*\S+/) != nil
    }

    /// Within a paragraph only the first point of a list begins one: a year may stand at the beginning of a line.
    private func mayBegin(_ item: String) -> Bool {
        open.isEmpty || kind == .item || item.first?.isNumber != true || item.hasPrefix("1.") || item.hasPrefix("1)")
    }

    private static func isItem(_ line: Substring) -> Bool {
        line.prefixMatch(of: /(?:[-*+]|\d{1,9}[.)])\s/) != nil
    }

    private static func underline(_ line: String) -> Int? {
        let signs = Set(line.filter { !$0.isWhitespace })
        guard line.count > 1 else { return nil }
        return signs == ["="] ? 1 : signs == ["-"] ? 2 : nil
    }

    /// Whether a line parts the head of a table from its rows.
    private static func isBelowHeader(_ line: String) -> Bool {
        line.contains("|") && line.contains("-") && line.allSatisfy { "|-: ".contains($0) }
    }

    /// A row of a table: its cells one after the other.
    private mutating func addRow(_ line: String) {
        guard line.contains(where: { !"|-: ".contains($0) }) else { return }
        let cells = line.split(separator: "|").map(\.squeezed).filter { !$0.isEmpty }
        add(cells.joined(separator: cells.first?.last?.isWide == true ? "，" : ", "), as: .item)
    }

    /// Ends the last paragraph; code without an end is read as text, since all the rest of a book would else be missing.
    private mutating func finish() {
        if fence != nil {
            let lines = fenced
            (fence, fenced, readsCode) = (nil, [], true)
            for line in lines { read(line) }
        }
        close()
    }

    private mutating func close() {
        let lines = open
        open = []
        let kind = kind
        self.kind = .text
        let isNote = isNote
        self.isNote = false
        if !lines.isEmpty { wasNote = isNote || wasNote && lines[0].first?.isWhitespace == true }
        guard let first = lines.first, !isNote || readsNotes else { return }
        var text = first
        for line in lines.dropFirst() {
            // A sign at the end of a line breaks it; read aloud, it goes on.
            if text.last == "\\" { text.removeLast() }
            text.appendLine(line.squeezed)
        }
        add(text, as: kind)
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
        let second = text.drop { !$0.isNewline }.dropFirst().prefix { !$0.isNewline }
        guard second.prefixMatch(of: /[A-Za-z][A-Za-z0-9_ -]{0,40}:(?:\s|$)/) != nil else { return ([:], text) }
        guard
            let match = text.prefixMatch(
                of: /---[ \t]{0,9}\n((?:[^\n]{0,1000}\n){0,100}?)(?:---|\.\.\.)[ \t]{0,9}(?:\n|$)/)
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
