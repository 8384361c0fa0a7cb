import AudioCore
import Foundation
import TestSupport
import Testing

@testable import Audiobooks

@Suite(.tags(.parser)) struct EPUBTests {
    @Test func `chapters are those of the table of contents, in the order of the spine`() throws {
        let folder = ScratchFolder()
        var book = MadeBook(
            pages: [
                ("b", "<h1>Second</h1><p>B.</p>"), ("a", "<p>No heading.</p><h2 id='x'>Part x</h2><p>X.</p>"),
                ("c", "<p>Goes on.</p>"),
            ],
            metadata: """
                <dc:title id="s">Sub</dc:title><dc:title id="m">Main</dc:title>
                <meta refines="#m" property="title-type">main</meta>
                <dc:creator id="e">Ed</dc:creator><meta refines="#e" property="role">edt</meta>
                <dc:creator id="w">Will</dc:creator><meta refines="#w" property="role">aut</meta>
                <dc:language>en-GB</dc:language><dc:description>&lt;p&gt;A &lt;b&gt;book&lt;/b&gt;&lt;/p&gt;</dc:description>
                """,
            items: #"<item id="nav" href="n%20v.xhtml" properties="nav" media-type="application/xhtml+xml"/>"#)
        book.files.append(
            (
                "OPS/n v.xhtml",
                """
                <html xmlns:epub="http://www.idpf.org/2007/ops"><body><nav epub:type="landmarks"><ol><li><a href="b.xhtml">No</a></li></ol>
                </nav><nav epub:type="toc"><ol><li><a href="b.xhtml">The second</a></li><li><a href="a.xhtml">The first</a></li>
                <li><a href="a.xhtml#x">At x</a></li></ol></nav></body></html>
                """
            ))
        let read = try book.read(in: folder)
        #expect(
            read.title == "Main" && read.authors == ["Will"] && read.language == "en-GB" && read.summary == "A book")
        #expect(read.chapters.map(\.title) == ["The second", "The first", "At x"])
        // A chapter that does not say its title is given it, and a page that the table does not know goes on with the last.
        #expect(read.chapters[1].paragraphs.map(\.text) == ["The first", "No heading."])
        #expect(read.chapters[2].paragraphs.map(\.text) == ["Part x", "X.", "Goes on."])
        // The same in memory.
        #expect(try Book(bytes: contents(of: folder.file("book.epub")), name: "b.epub").chapters == read.chapters)
    }

    @Test func `EPUB 2 has its chapters, its cover and its order`() throws {
        let folder = ScratchFolder()
        var book = MadeBook(
            pages: [("a", "<h1>A</h1><p>One.</p>"), ("b", "<h1>B</h1><p>Two.</p>")],
            metadata: #"<dc:title>T</dc:title><meta name="cover" content="pic"/>"#,
            items:
                #"<item id="ncx" href="t.ncx" media-type="application/x-dtbncx+xml"/><item id="pic" href="c.jpg" media-type="image/jpeg"/>"#
        )
        book.files.append(
            (
                "OPS/t.ncx",
                """
                <ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap><navPoint><navLabel><text>Eins</text></navLabel>
                <content src="a.xhtml"/><navPoint><navLabel><text>Zwei</text></navLabel><content src="b.xhtml"/></navPoint></navPoint>
                </navMap></ncx>
                """
            ))
        let read = try book.read(in: folder)
        #expect(read.chapters.map(\.title) == ["Eins", "Zwei"] && read.cover == nil)
    }

    @Test func `notes are left out or read, their marks never`() throws {
        let folder = ScratchFolder()
        let page = """
            <h1><a href="#t1">1</a></h1><p>In <a href="#y">1984</a> a word<sup><a href="#n1">1</a></sup> goes<a epub:type="noteref" href="#n2">*</a> on <a href="#p">here</a>.</p>
            <aside epub:type="footnote" id="n1"><p>First note.</p></aside><div class="footnotes"><p>Second note.</p></div>
            <span role="doc-pagebreak">12</span><p class="no-footnote">Ne<span style="display: none">ver</span>xt<a href="#z">〔5〕</a>.</p>
            <p>End.</p>
            """
        let book = MadeBook(pages: [("a", page)])
        #expect(try book.read(in: folder).lines == ["1", "In 1984 a word goes on here.", "Next.", "End."])
        #expect(
            try book.read(in: folder, readsNotes: true).lines == [
                "1", "In 1984 a word goes on here.", "First note.", "Second note.", "Next.", "End.",
            ])
    }

    @Test func `a number that is raised inside its link is the mark of a note`() throws {
        let folder = ScratchFolder()
        let book = try MadeBook(pages: [
            ("a", "<p>Hi you<a href=\"a.xhtml#n1\"><sup>1</sup></a>, and more in <a href=\"#x\">1984</a>.</p>")
        ]).read(in: folder)
        #expect(book.lines == ["Hi you, and more in 1984."])
    }

    @Test func `the cover is the same file each time`() throws {
        let folder = ScratchFolder()
        for name in ["cover.png", "cover"] {
            let items = (0..<20).map { "<item id=\"i\($0)\" href=\"b\($0)/backcover.png\" media-type=\"image/png\"/>" }
                .joined()
            var book = MadeBook(
                pages: [("a", "<p>One.</p>")],
                metadata: "<dc:title>T</dc:title><meta name=\"cover\" content=\"\(name)\"/>",
                items: items + "<item id=\"cover\" href=\"x/cover.png\" media-type=\"image/png\"/>")
            book.files.append(("OPS/x/cover.png", "no picture"))
            let package = try Package(Array(book.files[1].text.utf8), at: "OPS/book.opf")
            #expect(package.cover?.path == "OPS/x/cover.png")
        }
        _ = folder
    }

    @Test func `what is about the book is read only when it is asked for`() throws {
        let folder = ScratchFolder()
        let book = MadeBook(pages: [
            ("i", "<section epub:type='imprint'><h2>Imprint</h2><p>Made here.</p></section>"),
            ("a", "<h2>A</h2><p>One.</p>"),
            ("z", "<section epub:type='backmatter copyright-page'><p>Rights.</p></section>"),
        ])
        #expect(try book.read(in: folder).chapters.map(\.isApart) == [true, false, true])
        // A title page in front of a chapter does not hide it.
        let mixed = MadeBook(pages: [
            ("a", "<section epub:type='titlepage'><h1>T</h1></section><section><h1>One</h1><p>Text.</p></section>"),
            ("b", "<h1>Two</h1><p>More.</p>"),
        ])
        #expect(try mixed.read(in: folder).chapters.map(\.isApart) == [false, false])
    }

    private static let bomb = #"<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>"#

    @Test(arguments: ["META-INF/container.xml", "OPS/book.opf", "OPS/a.xhtml"])
    func `entities are refused wherever they are declared`(name: String) throws {
        let folder = ScratchFolder()
        var book = MadeBook(pages: [("a", "<p>Text.</p>")])
        book.files = book.files.map { $0.name == name ? ($0.name, Self.bomb + $0.text) : $0 }
        let error = #expect(throws: BookError.self) { try book.read(in: folder) }
        #expect(error?.code == .malformedInput && error?.message.contains("entities") == true)
    }

    @Test(arguments: ["../../etc/passwd", "/etc/passwd", "OPS/../../x", "C:x", "a\\..\\b"])
    func `names that lead out of the container are refused`(name: String) throws {
        let folder = ScratchFolder()
        var book = MadeBook(pages: [("a", "<p>Text.</p>")])
        book.files.append((name, "x"))
        let error = #expect(throws: BookError.self) { try book.read(in: folder) }
        #expect(error?.code == .malformedInput && error?.message.contains("leads out") == true)
    }

    @Test func `locks are told, and missing pages`() throws {
        let folder = ScratchFolder()
        var book = MadeBook(pages: [("a", "<p>Text.</p>")])
        book.files.append(
            (
                "META-INF/encryption.xml",
                #"<e><EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></e>"#
            ))
        #expect(#expect(throws: BookError.self) { try book.read(in: folder) }?.code == .unsupported)
        book.files[book.files.count - 1].text =
            #"<e><EncryptionMethod Algorithm="http://www.idpf.org/2008/embedding"/></e>"#
        #expect(try book.read(in: folder).lines == ["Text."])
        book.files.removeAll { $0.name == "OPS/a.xhtml" }
        let error = #expect(throws: BookError.self) { try book.read(in: folder) }
        #expect(error?.message.contains("OPS/a.xhtml") == true)
    }

    @Test func `entities are refused in any encoding`() throws {
        let folder = ScratchFolder()
        var zip = try ZipWriter(folder.file("a.epub"))
        var text: [UInt8] = [0xFF, 0xFE]
        for unit in ("<?xml version=\"1.0\" encoding=\"UTF-16\"?>" + Self.bomb + MadeBook.container).utf16 {
            text += [UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8)]
        }
        try zip.add(text, as: "META-INF/container.xml")
        try zip.finish()
        #expect(
            #expect(throws: BookError.self) { try Book(path: folder.file("a.epub")) }?.message.contains("entities")
                == true)
    }

    @Test func `nothing is lost in silence: what is too deep or has too many attributes is refused`() throws {
        let deep =
            "<p>a" + String(repeating: "<span>", count: 300) + "b" + String(repeating: "</span>", count: 300) + "</p>"
        #expect(#expect(throws: BookError.self) { try Book(deep, name: "a.html") }?.code == .limitExceeded)
        let flood = "<p " + (0..<2_000).map { "a\($0)=''" }.joined(separator: " ") + ">text</p>"
        #expect(#expect(throws: BookError.self) { try Book(flood, name: "a.html") }?.code == .limitExceeded)
        let fine = String(repeating: "<div>", count: 200) + "text" + String(repeating: "</div>", count: 200)
        #expect(try Book(fine, name: "a.html").lines == ["text"])
    }

    @Test func `elements in each other without end are refused`() throws {
        let deep = String(repeating: "<div>", count: 100_000)
        #expect(#expect(throws: BookError.self) { try Book(deep, name: "a.html") }?.code == .limitExceeded)
        let wide = String(repeating: "<p>a<br>", count: 20_000)
        #expect(try Book(wide, name: "a.html").chapters[0].paragraphs.count == 20_000)
    }

    /// However a container is broken, there is an error or a book, and no crash.
    @Test(arguments: 0..<30) func `broken containers do no harm`(seed: UInt64) throws {
        let folder = ScratchFolder()
        try MadeBook(pages: [("a", "<h1>A</h1><p>Some text.</p>"), ("b", "<p>More.</p>")]).write(
            to: folder.file("a.epub"))
        var random = SplitMix64(seed)
        var bytes = try contents(of: folder.file("a.epub"))
        if seed.isMultiple(of: 2) {
            bytes.removeLast(Int.random(in: 1..<bytes.count, using: &random))
        } else {
            for _ in 0..<8 {
                bytes[Int.random(in: 4..<bytes.count, using: &random)] = UInt8(truncatingIfNeeded: random.next())
            }
        }
        try write(bytes, to: folder.file("b.epub"))
        do throws(BookError) {
            #expect(try !Book(path: folder.file("b.epub")).chapters.isEmpty)
        } catch {
            #expect(!error.message.isEmpty)
        }
    }

    @Test func `a folder, a file that is not there and one that is no book are told`() {
        #expect(#expect(throws: BookError.self) { try Book(path: "/nowhere/a.epub") }?.code == .notFound)
        #expect(throws: BookError.self) { try Book(path: "/tmp") }
    }
}
