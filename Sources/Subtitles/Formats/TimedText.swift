/// Subtitles for broadcasters (TTML, in the text profile of IMSC 1).
enum TimedText {
    /// Reads the paragraphs of a file.
    static func track(in text: String) throws(SubtitleError) -> Track {
        var reader = TimedTextReader()
        var scanner = TagScanner(text)
        while let token = scanner.next() { reader.take(token) }
        guard reader.isTimedText else { throw SubtitleError(.malformedInput, "this XML is no Timed Text") }
        return Track(CueSequence.ordered(reader.cues), language: reader.language)
    }

    /// A time with a clock or a number and its unit; frames and ticks need rates that only the file tells.
    static func time(_ text: String, frameRate: Double, tickRate: Double) -> Duration? {
        if let match = text.wholeMatch(of: /([0-9]{1,9}(?:\.[0-9]{1,9})?)(h|ms|m|s|f|t)/), let number = Double(match.1)
        {
            let units = ["h": 3_600, "m": 60, "s": 1, "ms": 0.001, "f": 1 / frameRate, "t": 1 / tickRate]
            let milliseconds = number * (units[String(match.2)] ?? 1) * 1_000
            return milliseconds <= Double(ClockTime.mostMilliseconds) ? .milliseconds(Int(milliseconds.rounded())) : nil
        }
        if let match = text.wholeMatch(of: /([0-9]{1,6}:[0-9]{2}:[0-9]{2}):([0-9]{1,4})/), let frames = Double(match.2)
        {
            return ClockTime.lenient(match.1).map { $0 + .milliseconds(Int((frames / frameRate * 1_000).rounded())) }
        }
        return ClockTime.lenient(text)
    }
}

/// Gathers the paragraphs of a file, tag by tag.
private struct TimedTextReader {
    var cues: [Cue] = []
    var isTimedText = false
    var language: String?
    private var frameRate = 30.0
    private var tickRate = 1.0
    private var open: Cue?
    private var styles: [StyledLine.Style] = []

    mutating func take(_ token: TagScanner.Token) {
        switch token {
        case .text(let text): add(text)
        case .start(let name, let attributes, let isEmpty):
            start(name, attributes)
            if isEmpty { end(name) }
        case .end(let name): end(name)
        }
    }

    private mutating func start(_ name: String, _ attributes: [String: String]) {
        switch name {
        case "tt":
            isTimedText = true
            language = attributes["lang"].flatMap { $0.isEmpty ? nil : $0 }
            frameRate = attributes["frameRate"].flatMap { Double($0) }.flatMap { $0 > 0 ? $0 : nil } ?? 30
            tickRate = attributes["tickRate"].flatMap { Double($0) }.flatMap { $0 > 0 ? $0 : nil } ?? 1
        case "p": open = paragraph(attributes)
        case "br": open?.lines.append(StyledLine())
        case "span": styles.append((styles.last ?? []).union(Self.style(attributes)))
        default: break
        }
    }

    private func paragraph(_ attributes: [String: String]) -> Cue? {
        func time(_ name: String) -> Duration? {
            attributes[name].flatMap { TimedText.time($0, frameRate: frameRate, tickRate: tickRate) }
        }
        guard let begin = time("begin"), let end = time("end") ?? time("dur").map({ begin + $0 }), end >= begin else {
            return nil
        }
        var cue = Cue(start: begin, end: end, styled: [StyledLine()])
        if attributes["region"]?.lowercased().contains("top") == true { cue.placement = .top }
        return cue
    }

    private mutating func end(_ name: String) {
        switch name {
        case "span": _ = styles.popLast()
        case "p":
            guard var cue = open.take() else { return }
            cue.lines = cue.cleanLines
            if !cue.lines.isEmpty { cues.append(cue) }
        default: break
        }
    }

    private mutating func add(_ text: String) {
        guard let count = open?.lines.count, count > 0 else { return }
        // Line ends of the file are blanks, and many blanks one.
        var plain = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if text.first?.isWhitespace == true, open?.lines[count - 1].runs.isEmpty == false { plain = " " + plain }
        if text.last?.isWhitespace == true, !plain.isEmpty, plain != " " { plain += " " }
        open?.lines[count - 1].append(plain, styles.last ?? [])
    }

    private static func style(_ attributes: [String: String]) -> StyledLine.Style {
        var style = StyledLine.Style()
        if attributes["fontStyle"] == "italic" { style.insert(.italic) }
        if attributes["fontWeight"] == "bold" { style.insert(.bold) }
        if attributes["textDecoration"]?.contains("underline") == true { style.insert(.underline) }
        return style
    }
}

/// Writes cues of Timed Text.
struct TimedTextEncoder: CueEncoder {
    let language: String?
    private var clock = CueClock()

    init(language: String?) { self.language = language }

    var head: String {
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <tt xmlns="http://www.w3.org/ns/ttml" xmlns:ttp="http://www.w3.org/ns/ttml#parameter" \
        xmlns:tts="http://www.w3.org/ns/ttml#styling" ttp:timeBase="media" \
        ttp:profile="http://www.w3.org/ns/ttml/profile/imsc1/text" xml:lang="\(TagScanner.escaped(language ?? ""))">
        <head>
        <styling><style xml:id="plain" tts:color="white" tts:fontFamily="proportionalSansSerif" tts:textAlign="center"/></styling>
        <layout>
        <region xml:id="bottom" style="plain" tts:origin="10% 10%" tts:extent="80% 80%" tts:displayAlign="after"/>
        <region xml:id="top" style="plain" tts:origin="10% 10%" tts:extent="80% 80%" tts:displayAlign="before"/>
        </layout>
        </head>
        <body>
        <div>

        """
    }

    mutating func encode(_ cue: Cue) -> String {
        let lines = cue.cleanLines
        guard !lines.isEmpty else { return "" }
        let times = clock.place(cue)
        let text = lines.map { $0.marked(TagScanner.escaped, Self.span) }.joined(separator: "<br/>")
        let (begin, end) = (ClockTime.text(times.lowerBound, mark: "."), ClockTime.text(times.upperBound, mark: "."))
        let region = cue.placement == .top ? "top" : "bottom"
        return "<p begin=\"\(begin)\" end=\"\(end)\" region=\"\(region)\">\(text)</p>\n"
    }

    func tail(_ track: Track) -> String { "</div>\n</body>\n</tt>\n" }

    private static func span(_ style: StyledLine.Style, opens: Bool) -> String {
        guard !style.isEmpty else { return "" }
        guard opens else { return "</span>" }
        let attributes = [
            style.contains(.italic) ? " tts:fontStyle=\"italic\"" : "",
            style.contains(.bold) ? " tts:fontWeight=\"bold\"" : "",
            style.contains(.underline) ? " tts:textDecoration=\"underline\"" : "",
        ]
        return "<span\(attributes.joined())>"
    }
}
