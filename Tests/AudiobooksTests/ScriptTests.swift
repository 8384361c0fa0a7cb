import TestSupport
import Testing

@testable import Audiobooks

struct ScriptTests {
    private static func script(
        _ paragraphs: [Paragraph], language: String? = "en", _ change: (inout ScriptSettings) -> Void = { _ in }
    ) -> Script {
        var settings = ScriptSettings()
        change(&settings)
        return Script([Chapter(title: "One", paragraphs: paragraphs)], language: language, settings)
    }

    @Test func `sentences of a paragraph are asked for together, and no paragraph with another`() {
        let script = Self.script([
            Paragraph(.heading(level: 1), "One"), Paragraph(.text, "First. Second, too. “Third?”"),
            Paragraph(.text, "Fourth."),
        ])
        #expect(script.passages.map(\.text) == ["One", "First. Second, too. “Third?”", "Fourth."])
        #expect(script.sentences.map(\.text) == ["One", "First.", "Second, too.", "“Third?”", "Fourth."])
        #expect(script.sentences.map(\.paragraph) == [0, 1, 1, 1, 2])
        #expect(
            script.passages.flatMap(\.parts).map(\.pause) == [.heading, .sentence, .sentence, .paragraph, .paragraph])
    }

    @Test func `pauses follow the structure of the text`() {
        let script = Script(
            [
                Chapter(
                    title: "A",
                    paragraphs: [
                        Paragraph(.verse, "Rose"), Paragraph(.verse, "Blue"), Paragraph(.text, "So it goes."),
                        .sceneBreak,
                        Paragraph(
                            .text, [.init("Calm. "), .init("Stop! ", isEmphasized: true), .init("Calm again.")]),
                    ]),
                Chapter(title: "B", paragraphs: [Paragraph(.text, "Next.")]),
            ], language: "en")
        let pauses = script.passages.flatMap(\.parts).map { ($0.spoken, $0.pause) }
        #expect(pauses.map(\.0) == ["Rose", "Blue", "So it goes.", "Calm.", "Stop!", "Calm again.", "Next."])
        #expect(
            pauses.map(\.1) == [.verse, .paragraph, .scene, .emphasis, .emphasis, .chapter, .paragraph])
        // Lines of a poem have one melody.
        #expect(script.passages.first?.text == "Rose Blue")
    }

    @Test func `nothing is over the limit, and a sentence that is goes on as one`() {
        let long = "It has " + (1...40).map { "word number \($0)" }.joined(separator: ", ") + "."
        let script = Self.script([Paragraph(.text, "Short. \(long) End.")]) { $0.requestCharacters = 100 }
        #expect(script.passages.allSatisfy { $0.text.unicodeScalars.count <= 100 })
        #expect(script.sentences.map(\.text) == ["Short.", long, "End."])
        let pieces = script.passages.flatMap(\.parts).filter { $0.sentence == 1 }
        #expect(
            pieces.count > 5 && pieces.dropLast().allSatisfy { $0.pause == .clause } && pieces.last?.pause == .sentence)
    }

    @Test func `those who speak have their voice, quoted words have not`() {
        let script = Self.script([
            Paragraph(.text, "“Come,” she said, “it’s late.” He was a “friend” of mine."),
            Paragraph(.text, "他说：“走吧。”然后走了。"), Paragraph(.text, "‘Yes!’ cried he; it wasn’t so."),
        ]) { $0.dialogueVoice = "D" }
        let said = script.passages.map { ($0.voice ?? "-") + " " + $0.text }
        #expect(
            said == [
                "D “Come,”", "- she said,", "D “it’s late.”", "- He was a “friend” of mine.", "- 他说：", "D “走吧。”",
                "- 然后走了。",
                "D ‘Yes!’", "- cried he; it wasn’t so.",
            ])
    }

    @Test(arguments: [
        ("他说\"你好吗？\"然后走了。", ["\"你好吗？\""]), ("她问‘你好吗？’他答‘很好。’大家都笑了。", ["‘你好吗？’", "‘很好。’"]),
        ("“你好”，他说。", ["“你好”"]), ("「行～」她说。", ["「行～」"]), ("“他（笑）”她说。", ["“他（笑）”"]),
        ("«Bonjour», dit-il.", ["«Bonjour»"]), ("'Go on!' he said; it wasn't so.", ["'Go on!'"]),
        ("It was the boys' and the girls' fault.", []), ("Rock 'n' roll is 'dead' to him.", []),
        ("所谓“朋友”其实不是。", []),
    ])
    func `what is said is told from what is only quoted`(text: String, said: [String]) {
        let script = Self.script([Paragraph(.text, text)]) { $0.dialogueVoice = "D" }
        #expect(script.passages.filter { $0.voice == "D" }.map(\.text) == said)
    }

    @Test func `a quotation that nobody closes takes no time`() {
        let script = Self.script([Paragraph(.text, String(repeating: "« ‘ \" a ", count: 20_000))]) {
            $0.dialogueVoice = "D"
        }
        #expect(script.passages.allSatisfy { $0.voice != "D" })
    }

    @Test func `marks in the text choose a voice, and are not said`() {
        let script = Self.script([
            Paragraph(.text, "Now [voice:bob]I speak. [voice]And I."), Paragraph(.text, "[voice: amy ]Me."),
            Paragraph(.text, "Still me. [voice:]Not me."),
        ]) { $0.voice = "N" }
        #expect(
            script.passages.map { "\($0.voice ?? "-"): \($0.text)" } == [
                "N: Now", "bob: I speak.", "N: And I.", "amy: Me.", "amy: Still me.", "N: Not me.",
            ])
        #expect(!script.sentences.contains { $0.text.contains("[") })
    }

    @Test func `words are said as the list tells, in their language and by the longest match`() throws {
        let list = try Pronunciations(
            reading: """
                # names
                Cholmondeley = Chumley
                read = red
                [zh]
                重庆 = 虫庆
                重庆路 = 虫庆路口
                [en]
                GLM＝G L M
                """)
        #expect(
            list.spoken("Cholmondeley! Read, and Cholmondeleys, bread.", language: nil)
                == "Chumley! red, and Cholmondeleys, bread.")
        #expect(list.spoken("在重庆路，重庆。", language: "zh") == "在虫庆路口，虫庆。")
        #expect(list.spoken("重庆 GLM", language: "en") == "重庆 G L M" && list.spoken("GLM", language: "zh") == "GLM")
        let script = Self.script([Paragraph(.text, "重庆很大。")], language: "zh") { $0.pronunciations = list }
        #expect(script.passages[0].text == "虫庆很大。" && script.sentences[0].text == "重庆很大。")
        let error = #expect(throws: BookError.self) { try Pronunciations(reading: "good = fine\nbad") }
        #expect(error?.code == .malformedInput && error?.message.contains("line 2") == true)
    }

    @Test(arguments: 0..<20) func `every character of a book is said once and in order`(seed: UInt64) {
        var random = SplitMix64(seed)
        let parts = [
            "你好", "。", "，", "word ", "Mr. ", "3.14 ", "“", "”", "! ", "… ", "'", "[voice:a]", "-- ", "？」", "「",
        ]
        let paragraphs = (0..<8).map { _ in
            Paragraph(
                [.text, .verse, .item][Int.random(in: 0..<3, using: &random)],
                (0..<30).map { _ in parts[Int.random(in: 0..<parts.count, using: &random)] }.joined())
        }
        let script = Self.script(paragraphs) { settings in
            settings.dialogueVoice = "D"
            settings.requestCharacters = Int.random(in: 10...80, using: &random)
        }
        func letters(_ text: String) -> String {
            String(text.replacing("[voice:a]", with: "").filter { $0.isLetter || $0.isNumber })
        }
        let source = letters(paragraphs.map(\.text).joined())
        #expect(letters(script.sentences.map(\.text).joined()) == source)
        #expect(letters(script.passages.map(\.text).joined()) == source)
    }

    @Test(arguments: [
        ("Hello there, world.", 5.0), ("你好世界", 4), ("BBC", 3), ("1999", 6), ("こんにちは", 5), ("naïve café", 4), ("", 0),
    ])
    func `syllables are counted`(text: String, count: Double) { #expect(Syllables.count(in: text) == count) }
}
