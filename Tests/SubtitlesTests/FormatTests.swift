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
            let plain = text.replacing("{", with: "｛").replacing("}", with: "｝")
            // SubRip has no escapes either.
            if format == .srt { return plain.replacing("<", with: "‹").replacing(">", with: "›") }
            return format == .ass ? plain : text
        }
        #expect(read.cues.map { $0.lines.map(\.text) } == Self.styled().cues.map { $0.lines.map { same($0.text) } })
        #expect(read.cues.map(\.placement) == [.top, .bottom])
        #expect(try Track(reading: Array(read.text(as: format).utf8)).cues.map(\.lines) == read.cues.map(\.lines))
    }

    @Test(arguments: [SubtitleFormat.srt, .vtt, .ass, .ttml, .json])
    func `slanted, heavy and underlined words stay so in every format`(format: SubtitleFormat) throws {
        let source = "1\n00:00:01,000 --> 00:00:02,000\nso <i>very <b>far</b></i>\n<u>away</u>\n"
        let track = try Track(reading: Array(source.utf8))
        #expect(track.cues[0].lines[0].runs.map(\.style) == [[], .italic, [.italic, .bold]])
        let read = try Track(reading: Array(track.text(as: format).utf8))
        #expect(read.cues == track.cues)
    }

    @Test(arguments: [SubtitleFormat.vtt, .ass, .lrc, .json])
    func `words keep their times where a format can tell them`(format: SubtitleFormat) throws {
        let text = Self.styled().text(as: format, showsWords: true)
        let read = try Track(reading: Array(text.utf8))
        let wanted = Self.styled().cues[1].words
        #expect(read.cues.last?.words.map(\.text) == wanted.map(\.text))
        #expect(read.cues.last?.words.map(\.start) == wanted.map(\.start))
        // Through a second file in another format they light up still.
        let second = try Track(reading: Array(read.text(as: .ass, showsWords: true).utf8))
        #expect(second.cues.last?.words.map(\.start) == wanted.map(\.start))
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

    @Test(arguments: withTimes) func `cues that are shown at once become one with the lines of both`(
        format: SubtitleFormat
    ) throws {
        let cues = [(2.0, 9.0), (1.0, 3.0), (5.0, 6.0), (10.0, 10.0), (8.95, 9.5)].map {
            Cue(start: .seconds($0.0), end: .seconds($0.1), lines: ["\($0.0)"])
        }
        let read = try Track(reading: Array(Track(cues).text(as: format).utf8))
        // Lyrics end where the next line begins, and programs know cues that are shown at once.
        let shown = ["1.0", "1.0 2.0", "2.0", "2.0 5.0", "2.0", "8.95", "10.0"]
        let each = ["1.0", "2.0", "5.0", "8.95", "10.0"]
        #expect(read.cues.map(\.text) == (format == .lrc || format == .json ? each : shown))
        guard format != .json else { return }
        #expect(zip(read.cues, read.cues.dropFirst()).allSatisfy { $0.end <= $1.start && $0.end > $0.start })
    }

    @Test func `text that is shown twice is written once`() {
        let cues = [(1.0, 3.0, "One."), (2.5, 5.0, "Two.")].map {
            Cue(start: .seconds($0.0), end: .seconds($0.1), lines: [$0.2])
        }
        #expect(Track(cues).text(as: .txt) == "One.\nTwo.\n")
        #expect(Track(cues).text(as: .lrc) == "[00:01.00]One.\n[00:02.50]Two.\n[00:05.00]\n")
    }

    @Test func `the overlap of a file is there for who looks for it`() throws {
        let file = "1\n00:00:01,000 --> 00:00:03,000\na\n\n2\n00:00:02,000 --> 00:00:04,000\nb\n"
        for format in [SubtitleFormat.vtt, .ass, .ttml] {
            let both = try WebVTT(reading: "WEBVTT\n\n00:01.000 --> 00:03.000\na\n\n00:02.000 --> 00:04.000\nb\n")
            let track = format == .vtt ? both.track : try Track(reading: Array(file.utf8))
            #expect(track.cues.map(\.end) == [.seconds(3), .seconds(4)])
        }
        let rules = SubtitleLinter(LayoutRules(language: "en")).findings(in: try Track(reading: Array(file.utf8)).cues)
        #expect(rules.map(\.rule) == [.overlap])
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

    @Test func `a word in brackets is a word`() throws {
        let film =
            "1\n00:00:01,000 --> 00:00:02,000\n<Music> x <y and y> z <font color=\"red\">red</font>\n<b>[Door]</b>\n"
        let track = try Track(reading: Array(film.utf8))
        #expect(track.cues[0].lines.map(\.text) == ["<Music> x <y and y> z red", "[Door]"])
        // Other programs take it for a tag.
        let safe = try Track(reading: Array(track.text(as: .srt).utf8)).cues[0].lines.map(\.text)
        #expect(safe == ["‹Music› x ‹y and y› z red", "[Door]"])
        #expect(try Track(reading: Array(track.text(as: .vtt).utf8)).cues == track.cues)
        let song = try Track(reading: Array("[ti:A song]\n[00:01.00][Chorus]\n[00:02.00]la [Music]\n".utf8))
        #expect(song.cues.map(\.text) == ["[Chorus]", "la [Music]"])
        #expect(try Track(reading: Array(song.text(as: .lrc).utf8)).cues.map(\.text) == song.cues.map(\.text))
    }

    @Test func `a blank between syllables may have a time of its own`() throws {
        let song =
            "[Events]\nDialogue: 0,0:00:01.00,0:00:04.00,Default,,0,0,0,,{\\k50}Ka{\\k50}ra{\\k30} {\\k40}o{\\k30}ke\n"
        let track = try Track(reading: Array(song.utf8))
        #expect(track.cues[0].words.map(\.joinsNext).dropLast() == [true, false, true])
        #expect(track.text(as: .vtt, showsWords: true).contains("Ka<00:00:01.500>ra <00:00:02.300>o<00:00:02.700>ke"))
        // A line lasts as long as the file says.
        let lyrics = try Track(reading: Array("[00:01.00]long\n[00:30.00]\n[00:40.00]next\n[00:55.00]last\n".utf8))
        #expect(lyrics.cues.map(\.end) == [30, 50, 60].map { .seconds($0) })
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

    @Test func `timed text counts from its parents, takes styles by name, and shows no metadata`() throws {
        let text = """
            <tt xmlns="http://www.w3.org/ns/ttml" ttp:frameRate="30" ttp:frameRateMultiplier="1000 1001"><head>
            <metadata><ttm:desc>not shown</ttm:desc></metadata><styling><style xml:id="s1" tts:fontStyle="italic"/></styling>
            <layout><region xml:id="r1"><style tts:displayAlign="before"/></region></layout></head>
            <body begin="10s"><div begin="1s" region="r1"><metadata>nor this</metadata>
            <p begin="0s" end="2s" style="s1"><metadata>nor that</metadata>one <span style="s2" tts:fontStyle="normal">two</span></p>
            <p begin="2s" end="4s"><span begin="0s" end="1s">so</span> <span begin="1s" end="1.5s">we</span></p>
            <p><span begin="5s" end="6s">here</span><span begin="7s" end="8s">there</span></p>
            <p begin="300f" dur="30f">frames</p></div></body></tt>
            """
        let cues = try Track(reading: Array(text.utf8)).cues
        #expect(cues.map(\.text) == ["one two", "so we", "here", "there", "frames"])
        #expect(cues.map(\.start) == [11_000, 13_000, 16_000, 18_000, 21_010].map { .milliseconds($0) })
        #expect(cues[0].lines[0].runs.map(\.style) == [.italic, []] && cues[0].placement == .top)
        #expect(cues[1].words.map(\.start) == [.seconds(13), .seconds(14)])
        #expect(cues[4].end - cues[4].start == .milliseconds(1_001))
        let endless = """
            <tt xmlns="http://www.w3.org/ns/ttml"><body><div><p begin="1s">你好　再见</p><p begin="1s">two</p>
            <p begin="3s" end="4s">three</p><p begin="9s">four</p></div></body></tt>
            """
        let open = try Track(reading: Array(endless.utf8)).cues
        #expect(open.map(\.text) == ["你好　再见", "two", "three", "four"])
        #expect(open.map(\.end) == [3, 3, 4, 14].map { .seconds($0) })
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
            // What is shown at once is written as one cue, and read so.
            let once = try Track(reading: Array(again.text(as: format).utf8))
            #expect(again.cues.map(\.lines) == once.cues.map(\.lines), "\(format)")
            #expect(again.cues.count >= track.cues.count)
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
        let later = try SubtitleText(rewriting: Array(text.utf8), as: .vtt, offset: .milliseconds(1_500))
        #expect(
            later.text
                == text.replacing("00:00:01.000 --> 00:00:02.000", with: "00:00:02.500 --> 00:00:03.500")
                .replacing("00:00:03.000 --> 00:00:04.000", with: "00:00:04.500 --> 00:00:05.500"))
        #expect(file.track.cues.map(\.speaker) == ["Anna", nil])
        #expect(file.cues[0].nodes.map(\.text).joined() == "Hi & bye")
    }

    @Test func `a file of SubStation keeps its fonts when its times change`() throws {
        let text = """
            [V4+ Styles]
            Format: Name, Fontname, Bold
            Style: Sign,Comic Sans,0
            [Events]
            Format: Layer, Start, End, Style, Text
            Dialogue: 0,0:00:00.50,0:00:00.90,Sign,gone
            Comment: 0,0:00:01.00,0:00:02.00,Sign,a note, with a comma
            Dialogue: 0,0:00:02.50,0:00:03.00,Sign,{\\pos(1,2)}One, two
            """
        let earlier = try SubtitleText(rewriting: Array(text.utf8), as: .ass, offset: .milliseconds(-1_000))
        let wanted = text.split(separator: "\n").filter { !$0.contains("gone") }.joined(separator: "\n")
            .replacing("0:00:01.00,0:00:02.00", with: "0:00:00.00,0:00:01.00")
            .replacing("0:00:02.50,0:00:03.00", with: "0:00:01.50,0:00:02.00")
        #expect(earlier.text == wanted && earlier.cueCount == 1)
    }

    @Test func `the language of a text is told, or nothing is`() {
        let told = [
            "Guten Morgen, wie geht es Ihnen und der Familie?": "de", "Je ne sais pas ce que c'est.": "fr",
            "¿Qué es lo que quiere la señora?": "es", "What's the weather like?": "en", "今天天气怎么样？": "zh",
            "今日はいい天気ですね": "ja", "สวัสดีครับ": "th", "Что это?": "ru",
        ]
        for (text, language) in told { #expect(WrittenLanguage.guess(of: text) == language, "\(text)") }
        #expect(WrittenLanguage.guess(of: "Oriole, Berlin 2026") == nil)
        #expect(WrittenLanguage.guess(of: "") == nil)
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
                    let shown = track.cues.filter { !$0.text.allSatisfy(\.isWhitespace) }
                    let isOverlapping = zip(shown, shown.dropFirst()).contains { $0.end > $1.start }
                    let count = again?.cues.count ?? 0
                    #expect(
                        isOverlapping ? count > 0 : count == shown.count,
                        "seed \(seed): \(text.debugDescription) as \(written)")
                }
            }
        }
    }
}
