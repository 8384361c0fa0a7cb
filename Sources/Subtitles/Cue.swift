/// Some lines of text and the time in which they are shown.
public struct Cue: Hashable, Sendable {
    /// When they appear.
    public var start: Duration
    /// When they go.
    public var end: Duration
    /// The lines, from above.
    public var lines: [String]

    /// Makes a cue.
    public init(start: Duration, end: Duration, lines: [String]) {
        self.start = start
        self.end = end
        self.lines = lines
    }

    /// The text as it is read: lines joined by spaces, or by nothing between characters of scripts without them; without
    /// what tells only how it looks, such as `<i>` and `{\\an8}`.
    public var text: String {
        lines.map(\.withoutStyle).reduce(into: "") { text, line in
            if let last = text.last, let first = line.first, !(last.isWritable(beside: first)) { text += " " }
            text += line
        }
    }
}

extension Character {
    /// Whether nothing stands between this character and another: both are wide, as Chinese and Japanese ones are.
    func isWritable(beside other: Character) -> Bool { isWide && other.isWide }

    private var isWide: Bool {
        guard let scalar = unicodeScalars.first?.value else { return false }
        return (0x2E80...0xA4CF).contains(scalar) || (0xF900...0xFAFF).contains(scalar)
            || (0xFE30...0xFE4F).contains(scalar) || (0xFF00...0xFF60).contains(scalar) || scalar >= 0x20000
    }
}

extension String {
    /// The line without tags of HTML and overrides of other formats; a mark that no tag follows is text.
    fileprivate var withoutStyle: String {
        replacing(/<\/?[A-Za-z][^<>]*>|\{\\[^{}]*\}/, with: "")
    }
}
