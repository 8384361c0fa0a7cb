import Platform
import Subtitles
import TestSupport
import Testing

@Suite(.tags(.parser))
struct FormatTests {
    private static let withTimes = SubtitleFormat.allCases.filter { $0 != .txt }

    private static func styled() -> Track {
        var first = Cue(
            start: .milliseconds(500), end: .milliseconds(2_000), lines: ["Who < you & me > them?", "“{Nobody}”"])
        first.placement = .top
        var second = Cue(start: .milliseconds(2_500), end: .milliseconds(4_000), lines: ["你好，世界 [x]"])
        second.words = [
            TimedWord(text: "你", start: .milliseconds(2_500), end: .milliseconds(2_700), joinsNext: true),
            TimedWord(text: "好，", start: .milliseconds(2_700), end: .milliseconds(3_000), joinsNext: true),
            TimedWord(text: "世", start: .milliseconds(3_200), end: .milliseconds(3_400), joinsNext: true),
            TimedWord(text: "界", start: .milliseconds(3_400), end: .milliseconds(3_700)),
            TimedWord(text: "[x]", start: .milliseconds(3_700), end: .milliseconds(4_000)),
        ]
        return Track([first, second], language: "zh")
    }

    @Test(arguments: withTimes) func `cues that are written are read again`(format: SubtitleFormat) throws {
        let text = Self.styled().text(as: format)
        let read = try Track(reading: Array(text.utf8))
        #expect(read.cues.map(\.start) == Self.styled().cues.map(\.start))
        // Lines of lyrics are one line each, and last until the next time.
        guard format != .lrc else { return #expect(read.cues.count == 2 && read.cues[0].end == .milliseconds(2_000)) }
        #expect(read.cues.map(\.end) == Self.styled().cues.map(\.end))
        let same: (String) -> String = { text in
            format == .ass ? text.replacing("{", with: "｛").replacing("}", with: "｝") : text
        }
        #expect(read.cues.map { $0.lines.map(\.text) } == Self.styled().cues.map { $0.lines.map { same($0.text) } })
        if format != .json { #expect(read.cues.map(\.placement) == [.top, .bottom]) }
        #expect(try Track(reading: Array(read.text(as: format).utf8)).cues.map(\.lines) == read.cues.map(\.lines))
    }

    @Test(arguments: [SubtitleFormat.srt, .vtt, .ass, .ttml])
    func `slanted, heavy and underlined words stay so in every format`(format: SubtitleFormat) throws {
        let source = "1\n00:00:01,000 --> 00:00:02,000\nso <i>very <b>far</b></i>\n<u>away</u>\n"
        let track = try Track(reading: Array(source.utf8))
        #expect(track.cues[0].lines[0].runs.map(\.style) == [[], .italic, [.italic, .bold]])
        let read = try Track(reading: Array(track.text(as: format).utf8))
        #expect(read.cues == track.cues)
    }

    @Test(arguments: [SubtitleFormat.vtt, .ass, .lrc])
    func `words keep their times where a format can tell them`(format: SubtitleFormat) throws {
        let text = Self.styled().text(as: format, showsWords: true)
        let read = try Track(reading: Array(text.utf8))
        let words = try #require(read.cues.last?.words.filter { $0.start > .milliseconds(2_500) })
        let wanted = Self.styled().cues[1].words.dropFirst()
        #expect(words.map(\.start) == wanted.map(\.start))
        #expect(words.map { $0.text.prefix(1) }.suffix(4).count == 4)
    }

    @Test func `words and cues are documented JSON`() {
        let track = Track(
            [Cue(start: .milliseconds(500), end: .milliseconds(1_400), lines: ["Call me"])], language: "en",
            duration: .milliseconds(12_500),
            words: [
                TimedWord(
                    text: "Call", start: .milliseconds(500), end: .milliseconds(700), timing: .aligned, confidence: 0.98
                ),
                TimedWord(text: "me", start: .milliseconds(700), end: .milliseconds(900), timing: .estimated),
            ])
        #expect(
            track.text(as: .json) == """
                {"cues":[{"end":1.4,"lines":["Call me"],"start":0.5}],"duration":12.5,"language":"en",\
                "timing":"estimated","words":[{"confidence":0.98,"end":0.7,"start":0.5,"text":"Call","timing":"aligned"},\
                {"end":0.9,"start":0.7,"text":"me"}]}

                """)
    }

    @Test func `text without times is a line for each sentence`() {
        let cues = ["Call me", "Ishmael.", "你好，", "世界。", "Mr.", "Hill"].enumerated().map {
            Cue(start: .seconds($0.offset), end: .seconds($0.offset + 1), lines: [$0.element])
        }
        #expect(Track(cues).text(as: .txt) == "Call me Ishmael.\n你好，世界。\nMr. Hill\n")
    }

    @Test(arguments: withTimes) func `cues never overlap, go back or vanish in a moment`(format: SubtitleFormat) throws
    {
        let cues = [(2.0, 9.0), (1.0, 3.0), (4.0, 4.0), (5.0, 6.0)].map {
            Cue(start: .seconds($0.0), end: .seconds($0.1), lines: ["\($0.0)"])
        }
        let read = try Track(reading: Array(Track(cues).text(as: format).utf8))
        #expect(read.cues.map(\.text) == ["1.0", "2.0", "4.0", "5.0"])
        #expect(zip(read.cues, read.cues.dropFirst()).allSatisfy { $0.end <= $1.start && $0.end > $0.start })
    }

    // MARK: - Encodings

    @Test func `text of many encodings is read`() throws {
        let text = "1\n00:00:01,000 --> 00:00:02,000\n宇宙守护神，保护我们\n"
        let little = text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        let big = text.utf16.flatMap { [UInt8($0 >> 8), UInt8($0 & 255)] }
        let written: [[UInt8]] = [
            Array(text.utf8), [0xEF, 0xBB, 0xBF] + Array(text.utf8), [0xFF, 0xFE] + little, [0xFE, 0xFF] + big, little,
            big,
        ]
        for bytes in written { #expect(try Track(reading: bytes).cues.first?.text == "宇宙守护神，保护我们") }
        // ‘保护’ in GB18030.
        let old = Array("1\n00:00:01,000 --> 00:00:02,000\n".utf8) + [0xB1, 0xA3, 0xBB, 0xA4]
        #expect(try Track(reading: old).cues.first?.text == "保护")
        // ‘café’ in Latin 1, whose last byte is no GB18030.
        let latin = Array("1\n00:00:01,000 --> 00:00:02,000\nUn café\n".unicodeScalars.map { UInt8($0.value) })
        #expect(try Track(reading: latin).cues.first?.text == "Un café")
        let german = Array(
            "1\n00:00:01,000 --> 00:00:02,000\nDas ist für dich, schönes Mädchen.\n".unicodeScalars.map {
                UInt8($0.value)
            })
        #expect(try Track(reading: german).cues.first?.text == "Das ist für dich, schönes Mädchen.")
    }

    @Test func `what is no text is refused by name`() {
        let code: ([UInt8]) -> SubtitleError.Code? = { bytes in
            do throws(SubtitleError) {
                _ = try Track(reading: bytes)
                return nil
            } catch {
                return error.code
            }
        }
        #expect(code(Array("just a letter to nobody".utf8)) == .malformedInput)
        #expect(code((0..<2_000).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 >> 3) }) != nil)
    }

    // MARK: - Other programs' files

    @Test func `lines of SubStation are read with their styles`() throws {
        let text = """
            [Script Info]
            [V4+ Styles]
            Format: Name, Fontname, Bold, Italic, Alignment
            Style: Sign,Arial,0,-1,8
            [Events]
            Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
            Comment: 0,0:00:00.00,0:00:01.00,Sign,,0,0,0,,not shown
            Dialogue: 0,0:00:02.50,0:00:03.00,Sign,Anna,0,0,0,,{\\pos(1,2)}One, two\\N{\\i0}three
            Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\p1}m 0 0 l 1 1{\\p0}
            Dialogue: 0,0:00:00.10,0:00:00.90,Default,,0,0,0,,{\\k20}la {\\k30}li
            """
        let track = try Track(reading: Array(text.utf8))
        #expect(track.cues.map(\.text) == ["la li", "One, two three"])
        #expect(track.cues[1].placement == .top && track.cues[1].speaker == "Anna")
        #expect(track.cues[1].lines.map { $0.runs.map(\.style) } == [[.italic], [[]]])
        #expect(track.cues[0].words.map(\.text) == ["la", "li"])
        #expect(track.cues[0].words.map(\.start) == [.milliseconds(100), .milliseconds(300)])
    }

    @Test func `lyrics are read with repeats and an offset`() throws {
        let text =
            "[ar:Somebody]\n[offset:500]\n[00:10.00][00:20.00]again\n[00:12.5]<00:12.5>la <00:13.0>li<00:13.5>\n[00:14]\n"
        let track = try Track(reading: Array(text.utf8))
        #expect(track.cues.map(\.text) == ["again", "la li", "again"])
        #expect(track.cues.map(\.start) == [.milliseconds(9_500), .milliseconds(12_000), .milliseconds(19_500)])
        #expect(track.cues[1].end == .milliseconds(13_500))
        #expect(track.cues[1].words.map(\.end) == [.milliseconds(12_500), .milliseconds(13_000)])
    }

    @Test func `timed text of broadcasters is read`() throws {
        let text = """
            <?xml version="1.0"?><!-- <p begin="0s" end="1s">no</p> -->
            <tt:tt xmlns:tt="http://www.w3.org/ns/ttml" ttp:frameRate="25" xml:lang="de"><tt:body><tt:div>
            <tt:p begin="00:00:01:05" end="00:00:02.500">Guten <tt:span tts:fontStyle="italic">Tag</tt:span>,<tt:br/>
             Frau M&#252;ller &amp; Co</tt:p><tt:p begin="3s" dur="500ms"> </tt:p><tt:p begin="75f" dur="10f">x</tt:p>
            </tt:div></tt:body></tt:tt>
            """
        let track = try Track(reading: Array(text.utf8))
        #expect(track.language == "de")
        #expect(track.cues.map { $0.lines.map(\.text) } == [["Guten Tag,", "Frau Müller & Co"], ["x"]])
        #expect(track.cues.map(\.start) == [.milliseconds(1_200), .seconds(3)])
        #expect(track.cues.map(\.end) == [.milliseconds(2_500), .milliseconds(3_400)])
        #expect(track.cues[0].lines[0].runs[1].style == .italic)
    }

    @Test(
        .tags(.material), .needsMaterial,
        arguments: [
            ("srt/ascii.srt", 1), ("srt/gb2312.srt", 1), ("subtitleedit/test.srt", 1), ("subtitleedit/test2.vtt", 1),
            ("webvtt-py/sample.srt", 5), ("webvtt-py/sample.sbv", 4), ("webvtt-py/sample.vtt", 5),
            ("webvtt-py/youtube_dl.vtt", 1), ("webvtt-py/styles.vtt", 1), ("webvtt-py/captions_with_bom.vtt", 2),
            ("webvtt-py/regions.vtt", 1), ("webvtt-py/cue_tags.vtt", 1),
        ])
    func `files of other programs are read`(name: String, atLeast count: Int) throws {
        let track = try Track(
            reading: try contents(of: Material.path("subtitles/\(name)")), as: SubtitleFormat(path: name))
        #expect(track.cues.count >= count)
        #expect(track.cues.allSatisfy { !$0.text.contains("<") && !$0.text.contains("\u{FFFD}") })
        for format in Self.withTimes where format != .lrc {
            let again = try Track(reading: Array(track.text(as: format).utf8))
            #expect(again.cues.count == track.cues.count, "\(format)")
        }
    }

    @Test func `a file of WebVTT keeps its styles, regions and notes`() throws {
        let text = """
            WEBVTT

            NOTE
            for whoever reads this

            STYLE
            ::cue { color: lime }

            REGION
            id:fred
            width:40%
            lines:3
            regionanchor:0%,100%
            viewportanchor:10%,90%
            scroll:up

            first
            00:00:01.000 --> 00:00:02.000 line:10%,end position:20%,line-left size:50% align:start
            <v.loud Anna>Hi &amp; <c.x>bye</c>

            00:00:03.000 --> 00:00:04.000 region:fred
            bye

            """
        let file = try WebVTT(reading: text)
        #expect(file.text == text)
        #expect(file.track.cues.map(\.speaker) == ["Anna", nil])
        #expect(file.cues[0].nodes.map(\.text).joined() == "Hi & bye")
    }

    // MARK: - Any bytes

    @Test(arguments: 0..<24) func `any text is read without a fault`(seed: UInt64) {
        var random = SplitMix64(seed)
        let pieces = [
            "WEBVTT\n\n", "00:01.000 --> 00:02.000\n", "<v ", "<i>", "</i>", "&amp", "{\\", "\\N", "[00:01.00]",
            "<00:01.0>",
            "[Events]\n", "Dialogue: 0,0:00:01.00,0:00:02.00,", "{\\k10}", "<tt xmlns=\"http://www.w3.org/ns/ttml\">",
            "<p begin=\"1s\" end=\"2s\">", "</p>", "{\"cues\":[", "\n\n", "1\n", "REGION\nid:x\n", "你", "\r", "\0",
            "-->", "<![CDATA[",
            "0:00:01.000,0:00:02.000\n", "STYLE\n", "<ruby>", "<rt>", ",", ":", "99999999999999999999",
        ]
        for _ in 0..<8 {
            let text = (0..<Int.random(in: 1...30, using: &random)).map { _ in
                pieces.randomElement(using: &random) ?? ""
            }.joined()
            for format in SubtitleFormat.allCases {
                guard let track = try? Track(reading: Array(text.utf8), as: format) else { continue }
                for written in Self.withTimes {
                    let again = try? Track(reading: Array(track.text(as: written).utf8), as: written)
                    let count = track.cues.filter { !$0.text.allSatisfy(\.isWhitespace) }.count
                    #expect(again?.cues.count ?? 0 == count, "seed \(seed): \(text.debugDescription) as \(written)")
                }
            }
        }
    }
}
