extension WebVTTCue {
    /// The cue for other formats; one that ends before it begins ends at once.
    var cue: Cue {
        let end = max(start, end)
        var reader = NodeReader(from: start)
        reader.read(nodes, [])
        reader.endWord(at: end)
        var cue = Cue(start: start, end: end, styled: reader.lines.filter { !$0.runs.isEmpty })
        cue.speaker = reader.speaker
        cue.words = reader.words
        if let line = settings.line { cue.placement = (0..<(settings.snapsToLines ? 5 : 40)) ~= line ? .top : .bottom }
        return cue
    }

    /// A cue as this format has it, with the time of each word or without.
    init(_ cue: Cue, _ times: Range<Int>, showsWords: Bool) {
        let words = showsWords ? Self.timedLines(cue, times) : nil
        let lines =
            words
            ?? cue.cleanLines.map { line in line.marked(Self.escaped) { StyledLine.tags($0, opens: $1) } }
        let voice = cue.speaker.map { "<v \(Self.escaped($0.filter { !$0.isNewline }))>" } ?? ""
        self.init(
            start: .milliseconds(times.lowerBound), end: .milliseconds(times.upperBound),
            payload: voice + lines.joined(separator: "\n"))
        if cue.placement == .top { settings.line = 0 }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    /// Lines with the time of each word before it; nil when the words are not those of the lines.
    private static func timedLines(_ cue: Cue, _ times: Range<Int>) -> [String]? {
        guard let lines = cue.wordsByLine else { return nil }
        var last = times.lowerBound
        return lines.map { words in
            var line = ""
            for (index, word) in words.enumerated() {
                let time = ClockTime.milliseconds(word.start)
                // The standard wants times that grow, within the cue's own.
                if time > last, time < times.upperBound {
                    line += "<\(ClockTime.text(time, mark: "."))>"
                    last = time
                }
                line += escaped(word.text) + (word.joinsNext || index == words.count - 1 ? "" : " ")
            }
            return line
        }
    }
}

/// Gathers lines, words and the speaker of a tree.
private struct NodeReader {
    var lines = [StyledLine()]
    var speaker: String?
    var words: [TimedWord] = []
    /// The word that is open; before the first time it is one that begins with the cue, should a time come.
    private var word: (start: Duration, text: String)
    private var hasTimes = false

    init(from start: Duration) { word = (start, "") }

    mutating func read(_ nodes: [WebVTTNode], _ style: StyledLine.Style) {
        for node in nodes {
            switch node {
            case .text(let text): add(text, style)
            case .time(let time):
                hasTimes = true
                endWord(at: time)
                word = (time, "")
            case .tag(let tag, _, let annotation, let children):
                if tag == .voice, speaker == nil, !annotation.isEmpty { speaker = annotation }
                // What is said of a character stands above it, and nowhere in other formats.
                if tag != .rubyText { read(children, style.union(Self.style(of: tag))) }
            }
        }
    }

    private mutating func add(_ text: String, _ style: StyledLine.Style) {
        word.text += text
        for (index, piece) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if index > 0 { lines.append(StyledLine()) }
            lines[lines.count - 1].append(piece, style)
        }
    }

    mutating func endWord(at time: Duration) {
        let plain = word.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard hasTimes, !plain.isEmpty, time >= word.start else { return }
        let joinsNext = word.text.last?.isWhitespace == false
        words.append(TimedWord(text: plain, start: word.start, end: time, joinsNext: joinsNext))
    }

    private static func style(of tag: WebVTTNode.Tag) -> StyledLine.Style {
        switch tag {
        case .italic: .italic
        case .bold: .bold
        case .underline: .underline
        default: []
        }
    }
}

/// Writes cues of WebVTT.
struct WebVTTEncoder: CueEncoder {
    let language: String?
    let showsWords: Bool
    private var clock = CueClock()

    init(language: String?, showsWords: Bool) {
        self.language = language
        self.showsWords = showsWords
    }

    var head: String { "WEBVTT\n" + (language.map { "Language: \($0)\n" } ?? "") + "\n" }

    mutating func encode(_ cue: Cue) -> String {
        guard !cue.cleanLines.isEmpty else { return "" }
        return WebVTTCue(cue, clock.place(cue), showsWords: showsWords).block + "\n\n"
    }
}
