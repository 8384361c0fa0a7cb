/// Subtitles for broadcasters (TTML, in the text profile of IMSC 1).
enum TimedText {
    /// Reads the paragraphs of a file.
    static func track(in text: String) throws(SubtitleError) -> Track {
        var reader = TimedTextReader()
        var scanner = TagScanner(text)
        while let token = scanner.next() { reader.take(token) }
        guard reader.isTimedText else { throw SubtitleError(.malformedInput, "this XML is no Timed Text") }
        return Track(CueSequence.sorted(reader.finishedCues()), language: reader.language)
    }
}

/// How a file counts frames and ticks.
struct TimedTextClock {
    private var frameRate = 30.0
    private var tickRate = 1.0

    init() {}

    /// The rates that the outermost element tells; a multiplier such as `1000 1001` belongs to the frames.
    init(_ attributes: [String: String]) {
        let number = { (name: String) in attributes[name].flatMap { Double($0) }.flatMap { $0 > 0 ? $0 : nil } }
        frameRate = number("frameRate") ?? 30
        let factors = (attributes["frameRateMultiplier"] ?? "").split(separator: " ").compactMap { Double($0) }
        if factors.count == 2, factors.allSatisfy({ $0 > 0 }) { frameRate *= factors[0] / factors[1] }
        tickRate = number("tickRate") ?? (attributes["frameRate"] == nil ? 1 : frameRate)
    }

    /// A time with a clock, or a number and its unit.
    func time(_ text: String) -> Duration? {
        if let match = text.wholeMatch(of: /([0-9]{1,9}(?:\.[0-9]{1,9})?)(h|ms|m|s|f|t)/), let number = Double(match.1)
        {
            let units = ["h": 3_600, "m": 60, "s": 1, "ms": 0.001, "f": 1 / frameRate, "t": 1 / tickRate]
            return Self.duration(number * (units[String(match.2)] ?? 1))
        }
        if let match = text.wholeMatch(of: /([0-9]{1,6}:[0-9]{2}:[0-9]{2}):([0-9]{1,4})/), let frames = Double(match.2),
            let whole = ClockTime.lenient(match.1)
        {
            return Self.duration(frames / frameRate).map { whole + $0 }
        }
        return ClockTime.lenient(text)
    }

    private static func duration(_ seconds: Double) -> Duration? {
        let milliseconds = seconds * 1_000
        return milliseconds <= Double(ClockTime.mostMilliseconds) ? .milliseconds(Int(milliseconds.rounded())) : nil
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
