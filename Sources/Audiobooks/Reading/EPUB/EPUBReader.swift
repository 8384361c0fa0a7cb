internal import AudioCore
internal import Subtitles

/// Reads an EPUB, version 2 or 3: its package, its table of contents, and its pages in reading order.
struct EPUBReader {
    private let container: ZipContainer
    private let package: Package
    private let readsNotes: Bool

    /// Reads a book; its name is all that is known when it tells no title.
    static func book(at path: String, name: String, readsNotes: Bool) throws(BookError) -> Book {
        let reader = try EPUBReader(path, readsNotes: readsNotes)
        var book = Book(title: reader.package.title ?? name, chapters: [])
        book.authors = reader.package.authorNames
        book.language = reader.package.languages.first
        book.publisher = reader.package.publisher
        book.date = reader.package.date
        book.summary = try reader.package.summary.map { text throws(BookError) in try Self.plain(text) }
        if let item = reader.package.cover, let bytes = try? reader.container.file(item.path) {
            // A cover of another kind, such as a drawing, or a broken one is no reason to refuse the book.
            book.cover = try? CoverPicture(bytes: bytes)
        }
        book.chapters = try reader.chapters(of: book.title)
        return book
    }

    private init(_ path: String, readsNotes: Bool) throws(BookError) {
        container = try ZipContainer(path)
        self.readsNotes = readsNotes
        let meta = try container.files([Self.containerName, Self.encryptionName])
        guard let root = meta[Self.containerName] else {
            throw BookError(.malformedInput, "\(path) is no EPUB: it has no \(Self.containerName)")
        }
        try Self.refuseLocked(meta[Self.encryptionName], path)
        guard let place = try Self.packagePath(root), let bytes = try container.file(place) else {
            throw BookError(.malformedInput, "\(path) names no package document that is there")
        }
        package = try Package(bytes, at: place)
    }

    private static let containerName = "META-INF/container.xml"
    private static let encryptionName = "META-INF/encryption.xml"

    /// The first package document that is named: the others are renderings of the same book.
    private static func packagePath(_ bytes: [UInt8]) throws(BookError) -> String? {
        for case .open(let element) in try Markup.xml(bytes, name: containerName) where element.name == "rootfile" {
            if let path = element.attributes["full-path"].flatMap({ ContainerPath($0, from: "") })?.path { return path }
        }
        return nil
    }

    /// Fonts that are scrambled do not matter here; text that is cannot be read.
    private static func refuseLocked(_ bytes: [UInt8]?, _ path: String) throws(BookError) {
        guard let bytes else { return }
        for case .open(let element) in try Markup.xml(bytes, name: encryptionName)
        where element.name == "EncryptionMethod" {
            let method = element.attributes["Algorithm"] ?? ""
            guard method.contains("idpf.org/2008/embedding") || method.contains("ns.adobe.com/pdf/enc#RC") else {
                throw BookError(
                    .unsupported, "\(path) is locked by its seller (DRM)", remedy: "a copy without a lock can be read")
            }
        }
    }

    /// A description often has tags in its text.
    private static func plain(_ text: String) throws(BookError) -> String {
        guard text.contains("<") else { return text }
        let page = try PageReader.page(text, name: "the description", readsNotes: false)
        return page.blocks.map(\.paragraph.text).joined(separator: " ")
    }
}

// MARK: - Chapters

extension EPUBReader {
    /// A page in reading order.
    private struct SpinePage {
        let path: String
        let page: PageReader.Page
    }

    private func chapters(of title: String) throws(BookError) -> [Chapter] {
        let contents = try contents().chapters
        let pages = try pages()
        if contents.isEmpty, pages.count == 1 {
            return ChapterList.chapters(of: pages[0].page.blocks.map(\.paragraph), title: title)
        }
        var chapters: [Chapter] = []
        for page in pages {
            let entries = contents.filter { $0.place.path == page.path }
            add(page, entries, knowsOthers: !contents.isEmpty, to: &chapters, bookTitle: title)
        }
        return joined(chapters)
    }

    private func pages() throws(BookError) -> [SpinePage] {
        var seen: Set<String> = []
        let items = package.spine.filter {
            $0.isPage && !$0.properties.contains("nav") && seen.insert($0.path).inserted
        }
        guard !items.isEmpty else { throw BookError(.noText, "the book has no pages in reading order") }
        let files = try container.files(Set(items.map(\.path)))
        var pages: [SpinePage] = []
        for item in items {
            guard let bytes = files[item.path] else {
                throw BookError(.malformedInput, "the book names a page that it does not have: \(item.path)")
            }
            let text = try decoded(bytes)
            pages.append(
                SpinePage(
                    path: item.path, page: try PageReader.page(text, name: item.path, readsNotes: readsNotes)))
        }
        return pages
    }

    private func contents() throws(BookError) -> Contents {
        if let item = package.navigation, let bytes = try container.file(item.path) {
            // A list that is broken is no reason to refuse the book: its headings tell the chapters too.
            if let contents = try? Contents(navigation: bytes, at: item.path), !contents.entries.isEmpty {
                return contents
            }
        }
        guard let item = package.contents, let bytes = try container.file(item.path) else { return Contents() }
        return (try? Contents(ncx: bytes, at: item.path)) ?? Contents()
    }

    /// Adds what a page has: it begins chapters where the table of contents says so, and else goes on with the last.
    private func add(
        _ page: SpinePage, _ entries: [Contents.Entry], knowsOthers: Bool, to chapters: inout [Chapter],
        bookTitle: String
    ) {
        var starts: [Int: String] = [:]
        let places = entries.isEmpty ? [:] : page.page.places
        for entry in entries {
            // A name that is not there is no place, unless it is all that is known of the page.
            let index = entry.place.fragment.map { places[$0] } ?? 0
            guard let index = index ?? (starts.isEmpty ? 0 : nil) else { continue }
            if starts[index] == nil { starts[index] = entry.title }
        }
        if entries.isEmpty, !knowsOthers || chapters.isEmpty || page.page.isApart {
            let heading = page.page.blocks.first { $0.paragraph.headingLevel != nil }?.paragraph.text
            let named = [heading, page.page.title].compactMap(\.self).first { !$0.isEmpty }
            starts[0] = named?.squeezed ?? bookTitle
        }
        for (index, block) in page.page.blocks.enumerated() {
            if let title = starts[index] {
                var chapter = Chapter(title: title, paragraphs: [])
                chapter.isApart = page.page.isApart
                chapters.append(chapter)
            } else if chapters.isEmpty {
                chapters.append(Chapter(title: bookTitle, paragraphs: []))
            }
            chapters[chapters.count - 1].paragraphs.append(block.paragraph)
        }
    }

    /// A page with nothing but a heading belongs to the chapter behind it, and every chapter says its title.
    private func joined(_ chapters: [Chapter]) -> [Chapter] {
        var made: [Chapter] = []
        var opening: [Paragraph] = []
        for chapter in chapters {
            guard chapter.hasText || chapter.isApart else {
                opening += chapter.paragraphs
                continue
            }
            var chapter = chapter
            if !chapter.isApart {
                chapter.paragraphs = opening + chapter.announced.paragraphs
                opening = []
            }
            made.append(chapter)
        }
        if made.isEmpty, !opening.isEmpty { made = [Chapter(title: opening[0].text, paragraphs: [])] }
        if let last = made.indices.last { made[last].paragraphs += opening }
        return made
    }
}

extension Chapter {
    /// The chapter with its title for a heading, where it has none and does not begin with its title.
    fileprivate var announced: Chapter {
        guard paragraphs.first?.headingLevel == nil else { return self }
        let letters = { (text: String) in text.lowercased().filter { $0.isLetter || $0.isNumber } }
        let title = letters(title)
        let isSaid = paragraphs.prefix(3).contains { paragraph in
            let text = letters(paragraph.text)
            // A short title is in many texts.
            return text == title || title.count > 4 && text.contains(title)
        }
        guard !title.isEmpty, !isSaid else { return self }
        var chapter = self
        chapter.paragraphs.insert(Paragraph(.heading(level: 1), self.title), at: 0)
        return chapter
    }
}

extension PageReader.Page {
    /// The number of the paragraph at each name.
    fileprivate var places: [String: Int] {
        var places: [String: Int] = [:]
        for (index, block) in blocks.enumerated() {
            for name in block.anchors where places[name] == nil { places[name] = index }
        }
        return places
    }
}

extension Contents {
    /// None.
    init() {}
}

/// Text of bytes in whatever encoding they are.
func decoded(_ bytes: [UInt8]) throws(BookError) -> String {
    do throws(SubtitleError) {
        return try EncodedText.decode(bytes).unixLines
    } catch {
        throw BookError(error)
    }
}

extension String {
    /// The text with one sign at the end of each line.
    fileprivate var unixLines: String {
        utf8.contains(0x0D) ? replacing("\r\n", with: "\n").replacing("\r", with: "\n") : self
    }
}
