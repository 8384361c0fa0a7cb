/// Lines of lyrics with the time at which each begins (LRC), and of words within them.
enum Lyrics {
    /// Reads a file; a line lasts until the next begins, ten seconds at most.
    static func track(in text: String) -> Track {
        var begins: [(start: Duration, line: Substring)] = []
        var offset = Duration.zero
        for line in text.split(whereSeparator: \.isNewline) {
            var rest = line.drop(while: \.isWhitespace)
            var times: [Duration] = []
            while let tag = rest.prefixMatch(of: /\[([^\[\]]*)\]/), let time = ClockTime.lenient(tag.1) {
                times.append(time)
                rest = rest[tag.range.upperBound...]
            }
            if let shift = line.prefixMatch(of: /\s*\[offset: *([+-]?\d{1,7}) *\]/), let number = Int(shift.1) {
                offset = .milliseconds(number)
            }
            begins += times.map { ($0, rest) }
        }
        begins = begins.enumerated().sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }
            .map(\.element)
        let cues = begins.indices.map { index in
            let start = begins[index].start
            guard index + 1 < begins.count else { return cue(begins[index].line, start, start + .seconds(5)) }
            let next = begins[index + 1]
            // An empty line tells when the one before it ends; else nobody does.
            let isEnd = next.line.allSatisfy(\.isWhitespace)
            return cue(begins[index].line, start, isEnd ? next.start : min(next.start, start + .seconds(10)))
        }
        // A positive offset makes the text come earlier.
        return Track(cues).shifted(by: .zero - offset)
    }

    private static func cue(_ line: Substring, _ start: Duration, _ end: Duration) -> Cue {
        var text = ""
        var words: [TimedWord] = []
        var rest = line
        var time = start
        while let mark = rest.firstMatch(of: /<(\d{1,3}:\d\d[.:]\d{1,3})>/) {
            let piece = rest[..<mark.range.lowerBound]
            text += piece
            rest = rest[mark.range.upperBound...]
            guard let next = ClockTime.lenient(mark.1) else {
                continue
            }
            words.add(piece, from: time, to: next)
            time = next
        }
        if !words.isEmpty || time > start { words.add(rest, from: time, to: end) }
        text += rest
        let plain = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        var cue = Cue(start: start, end: max(end, start), lines: plain.isEmpty ? [] : [plain])
        cue.words = words
        return cue
    }
}

extension [TimedWord] {
    fileprivate mutating func add(_ piece: Substring, from start: Duration, to end: Duration) {
        let text = piece.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard !text.isEmpty else { return }
        append(
            TimedWord(
                text: text, start: start, end: Swift.max(start, end), joinsNext: piece.last?.isWhitespace == false))
    }
}

/// Writes cues as lines of lyrics; an empty one ends what is not followed at once.
struct LyricsEncoder: CueEncoder {
    let showsWords: Bool
    private var clock = CueClock(step: 10)
    private var lastEnd: Int?

    init(showsWords: Bool) { self.showsWords = showsWords }

    var head: String { "" }

    mutating func encode(_ cue: Cue) -> String {
        guard !cue.cleanLines.isEmpty else { return "" }
        let times = clock.place(cue)
        var text = ""
        if let lastEnd, times.lowerBound > lastEnd { text += "[\(Self.clock(lastEnd))]\n" }
        lastEnd = times.upperBound
        let words = showsWords ? Self.timed(cue) : nil
        return text + "[\(Self.clock(times.lowerBound))]\(words ?? Self.safe(cue.cleanText))\n"
    }

    func tail(_ track: Track) -> String { lastEnd.map { "[\(Self.clock($0))]\n" } ?? "" }

    private static func timed(_ cue: Cue) -> String? {
        guard cue.wordsByLine != nil, let last = cue.words.last else { return nil }
        let words = cue.words.enumerated().map { index, word in
            let space = word.joinsNext || index == cue.words.count - 1 ? "" : " "
            return "<\(clock(ClockTime.milliseconds(word.start)))>\(safe(word.text))\(space)"
        }
        return words.joined() + "<\(clock(ClockTime.milliseconds(last.end)))>"
    }

    /// Minutes, which may be more than an hour's, seconds and hundredths.
    private static func clock(_ milliseconds: Int) -> String {
        let hundredths = (milliseconds + 5) / 10
        let parts = [hundredths / 6_000, hundredths / 100 % 60].map { ClockTime.padded($0, 2) }
        return parts.joined(separator: ":") + "." + ClockTime.padded(hundredths % 100, 2)
    }

    /// Text that no reader takes for a time.
    private static func safe(_ text: String) -> String {
        text.replacing(/\[(?=\d)/, with: "［").replacing(/<(?=\d)/, with: "‹")
    }
}
