import Audiobooks
import Testing

struct TextBookTests {
    @Test func `wrapped lines are put together, and verses stay`() throws {
        let book = try Book(
            """
            The Project Gutenberg eBook of A Tale

            Title: A Tale
            Author: Ann Other

            *** START OF THE PROJECT GUTENBERG EBOOK A TALE ***

            CHAPTER I

            The Beginning

            It was the first of many days on which nothing of any note would
            happen, and nobody in the village minded that in the very least, for
            they had seen a rabbit take a watch out of its own green waistcoat-
            pocket before.  Then it rained for a good long while, as it does in
            that part of the country, and the roads were all under water, until
            somebody came.

              Roses are red
              Violets are blue
              Nobody knows it

            CHAPTER II.

            The end came soon.

            *** END OF THE PROJECT GUTENBERG EBOOK A TALE ***

            Nobody reads the licence.
            """)
        #expect(book.title == "A Tale" && book.authors == ["Ann Other"] && book.language == "en")
        #expect(book.chapters.map(\.title) == ["CHAPTER I: The Beginning", "CHAPTER II."])
        let lines = book.chapters[0].paragraphs
        #expect(
            lines[2].text
                == "It was the first of many days on which nothing of any note would happen, and nobody in the village minded "
                + "that in the very least, for they had seen a rabbit take a watch out of its own green waistcoat-pocket before. Then "
                + "it rained for a good long while, as it does in that part of the country, and the roads were all under water, "
                + "until somebody came.")
        #expect(lines.suffix(3).map(\.kind) == [.verse, .verse, .verse] && lines.last?.text == "Nobody knows it")
        #expect(book.lines.last == "The end came soon.")
    }

    @Test func `chapters of Chinese books are found, and sentences that begin like one are none`() throws {
        let text = """
            《小书》作者：某人

            目录
            第一章 早晨
            第二章 晚上
            第三章 夜
            第四章 完

            第一卷 开始
            第一章 早晨
            　　天亮了。
            　　第一章里写道，人都起来了。
            第二章　晚上
            　　天黑了。
            ＊＊＊
            　　睡吧。
            尾声
            　　完。
            """
        let book = try Book(text)
        #expect(book.title == "小书" && book.authors == ["某人"] && book.language == "zh")
        #expect(book.chapters.map(\.title).suffix(3) == ["第一卷 开始 第一章 早晨", "第二章 晚上", "尾声"])
        #expect(book.lines.contains("第一章里写道，人都起来了。") && !book.lines.contains("第三章 夜"))
        #expect(book.chapters[book.chapters.count - 2].paragraphs.map(\.kind).contains(.sceneBreak))
    }

    @Test(arguments: ["Part of me said so.", "Chapter and verse are known", "Book me a room", "Letter by letter"])
    func `words that begin headings begin sentences too`(line: String) throws {
        let book = try Book("Chapter 1\n\nText.\n\n\(line)\n\nMore.\n\nChapter 2\n\nEnd.")
        #expect(book.chapters.map(\.title) == ["Chapter 1", "Chapter 2"])
    }

    @Test(arguments: [
        "第十二章：你是谁？", "第十九章你好吗？", "第14章.新的开始", "第 15 章 空格", "正文 第十六章 标题", "【第17章】括号", "卷二 云涌", "第三十一話 話",
        "楔子　古老的传说", "尾声 终局", "Prologue: The Storm", "CHAPTER IV.", "Part Two: After",
    ])
    func `headings are found as they are printed`(line: String) throws {
        #expect(try Book("第一章 始\n\n文字。\n\n\(line)\n\n更多文字。\n").chapters.count == 2)
    }

    @Test(arguments: [
        "第二节课上，老师问道：", "第三回合他赢了，", "第五幕落下，全场掌声雷动——", "番外就这样结束了。", "Chapter One, he read aloud, was dull.",
    ])
    func `sentences that begin like headings are none`(line: String) throws {
        #expect(try Book("第一章 始\n\n文字。\n\n\(line)\n\n更多文字。\n").chapters.count == 1)
    }

    /// A row of signs is looked through once, and not from each of them.
    @Test(arguments: [
        "[", "`", "<!--", "<a ", "[^", "[a](", "*", "# #", "_a ", "&", "*** START OF THE PROJECT GUTENBERG ",
    ])
    func `long rows of signs take no longer than others`(sign: String) {
        for name in ["a.md", "a.txt", "a.html"] {
            // Whether that is a book does not matter here.
            _ = try? Book("Text " + String(repeating: sign, count: 2_000) + " end.", name: name)
        }
    }

    @Test(arguments: ["%PDF-1.4 text", "{\\rtf1 text}", "PK\u{5}\u{6} text"])
    func `files of other programs are refused`(text: String) {
        #expect(#expect(throws: BookError.self) { try Book(text) }?.code == .unsupported)
    }

    @Test(arguments: ["UTF-16", "GB18030"]) func `any encoding is read`(encoding: String) throws {
        let gb18030: [UInt8] = [0xB5, 0xDA, 0xD2, 0xBB, 0xD5, 0xC2, 0x0D, 0x0A, 0xC4, 0xE3, 0xBA, 0xC3, 0xA1, 0xA3]
        var utf16: [UInt8] = [0xFF, 0xFE]
        for unit in "第一章\r\n你好。".utf16 { utf16 += [UInt8(truncatingIfNeeded: unit), UInt8(unit >> 8)] }
        let book = try Book(bytes: encoding == "GB18030" ? gb18030 : utf16, name: "书.txt")
        #expect(book.chapters.map(\.title) == ["第一章"] && book.lines == ["第一章", "你好。"])
    }

    @Test(arguments: ["", " \n\u{3000}\n", "***\n\n--"]) func `a book without a word is refused`(text: String) {
        let error = #expect(throws: BookError.self) { try Book(text) }
        #expect(error?.code == .noText)
    }

    @Test func `Markdown is read without its marks`() throws {
        let book = try Book(
            """
            ---
            title: "The Title"
            author: Ann
            language: en
            ---
            # One

            Some *stressed* text with a [link](http://x.y), `code`, snake_case, 2*3*4 and a note.[^1]
            Goes on.

            ```
            never read
            ```

            > Quoted
            > twice.

            - a point
            - [x] another

            | A | B |
            |---|---|
            | 1 | 2 |

            * * *

            ![a picture](p.png)

            Two
            ===

            Escaped \\*stars\\* &amp; <b>tags</b>.

            [^1]: The note.
            """, name: "book.md")
        #expect(book.title == "The Title" && book.authors == ["Ann"] && book.language == "en")
        #expect(book.chapters.map(\.title) == ["One", "Two"])
        #expect(
            book.lines == [
                "One", "Some stressed text with a link, code, snake_case, 2*3*4 and a note. Goes on.", "Quoted twice.",
                "a point",
                "another", "A, B", "1, 2", "", "Two", "Escaped *stars* & tags.",
            ])
        #expect(book.chapters[0].paragraphs[1].runs.filter(\.isEmphasized).map(\.text) == ["stressed"])
        #expect(book.chapters[0].paragraphs.last?.kind == .sceneBreak)
    }

    @Test(arguments: [
        (
            "**bold *nested* more** end. *it **bo** it* x. ***both** one*.",
            "bold nested more end. it bo it x. both one."
        ),
        ("`*code*` and `a_b` stay", "*code* and a_b stay"),
        ("some_name_here, _so_ and 2*3*4", "some_name_here, so and 2*3*4"),
        ("a ** b, *open and more", "a ** b, *open and more"), ("caf&eacute; &#x2014; &copy;", "café — ©"),
        ("[link](http://x.y/(a)(b)) <https://a.b/c> ![im [nested] g](x.png)end", "link end"),
        ("<!-- secret\n\nmore --> seen <script>alert(1)\n\n</script> too", "seen too"),
    ])
    func `marks of Markdown lie in each other`(text: String, said: String) throws {
        #expect(try Book(text, name: "a.md").lines.joined(separator: " ") == said)
    }

    @Test func `code without an end is text, and tables need no frame`() throws {
        let open = try Book("One.\n\n```\nTwo.\n\n# Three\n\nFour.", name: "a.md")
        #expect(open.lines == ["One.", "Two.", "Three", "Four."])
        let table = try Book("name | age\n--- | ---\nAnn | five\nBob | six\n\nText | text", name: "a.md")
        #expect(table.lines == ["name, age", "Ann, five", "Bob, six", "Text | text"])
    }

    @Test func `low lines around words are not said, those in names are`() throws {
        let book = try Book("_I_ shan’t go.\n\nA short one, some_name too.\n\n“_Stop_ it.”")
        #expect(book.lines == ["I shan’t go.", "A short one, some_name too.", "“Stop it.”"])
    }

    @Test func `scripts, comments and rows of signs are no reason to refuse a page`() throws {
        let script = String(repeating: "if(a<b&&c<d)x();a=1;", count: 600)
        let page = """
            <html><body><script>\(script)</script><!-- <!ENTITY x> --><p>\(String(repeating: "=", count: 600)) One.</p>
            \((1...1_100).map { "<a name=p\($0)>" }.joined()) Two.
            <table><tr><td><p>Ann</p></td><td><p>Five</p></td></tr></table></body></html>
            """
        let lines = try Book(page, name: "a.html").lines
        #expect(lines.count == 3 && lines[0].hasSuffix("One.") && lines[1] == "Two." && lines[2] == "Ann, Five")
    }

    @Test func `a tag of many attributes is refused, with values and without`() {
        for attributes in [" a", " a=1", " a='>'", " a=\"<b >\""] {
            let many = (0..<501).map { attributes.replacing("a", with: "a\($0)") }.joined()
            #expect(throws: BookError.self) { try Book("<html><p\(many)>One.</p></html>", name: "a.html") }
        }
    }

    @Test func `Markdown that looks like something else is read as it is meant`() throws {
        let odd = try Book(
            """
            1. First.

                It goes on.

            The year was
            1984. if x<y and y>z then a<br>b &mdash; ~~no~~.

            ````
            ```
            code
            ````

            > One.
            >
            > Two.

            [id]: http://x.y
            """, name: "a.md")
        #expect(
            odd.lines == [
                "First.", "It goes on.", "The year was 1984. if x<y and y>z then a b — no.", "One.", "Two.",
            ])
        #expect(try Book("---\nIt was night.\n\n---\n\nMorning.", name: "a.md").lines.contains("It was night."))
        var options = Book.ReadingOptions()
        options.readsNotes = true
        let noted = try Book(bytes: Array("Text.[^n]\n\n[^n]: The note.".utf8), name: "a.md", options)
        #expect(noted.lines == ["Text.", "The note."])
    }

    @Test func `HTML is read as it is meant, however it is written`() throws {
        let book = try Book(
            """
            <!DOCTYPE html><html lang="de"><head><title>Ein &Uuml;berblick</title><meta name=author content="Max">
            <script>var x = "<p>no</p>"</script></head><body><h1>Eins</h1><p>Erster <b>Satz</b>.<p>Zweiter&nbsp;Satz
            geht&shy;weiter.<hr><pre>code</pre><ul><li>Punkt<li>Komma</ul>
            <table><tr><th>A<th>B<tr><td>1<td>2</table><p hidden>nie</p>
            <h1>Zwei<br>Teile</h1><p>Rose<br>Blau<br>Ende</p><ruby>漢<rt>かん</rt></ruby>
            """, name: "seite.html")
        #expect(book.title == "Ein Überblick" && book.authors == ["Max"] && book.language == "de")
        #expect(book.chapters.map(\.title) == ["Eins", "Zwei Teile"])
        #expect(
            book.lines == [
                "Eins", "Erster Satz.", "Zweiter Satz gehtweiter.", "", "Punkt", "Komma", "A, B", "1, 2", "Zwei Teile",
                "Rose", "Blau",
                "Ende", "漢",
            ])
    }
}
