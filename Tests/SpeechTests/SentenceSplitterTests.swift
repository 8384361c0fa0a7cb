import Speech
import TestSupport
import Testing

struct SentenceSplitterTests {
    @Test(arguments: [
        ("你好。再见！好吗？", 4, ["你好。", "再见！", "好吗？"]),
        ("他说：“走吧。”然后走了。", 8, ["他说：“走吧。”", "然后走了。"]),
        ("One two. Three four.", 10, ["One two.", "Three", "four."]),
        ("Pi is 3.14 or so, more or less", 18, ["Pi is 3.14 or so,", "more or less"]),
        ("one two three", 8, ["one two", "three"]),
        ("一二三四五六七", 3, ["一二三", "四五六", "七"]),
        ("short", 100, ["short"]), (" \n ", 5, []),
    ])
    func `text is cut where a speaker pauses`(text: String, limit: Int, pieces: [String]) {
        #expect(Array(SentenceSplitter(limit: limit).pieces(of: text)) == pieces)
    }

    @Test(arguments: [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]), ("你好。再见！“好。”是的", ["你好。", "再见！", "“好。”", "是的"]),
        ("Mr. Hill and Dr. No met J. Smith. They spoke.", ["Mr. Hill and Dr. No met J. Smith.", "They spoke."]),
        ("A title\nA line, e.g. this.\n\nAnother", ["A title", "A line, e.g. this.", "Another"]),
        ("He said no. Then he left.", ["He said no.", "Then he left."]), ("Pi is 3.14", ["Pi is 3.14"]), ("", []),
        ("over the limit, which is forty, so it is cut", ["over the limit, which is forty,", "so it is cut"]),
    ])
    func `sentences come one by one`(text: String, sentences: [String]) {
        #expect(Array(SentenceSplitter(limit: 40).sentences(of: text)) == sentences)
    }

    @Test(arguments: [
        ("“What?” he said. “Nothing!”", ["“What?” he said.", "“Nothing!”"]),
        ("Wait... what? He paused... Then he spoke.", ["Wait... what?", "He paused...", "Then he spoke."]),
        ("他说……他不来了。“那……”她问。", ["他说……他不来了。", "“那……”", "她问。"]),
        ("真的吗？！当然！！走吧。", ["真的吗？！", "当然！！", "走吧。"]),
        ("It costs 3.50 at 5 p.m. on Monday. Cheap.", ["It costs 3.50 at 5 p.m. on Monday.", "Cheap."]),
        ("The U.S. Army came. J. R. R. Tolkien wrote.", ["The U.S. Army came.", "J. R. R. Tolkien wrote."]),
        (
            "See no. 5, Fig. 3 and pp. 12. He said no. I left.",
            ["See no. 5, Fig. 3 and pp. 12.", "He said no.", "I left."]
        ),
        ("1. Open it. 2. Close it.", ["1. Open it.", "2.", "Close it."]),
        ("他说OK.然后走了。版本3.14发布。", ["他说OK.", "然后走了。", "版本3.14发布。"]),
        ("So am I. Next one. Mt. Fuji. I. M. Pei.", ["So am I.", "Next one.", "Mt. Fuji.", "I. M. Pei."]),
        ("(It was over.) She left.", ["(It was over.)", "She left."]),
        ("He laughed!' cried Alice, and ran.", ["He laughed!' cried Alice, and ran."]),
    ])
    func `quotes, ellipses, abbreviations and numbers are no ends by themselves`(text: String, sentences: [String]) {
        #expect(Array(SentenceSplitter(limit: 200).sentences(of: text)) == sentences)
    }

    @Test(arguments: [
        (
            "It is a truth that a text is often wrapped when its\nlines become long, and the sentence goes on.\nThen another.",
            [
                "It is a truth that a text is often wrapped when its\nlines become long, and the sentence goes on.",
                "Then another.",
            ]
        ),
        ("床前明月光\n疑是地上霜", ["床前明月光", "疑是地上霜"]),
        ("这一行文字很长很长，长到编辑器把它折成了两行，但\n句子还没有结束。", ["这一行文字很长很长，长到编辑器把它折成了两行，但\n句子还没有结束。"]),
        (
            "A line that is long enough to have been wrapped by hand\r\n\r\nA paragraph",
            ["A line that is long enough to have been wrapped by hand", "A paragraph"]
        ),
    ])
    func `a wrapped line ends no sentence, a paragraph and a verse do`(text: String, sentences: [String]) {
        #expect(Array(SentenceSplitter(limit: 200).sentences(of: text)) == sentences)
    }

    /// A book must begin at once: what is not wanted is not looked for.
    @Test func `pieces are found one by one`() {
        var pieces = SentenceSplitter(limit: 10).sentences(of: String(repeating: "word. ", count: 3))
        #expect(
            pieces.next() == "word." && pieces.next() == "word." && pieces.next() == "word." && pieces.next() == nil)
    }

    @Test(arguments: 0..<50)
    func `nothing is lost, nothing is cut within a character, and no piece is over the limit`(seed: UInt64) {
        var random = SplitMix64(seed)
        let parts = ["你", "好", "。", "，", "a", "word ", "3.14 ", "”", "! ", "\n", "e\u{301}", "👩‍👩‍👧", "  "]
        let text = (0..<200).map { _ in parts[Int.random(in: 0..<parts.count, using: &random)] }.joined()
        let limit = Int.random(in: 8...60, using: &random)
        let splitter = SentenceSplitter(limit: limit)
        for pieces in [Array(splitter.pieces(of: text)), Array(splitter.sentences(of: text))] {
            let isSame = pieces.joined().filter { !$0.isWhitespace } == text.filter { !$0.isWhitespace }
            #expect(isSame)
            #expect(pieces.allSatisfy { $0.unicodeScalars.count <= limit && !$0.isEmpty })
        }
    }
}
