/// Reads the text of a page of HTML: its paragraphs, and where links to it lead.
struct PageReader {
    /// What a page holds.
    struct Page {
        var title = ""
        var author: String?
        var language: String?
        var blocks: [Block] = []
        /// Whether all of it is about the book rather than of it.
        var isApart: Bool { !blocks.isEmpty && blocks.allSatisfy(\.isApart) }
    }

    /// A paragraph, with the names of places at its beginning.
    struct Block {
        var paragraph: Paragraph
        var anchors: [String] = []
        /// Whether it is about the book rather than of it.
        var isApart = false
    }

    private let readsNotes: Bool
    private var page = Page()
    private var open: [OpenElement] = []
    private var text = RunBuilder()
    private var anchors: [String] = []
    private var titleText = ""

    /// An element that has not ended, and what follows from it.
    private struct OpenElement {
        let name: String
        var isSkipped: Bool
        var isEmphasized: Bool
        var isApart: Bool
        /// Whether what is in it may be the mark of a note by its place or its names.
        var isRaised: Bool
        /// Whether it lies in a cell of a table.
        let isInCell: Bool
        var kind: Paragraph.Kind
        /// Where the text of a link began that may be the mark of a note.
        var noteMark: Int?
    }

    private init(readsNotes: Bool) { self.readsNotes = readsNotes }

    /// Reads the text of a page; notes are left out unless somebody wants them.
    static func page(_ text: String, name: String, readsNotes: Bool) throws(BookError) -> Page {
        var reader = PageReader(readsNotes: readsNotes)
        for event in try Markup.html(text, name: name) { reader.read(event) }
        reader.endParagraph()
        reader.page.title = reader.titleText.squeezed
        return reader.page
    }

    private mutating func read(_ event: MarkupEvent) {
        switch event {
        case .open(let element): begin(element)
        case .text(let written): add(written)
        case .close: end()
        }
    }

    private var isSkipping: Bool { open.last?.isSkipped ?? false }

    private mutating func add(_ written: String) {
        if open.last?.name == "title" { titleText += written }
        guard !isSkipping else { return }
        text.add(written, isEmphasized: open.last?.isEmphasized ?? false)
    }
}

// MARK: - Elements

extension PageReader {
    private mutating func begin(_ element: MarkupEvent.Element) {
        let types = element.types
        note(element, types)
        if Self.blocks.contains(element.name), !staysInCell(element.name) { endParagraph() }
        if !isSkipping { anchors += ["id", "name"].compactMap { element.attributes[$0] } }
        switch element.name {
        case "br": endLine()
        case "hr" where !isSkipping: append(.sceneBreak)
        case "td", "th": text.separate()
        default: break
        }
        if element.name == "sup" {
            // A link may be raised by what is in it.
            for index in open.indices where open[index].noteMark != nil { open[index].isRaised = true }
        }
        let parent = open.last
        open.append(
            OpenElement(
                name: element.name, isSkipped: parent?.isSkipped == true || isSkipped(element, types),
                isEmphasized: parent?.isEmphasized == true || Self.emphasis.contains(element.name),
                isApart: parent?.isApart == true || !types.isDisjoint(with: Self.apart),
                isRaised: parent?.isRaised == true || element.isRaised,
                isInCell: parent?.isInCell == true || ["td", "th"].contains(element.name),
                kind: kind(of: element.name, within: parent?.kind ?? .text),
                noteMark: element.attributes["href"]?.contains("#") == true ? text.count : nil))
    }

    private mutating func end() {
        guard let element = open.popLast() else { return }
        if let start = element.noteMark, text.count - start <= 8, isNoteMark(text.text(from: start), in: element) {
            text.cut(to: start)
        }
        guard Self.blocks.contains(element.name) else { return }
        if staysInCell(element.name) { return text.add(" ", isEmphasized: false) }
        endParagraph(as: element.kind, isApart: element.isApart)
    }

    /// Whether a block is a part of a row that is read in one: the paragraphs of tables that hold whole pages are not.
    private func staysInCell(_ name: String) -> Bool {
        (name == "p" || name == "div") && open.last?.isInCell == true && text.count <= Self.longestRow
    }

    private static let longestRow = 200

    /// Whether the text of a link is the mark of a note: one in brackets or a star, or a number that is raised or named so.
    private func isNoteMark(_ text: String, in element: OpenElement) -> Bool {
        if case .heading = element.kind { return false }
        var mark = text.filter { !$0.isWhitespace }[...]
        let isClosed = mark.first.map { "[［(（〔【".contains($0) } ?? false
        if isClosed { mark = mark.dropFirst().dropLast() }
        if mark.first == "注" || mark.first == "註" { mark = mark.dropFirst() }
        if !mark.isEmpty, mark.allSatisfy({ "*†‡§¶↩".contains($0) }) { return true }
        return (isClosed || element.isRaised) && (1...4).contains(mark.count) && mark.allSatisfy(\.isNumber)
    }

    /// What the page says about itself.
    private mutating func note(_ element: MarkupEvent.Element, _ types: Set<String>) {
        switch element.name {
        case "html", "body":
            page.language = page.language ?? element.attributes["xml:lang"] ?? element.attributes["lang"]
        case "meta" where element.attributes["name"]?.lowercased() == "author":
            page.author = element.attributes["content"]
        default: break
        }
    }

    private func isSkipped(_ element: MarkupEvent.Element, _ types: Set<String>) -> Bool {
        if Self.silent.contains(element.name) || element.isHidden { return true }
        if types.contains("noteref") || types.contains("pagebreak") || types.contains("backlink") { return true }
        guard !readsNotes else { return false }
        let isNote = !types.isDisjoint(with: Self.notes)
        let looksSo =
            Self.blocks.contains(element.name)
            && element.classes.contains { $0.hasPrefix("footnote") || $0.hasPrefix("endnote") }
        return isNote || looksSo
    }

    private func kind(of name: String, within kind: Paragraph.Kind) -> Paragraph.Kind {
        switch name {
        case "h1", "h2", "h3", "h4", "h5", "h6": .heading(level: Int(name.dropFirst()) ?? 1)
        case "li", "dt", "dd", "tr": .item
        case "body", "table": .text
        default: kind
        }
    }

    private mutating func endLine() {
        guard !isSkipping, !text.isEmpty else { return }
        // A heading on two lines is one heading.
        if case .heading = open.last?.kind { return text.add(" ", isEmphasized: false) }
        endParagraph(as: text.columns <= 60 ? .verse : .text)
    }

    private mutating func endParagraph(as kind: Paragraph.Kind? = nil, isApart: Bool? = nil) {
        let runs = text.take()
        guard let paragraph = Paragraph(cleaning: runs, as: kind ?? open.last?.kind ?? .text) else { return }
        append(paragraph, isApart: isApart)
    }

    private mutating func append(_ paragraph: Paragraph, isApart: Bool? = nil) {
        page.blocks.append(
            Block(paragraph: paragraph, anchors: anchors, isApart: isApart ?? open.last?.isApart ?? false))
        anchors = []
    }

    private static let blocks: Set<String> = [
        "address", "article", "aside", "blockquote", "body", "button", "caption", "dd", "details", "div", "dl", "dt",
        "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
        "label",
        "legend", "li", "main", "nav", "ol", "option", "p", "pre", "section", "summary", "table", "tr", "ul",
    ]
    private static let emphasis: Set<String> = ["em", "strong", "i", "b"]
    /// What nobody reads aloud; the small signs beside characters that tell how they are read are not said twice.
    private static let silent: Set<String> = [
        "head", "script", "style", "svg", "math", "pre", "rt", "rp", "audio", "video", "object", "iframe", "template",
    ]
    private static let notes: Set<String> = [
        "footnote", "footnotes", "endnote", "endnotes", "rearnote", "rearnotes",
    ]
    private static let apart: Set<String> = [
        "cover", "titlepage", "halftitlepage", "toc", "landmarks", "loi", "lot", "index", "copyright-page", "imprint",
        "colophon", "bibliography",
    ]
}

extension MarkupEvent.Element {
    /// The classes, in small letters.
    fileprivate var classes: [String] {
        attributes["class"]?.lowercased().split(whereSeparator: \.isWhitespace).map(String.init) ?? []
    }

    /// Whether a browser shows nothing of it, or nobody should be told of it; numbers of pages are read by nobody.
    fileprivate var isHidden: Bool {
        if attributes["hidden"] != nil || attributes["aria-hidden"]?.lowercased() == "true" { return true }
        if attributes["style"]?.lowercased().filter({ !$0.isWhitespace }).contains("display:none") == true {
            return true
        }
        return classes.contains { ["pagenum", "pageno", "pagenumber", "page-number"].contains($0) }
    }

    /// Whether a number in it is the mark of a note: it is raised, or a name tells it.
    fileprivate var isRaised: Bool {
        if name == "sup" { return true }
        let names = classes + ["id", "href"].compactMap { attributes[$0]?.lowercased() }
        return names.contains { $0.contains("note") || $0.contains("fn") }
    }

    /// What an element is, by the words of EPUB and those of accessibility.
    var types: Set<String> {
        let types = attributes["epub:type"]?.split(whereSeparator: \.isWhitespace).map { $0.lowercased() } ?? []
        let roles = attributes["role"]?.split(whereSeparator: \.isWhitespace).map { $0.lowercased() } ?? []
        return Set(types + roles.map { $0.hasPrefix("doc-") ? String($0.dropFirst(4)) : $0 })
    }
}
