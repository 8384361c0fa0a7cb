import Subtitles
import TestSupport
import Testing

struct SubtitleLinterTests {
    private static func rules(_ cues: [Cue], _ language: String = "en") -> [[SubtitleRule]] {
        let findings = SubtitleLinter(LayoutRules(language: language)).findings(in: cues)
        return cues.indices.map { index in findings.filter { $0.cue == index + 1 }.map(\.rule) }
    }

    private static func cue(_ start: Double, _ end: Double, _ lines: String...) -> Cue {
        Cue(start: .seconds(start), end: .seconds(end), lines: lines)
    }

    @Test func `each rule is told where it is broken, and only there`() {
        let cues = [
            Self.cue(0, 2, "All is well here."),
            Self.cue(3, 6, "This line is a good deal longer than any line should be."),
            Self.cue(7, 9, "So,", "then,", "go."),
            Self.cue(10, 11, "Who could read all of this in one second?"),
            Self.cue(12, 12.5, "Hm."),
            Self.cue(13, 20.5, "This stands for ever."),
            Self.cue(20.52, 22, "And this comes at once."),
            Self.cue(21.9, 23, "Too early."),
            Self.cue(24, 25, " "),
            Self.cue(26, 29, "We went to the", "Museum."),
        ]
        #expect(
            Self.rules(cues) == [
                [], [.lineTooLong], [.tooManyLines], [.tooFast], [.tooShort], [.tooLong, .gapTooSmall], [.overlap], [],
                [.empty], [.badBreak],
            ])
    }

    @Test func `a limit holds at its border`() {
        let line = String(repeating: "x", count: 42)
        #expect(Self.rules([Self.cue(0, 3, line), Self.cue(4, 7, line + "x")]) == [[], [.lineTooLong]])
        #expect(Self.rules([Self.cue(0, 0.833, "x"), Self.cue(1, 8, "x")]) == [[], []])
        let next = Cue(start: .milliseconds(1_083), end: .seconds(3), lines: ["y"])
        #expect(Self.rules([Self.cue(0, 1, "x"), next]) == [[], []])
    }

    @Test func `Chinese is counted in full-width characters`() {
        let line = String(repeating: "字", count: 16)
        let cues = [Self.cue(0, 3, line), Self.cue(4, 7, line + "a"), Self.cue(8, 10, line + "字")]
        #expect(Self.rules(cues, "zh") == [[], [.lineTooLong], [.lineTooLong]])
        #expect(Self.rules([Self.cue(0, 3, "你说得", "，对")], "zh") == [[.badBreak]])
    }

    @Test func `two languages are each held to their own rules`() {
        let cues = [
            Self.cue(0, 2, "早上好，大家都在吗？", "Good morning, are you all here?"),
            Self.cue(3, 5, "我们今天早上说好要一起去海边", "That is true."),
            Self.cue(6, 8, "我们去", "the river."),
        ]
        let findings = SubtitleLinter(language: nil).findings(in: cues)
        #expect(findings.isEmpty, "\(findings)")
    }

    @Test(arguments: ["en", "zh"]) func `what the layout makes of calm speech breaks no rule`(language: String) {
        let text =
            language == "en"
            ? "We took the night train from Lisbon because every flight had been cancelled, and nobody could tell us why."
            : "我们坐了一夜的火车，因为所有的航班都取消了，没有人能告诉我们这到底是为什么。"
        let words = CueLayoutTests.words(text, each: language == "en" ? 420 : 260)
        var layout = CueLayout(LayoutRules(language: language))
        let cues = layout.add(words) + layout.finish()
        #expect(cues.count >= 2)
        #expect(Self.rules(cues, language).flatMap(\.self).isEmpty)
    }

    @Test func `a cue that shows nothing is told, and not converted`() throws {
        let file = Array("1\n00:00:01,000 --> 00:00:03,000\n<i> </i>\n\n2\n00:00:04,000 --> 00:00:06,000\nhere\n".utf8)
        let findings = SubtitleLinter(LayoutRules(language: "en")).findings(in: try Track(readingAll: file).cues)
        #expect(findings.map(\.rule) == [.empty])
        #expect(try Track(reading: file).cues.map(\.text) == ["here"])
    }
}
