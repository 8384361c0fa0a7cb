internal import Platform
internal import Subtitles

extension Book {
    /// What of a book is read.
    public struct ReadingOptions: Hashable, Sendable {
        /// Whether notes are read where they stand; else they are left out, and their marks always.
        public var readsNotes = false

        /// Makes the usual options.
        public init() {}
    }

    /// The most bytes of a book of text.
    static let mostBytes = EncodedText.mostBytes

    /// Reads a book: plain text in any encoding, Markdown, HTML, or EPUB 2 and 3.
    ///
    /// What a file is, its bytes tell; Markdown is known by its name.
    ///
    /// - Throws: `notFound`, `malformedInput`, `unsupported`, `limitExceeded`, and `noText` for a book without a word.
    public init(path: String, _ options: ReadingOptions = ReadingOptions()) throws(BookError) {
        let name = path.bookName
        if try Self.head(of: path).starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            self = try EPUBReader.book(at: path, name: name, readsNotes: options.readsNotes)
        } else {
            let bytes: [UInt8]
            do throws(SystemError) {
                bytes = try OpenFile.contents(of: path, limit: Self.mostBytes)
            } catch {
                throw BookError(error)
            }
            self = try Self.book(bytes, name: name, ending: path.ending, options)
        }
        try complete(path)
    }

    /// Reads a book that is in memory; the ending of a name such as `book.md` tells Markdown.
    public init(bytes: [UInt8], name: String, _ options: ReadingOptions = ReadingOptions()) throws(BookError) {
        if bytes.starts(with: [0x50, 0x4B, 0x03, 0x04]) {
            // A container is read from its end.
            let file = try Self.kept(bytes)
            self = try EPUBReader.book(at: file.path, name: name.bookName, readsNotes: options.readsNotes)
            _ = consume file
        } else {
            self = try Self.book(bytes, name: name.bookName, ending: name.ending, options)
        }
        try complete(name)
    }

    private static func kept(_ bytes: [UInt8]) throws(BookError) -> TemporaryFile {
        do throws(SystemError) {
            return try TemporaryFile.holding(bytes.span, suffix: ".epub")
        } catch {
            throw BookError(error)
        }
    }

    private static func head(of path: String) throws(BookError) -> [UInt8] {
        do throws(SystemError) {
            return try OpenFile(reading: path).bytes(from: 0, count: 4)
        } catch {
            throw BookError(error)
        }
    }

    private static func book(
        _ bytes: [UInt8], name: String, ending: String, _ options: ReadingOptions
    ) throws(BookError) -> Book {
        try refuseOthers(bytes, name)
        let text = try decoded(bytes)
        if ["md", "markdown", "mkd"].contains(ending) {
            return MarkdownReader.book(text, name: name, readsNotes: options.readsNotes)
        }
        let head = text.prefix(1_024).drop(while: \.isWhitespace).lowercased()
        let isPage = head.hasPrefix("<") && (head.contains("<html") || head.contains("<!doctype html"))
        guard isPage || ["html", "htm", "xhtml"].contains(ending) else { return TextReader.book(text, name: name) }
        let page = try PageReader.page(text, name: name, readsNotes: options.readsNotes)
        var book = Book(title: page.title.isEmpty ? name : page.title, chapters: [])
        book.authors = page.author.map { [$0] } ?? []
        book.language = page.language
        book.chapters = ChapterList.chapters(of: page.blocks.map(\.paragraph), title: book.title)
        return book
    }

    /// Files of programs that are no text, however they are read.
    private static func refuseOthers(_ bytes: [UInt8], _ name: String) throws(BookError) {
        let kinds: [(String, Int, String)] = [
            ("PDF", 0, "%PDF"), ("RTF", 0, "{\\rtf"), ("MOBI", 60, "BOOKMOBI"), ("zip", 0, "PK\u{5}\u{6}"),
        ]
        for (kind, place, mark) in kinds where bytes.dropFirst(place).starts(with: Array(mark.utf8)) {
            throw BookError(
                .unsupported, "\(name) is a file of the kind \(kind), which is not read here",
                remedy: "an EPUB or a text of it; ebook-convert of calibre makes one")
        }
    }

    private mutating func complete(_ name: String) throws(BookError) {
        chapters = chapters.filter { $0.paragraphs.contains { $0.text.contains { $0.isLetter || $0.isNumber } } }
        guard !chapters.isEmpty else { throw BookError(.noText, "\(name) has no text to read aloud") }
        if chapters.allSatisfy(\.isApart) { for index in chapters.indices { chapters[index].isApart = false } }
        for (number, index) in chapters.indices.filter({ !chapters[$0].isApart }).enumerated() {
            chapters[index].number = number + 1
        }
        if language?.lowercased() == "und" { language = nil }
        language = language.map { String($0.prefix { $0 != "_" }) } ?? WrittenLanguage.guess(of: sample)
    }

    /// Enough of the text to tell its language.
    private var sample: String {
        var sample = ""
        for paragraph in chapters.lazy.flatMap(\.paragraphs) where sample.utf8.count < 20_000 {
            sample += paragraph.text + " "
        }
        return sample
    }
}

extension String {
    /// The name of a file without its folder and its ending.
    fileprivate var bookName: String {
        let name = split(separator: "/").last ?? "book"
        let stem = name.lastIndex(of: ".").map { name[..<$0] } ?? name
        return stem.isEmpty || stem == "-" ? "book" : String(stem)
    }

    fileprivate var ending: String {
        let name = split(separator: "/").last ?? ""
        return name.lastIndex(of: ".").map { name[name.index(after: $0)...].lowercased() } ?? ""
    }
}
