import AudioCore
import TestSupport

@testable import Audiobooks

/// An EPUB that a test makes of a few files.
struct MadeBook {
    var files: [(name: String, text: String)] = []

    static let container = """
        <?xml version="1.0"?>
        <container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
        <rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>
        """

    /// A book of pages, each with the items that its manifest and its spine have besides.
    init(pages: [(String, String)], metadata: String = "<dc:title>T</dc:title>", items: String = "", spine: String = "")
    {
        let manifest = pages.map { #"<item id="\#($0.0)" href="\#($0.0).xhtml" media-type="application/xhtml+xml"/>"# }
        let order = pages.map { #"<itemref idref="\#($0.0)"/>"# }
        let package = """
            <package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="i">
            <metadata xmlns:dc="http://purl.org/dc/elements/1.1/">\(metadata)</metadata>
            <manifest>\(manifest.joined())\(items)</manifest><spine toc="ncx">\(order.joined())\(spine)</spine></package>
            """
        files = [("META-INF/container.xml", Self.container), ("OPS/book.opf", package)]
        files += pages.map {
            ("OPS/\($0.0).xhtml", "<html xmlns:epub=\"http://www.idpf.org/2007/ops\"><body>\($0.1)</body></html>")
        }
    }

    /// Writes it.
    func write(to path: String) throws {
        var zip = try ZipWriter(path)
        try zip.add("application/epub+zip", as: "mimetype")
        for (name, text) in files { try zip.add(text, as: name) }
        try zip.finish()
    }

    /// Reads it back.
    func read(in folder: borrowing ScratchFolder, readsNotes: Bool = false) throws -> Book {
        try write(to: folder.file("book.epub"))
        var options = Book.ReadingOptions()
        options.readsNotes = readsNotes
        return try Book(path: folder.file("book.epub"), options)
    }
}

extension Book {
    /// The paragraphs of all chapters, with what they are.
    var lines: [String] { chapters.flatMap { $0.paragraphs.map(\.text) } }

    /// A book of text, as a file of a name would have it.
    init(_ text: String, name: String = "book.txt") throws { try self.init(bytes: Array(text.utf8), name: name) }
}
