public import AudioCore
internal import Jobs
internal import Platform

/// Makes an EPUB 3 whose text lights up sentence by sentence as it is read aloud (media overlays).
public struct OverlayMaker {
    private let book: Book
    private let narration: Narration
    private let recording: Recording
    private let mastering: Mastering

    /// Makes one for a narration of the chapters of a book.
    public init(_ book: Book, _ narration: Narration, in recording: Recording, _ mastering: Mastering) {
        (self.book, self.narration, self.recording, self.mastering) = (book, narration, recording, mastering)
    }

    /// Writes the file; every chapter is a page of text and a file of sound.
    ///
    /// It is made in the folder of the recording, whose remains the next run removes, and moved then.
    public func make(at path: String) async throws(AudioError) {
        let made = recording.folder + "/made.epub"
        var zip = try ZipWriter(made)
        try zip.add("application/epub+zip", as: "mimetype")
        try zip.add(OverlayPackage.container, as: "META-INF/container.xml")
        let pages = pages
        let package = OverlayPackage(book: book, pages: pages)
        try zip.add(package.document, as: "EPUB/package.opf")
        try zip.add(package.navigation, as: "EPUB/nav.xhtml")
        try zip.add(OverlayPackage.style, as: "EPUB/style.css")
        if let cover = book.cover { try zip.add(cover.bytes, as: "EPUB/\(package.coverName(cover))") }
        for page in pages {
            try zip.add(page.text, as: "EPUB/text/\(page.name).xhtml")
            guard page.hasSound else { continue }
            try zip.add(page.times, as: "EPUB/text/\(page.name).smil")
            let sound = "\(recording.folder)/\(page.name).mp3"
            try await recording.write(
                narration, page.frames, mastering, to: sound, OutputSettings(kind: .mp3, bitrate: 64_000))
            try zip.add(file: sound, as: "EPUB/audio/\(page.name).mp3")
            try withAudioErrors { () throws(SystemError) in try OpenFile.remove(sound) }
        }
        try zip.finish()
        try withAudioErrors { () throws(SystemError) in try OutputFile.move(made, to: path) }
    }

    private var pages: [OverlayPage] {
        BookPart.chapters(narration, of: book, in: "").enumerated().map { index, part in
            let number = String(index + 1)
            return OverlayPage(
                chapter: book.chapters[index], sentences: narration.sentences.filter { $0.chapter == index },
                frames: part.frames, rate: narration.format.rate, language: book.language ?? "und",
                name: "ch" + String(repeating: "0", count: max(3 - number.count, 0)) + number)
        }
    }
}

/// The documents of an EPUB that hold it together.
struct OverlayPackage {
    let book: Book
    let pages: [OverlayPage]

    static let container = """
        <?xml version="1.0" encoding="UTF-8"?>
        <container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
        <rootfiles><rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/></rootfiles>
        </container>

        """

    static let style = """
        body { line-height: 1.6; margin: 0 5%; }
        h1, h2, h3 { line-height: 1.3; text-align: center; margin: 2em 0 1em; }
        p { margin: 0 0 0.6em; text-indent: 1.5em; }
        p.verse { margin: 0 0 0 2em; text-indent: 0; }
        p.item { margin-left: 1.5em; text-indent: 0; }
        hr { border: 0; margin: 2em 0; text-align: center; }
        hr::after { content: "* * *"; }
        .-epub-media-overlay-active { background: #ffe9a8; color: #000; }

        """

    func coverName(_ cover: CoverPicture) -> String { cover.mediaType == "image/png" ? "cover.png" : "cover.jpg" }

    /// The table of contents.
    var navigation: String {
        let language = (book.language ?? "und").xml
        let lines = pages.map { "<li><a href=\"text/\($0.name).xhtml\">\($0.chapter.title.xml)</a></li>\n" }.joined()
        return """
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE html>
            <html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="\(language)" \
            xml:lang="\(language)">
            <head><meta charset="utf-8"/><title>\(book.title.xml)</title></head>
            <body><nav epub:type="toc" id="toc"><ol>
            \(lines)</ol></nav></body>
            </html>

            """
    }

    /// The package document.
    var document: String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="\((book.language ?? "und").xml)">
        <metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
        \(metadata)</metadata>
        <manifest>
        \(manifest)</manifest>
        <spine>
        \(pages.map { "<itemref idref=\"\($0.name)\"/>\n" }.joined())</spine>
        </package>

        """
    }

    private var metadata: String {
        let facts: [(String, String?)] =
            [("title", book.title)] + book.authors.map { ("creator", $0) }
            + [
                ("language", book.language ?? "und"), ("publisher", book.publisher), ("date", book.date),
                ("description", book.summary),
            ]
        var text = "<dc:identifier id=\"id\">\(identifier)</dc:identifier>\n"
        for (name, value) in facts { if let value { text += "<dc:\(name)>\(value.xml)</dc:\(name)>\n" } }
        // No hour of ours goes into the file.
        text += "<meta property=\"dcterms:modified\">2000-01-01T00:00:00Z</meta>\n"
        for page in pages where page.hasSound {
            text +=
                "<meta property=\"media:duration\" refines=\"#\(page.name)-times\">\(page.duration.secondsText)</meta>\n"
        }
        let total = pages.reduce(0) { $0 + $1.duration }
        text += "<meta property=\"media:duration\">\(total.secondsText)</meta>\n"
        text += "<meta property=\"media:active-class\">-epub-media-overlay-active</meta>\n"
        for mode in ["textual", "auditory"] { text += "<meta property=\"schema:accessMode\">\(mode)</meta>\n" }
        return text + "<meta property=\"schema:accessibilityFeature\">synchronizedAudioText</meta>\n"
    }

    private var manifest: String {
        var text = """
            <item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
            <item id="style" href="style.css" media-type="text/css"/>

            """
        if let cover = book.cover {
            text +=
                "<item id=\"cover\" href=\"\(coverName(cover))\" media-type=\"\(cover.mediaType)\" properties=\"cover-image\"/>\n"
        }
        for page in pages {
            let overlay = page.hasSound ? " media-overlay=\"\(page.name)-times\"" : ""
            text +=
                "<item id=\"\(page.name)\" href=\"text/\(page.name).xhtml\" media-type=\"application/xhtml+xml\"\(overlay)/>\n"
            guard page.hasSound else { continue }
            text += """
                <item id="\(page.name)-times" href="text/\(page.name).smil" media-type="application/smil+xml"/>
                <item id="\(page.name)-sound" href="audio/\(page.name).mp3" media-type="audio/mpeg"/>

                """
        }
        return text
    }

    /// A number that belongs to this text and no other.
    private var identifier: String {
        let texts = pages.flatMap { page in page.sentences.map(\.text) }
        let digest = Array(JobKey([book.title] + texts, [UInt8]().span).text.prefix(32))
        // Version 8 of the numbers is for digests of one's own.
        let parts = [digest[0..<8], digest[8..<12], ["8"] + digest[13..<16], ["a"] + digest[17..<20], digest[20..<32]]
        return "urn:uuid:" + parts.map { String($0) }.joined(separator: "-")
    }
}
