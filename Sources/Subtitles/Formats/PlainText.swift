/// The text of cues without their times: a line for each sentence that a cue ends, or for each cue.
struct PlainTextEncoder: CueEncoder {
    private var line = ""

    var head: String { "" }

    mutating func encode(_ cue: Cue) -> String {
        let text = cue.cleanText
        guard !text.isEmpty else { return "" }
        if let last = line.last, let first = text.first, !(last.isWide && first.isWide) { line += " " }
        line += text
        guard SentenceEnd.isEnd(of: line) else { return "" }
        defer { line = "" }
        return line + "\n"
    }

    mutating func tail(_ track: Track) -> String { line.isEmpty ? "" : line + "\n" }
}
