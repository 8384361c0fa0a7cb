import Platform
import Subtitles
import TestSupport
import Testing

struct SubRipTests {
    private static func cue(_ start: Double, _ end: Double, _ lines: String...) -> Cue {
        Cue(start: .seconds(start), end: .seconds(end), lines: lines)
    }

    @Test func `cues are numbered, in order, and apart`() {
        let text = SubRip.text(of: [
            Self.cue(0.0004, 1.9996, "one", "two"), Self.cue(1.9, 3_723.5, "a --> b\n\nc"),
            Self.cue(3_700, 3_700, "late"),
        ])
        #expect(
            text == """
                1
                00:00:00,000 --> 00:00:01,900
                one
                two

                2
                00:00:01,900 --> 01:01:40,000
                a → b
                c

                3
                01:01:40,000 --> 01:02:03,500
                a → b
                c
                late


                """)
    }

    @Test(arguments: [
        "1\n00:00:01,000 --> 00:00:02,500\nHello\nthere\n\n2\n00:00:03,000 --> 00:00:04,000\nWorld\n",
        "\u{FEFF}1\r\n00:00:01.000 --> 00:00:02.500 X1:40\r\nHello\r\nthere\r\n\r\n00:00:03,000 --> 00:00:04,000\r\nWorld",
        "00:01,0 --> 00:02.5\nHello\nthere\n2\n0:0:3 --> 0:0:4\nWorld\n\n3\n00:00:05,000 --> 00:00:04,000\nbackwards",
    ])
    func `files of other programs are read`(text: String) {
        let cues = SubRip.cues(in: text)
        #expect(Array(cues.prefix(2)) == [Self.cue(1, 2.5, "Hello", "there"), Self.cue(3, 4, "World")])
        // What ends before it begins is shown for no time, but nothing of it is lost.
        #expect(Array(cues.dropFirst(2)) == (text.contains("backwards") ? [Self.cue(5, 5, "backwards")] : []))
    }

    @Test func `times that translators have changed are times`() {
        let text = """
            1
            00:00:01,000 -> 00:00:02,000
            one
            2
            00: 00: 03,000 --> 00: 00: 04,000
            two
            3
            00：00：05，000 －－＞ 00：00：06，000
            three, from 10:30 -> 11:00
            4
            00:00:07.000->00:00:08.000
            four
            """
        let cues = SubRip.cues(in: text)
        #expect(cues.map(\.start) == [1, 3, 5, 7].map { .seconds($0) })
        #expect(cues.map(\.text) == ["one", "two", "three, from 10:30 -> 11:00", "four"])
    }

    @Test func `a cue that is shown for no time is kept`() {
        #expect(SubRip.cues(in: "1\n00:00:05,000 --> 00:00:05,000\nkept") == [Self.cue(5, 5, "kept")])
    }

    @Test(arguments: [
        ("<font color=\"#ffffff\"><i>Call me</i> Ishmael.</font>", "Call me Ishmael.", "Call me Ishmael."),
        ("{\\an8}Above", "Above", "Above"), ("if a < b and c > d", "if a < b and c > d", "if a ‹ b and c › d"),
        ("{braces} stay, <3", "{braces} stay, <3", "｛braces｝ stay, <3"),
    ])
    func `how a line looks is not read as text`(line: String, read: String, written: String) throws {
        let cue = try #require(SubRip.cues(in: "1\n00:00:01,000 --> 00:00:02,000\n\(line)").first)
        #expect(cue.text == read)
        #expect(cue.placement == (line.hasPrefix("{\\an8}") ? .top : .bottom))
        // What other programs take for tags and overrides is written so that it looks much the same.
        #expect(SubRip.cues(in: SubRip.text(of: [cue])).map(\.text) == [written])
    }

    @Test(arguments: [
        "", "no cue", "1\n-->\nx", "99:99:99,999\n", "1\n00:00:0x,000 --> 00:00:02,000\nx",
        "1\n9999999:00:00,000 --> 1:1:1,1\nx",
    ])
    func `what is no subtitle has no cues`(text: String) { #expect(SubRip.cues(in: text).isEmpty) }

    @Test(arguments: 0..<50) func `what is written is read again`(seed: UInt64) {
        var random = SplitMix64(seed)
        var time = 0
        let cues = (0..<20).map { _ in
            let start = time + Int.random(in: 0...2_000, using: &random)
            time = start + Int.random(in: 1...5_000, using: &random)
            let lines = (0..<Int.random(in: 1...3, using: &random)).map { "line \($0) 行" }
            return Cue(start: .milliseconds(start), end: .milliseconds(time), lines: lines)
        }
        #expect(SubRip.cues(in: SubRip.text(of: cues)) == cues)
    }

    @Test func `lines are read as one text`() {
        #expect(Self.cue(0, 1, "Hello", "there").text == "Hello there")
        #expect(Self.cue(0, 1, "你好，", "世界").text == "你好，世界")
        #expect(Self.cue(0, 1, "用", "Swift").text == "用 Swift")
    }

    @Test(.tags(.material), .needsMaterial, arguments: ["en_five", "zh_six", "mixed_en_zh", "long_en"])
    func `subtitles of the material are read`(name: String) throws {
        let text = String(decoding: try contents(of: Material.path("composite/\(name).srt")), as: UTF8.self)
        let cues = SubRip.cues(in: text)
        #expect(cues.count >= 5 && zip(cues, cues.dropFirst()).allSatisfy { $0.end <= $1.start })
        #expect(SubRip.cues(in: SubRip.text(of: cues)) == cues)
    }
}
