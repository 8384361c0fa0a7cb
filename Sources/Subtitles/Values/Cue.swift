/// Some lines of text and the time in which they are shown.
public struct Cue: Hashable, Sendable {
    /// When they appear.
    public var start: Duration
    /// When they go.
    public var end: Duration
    /// The lines, from above.
    public var lines: [StyledLine]
    /// Where on the picture they stand.
    public var placement: Placement = .bottom
    /// Who says it, where that is told.
    public var speaker: String?
    /// The words with their own times, where they are known.
    public var words: [TimedWord] = []

    /// Where lines stand.
    public enum Placement: Hashable, Sendable {
        case bottom, top
    }

    /// Makes a cue of lines that look like any other.
    public init(start: Duration, end: Duration, lines: [String]) {
        self.init(start: start, end: end, styled: lines.map { StyledLine($0) })
    }

    /// Makes a cue.
    public init(start: Duration, end: Duration, styled lines: [StyledLine]) {
        self.start = start
        self.end = end
        self.lines = lines
    }

    /// The text as it is read: lines joined by spaces, or by nothing between characters of scripts without them.
    public var text: String {
        lines.map(\.text).reduce(into: "") { text, line in
            if let last = text.last, let first = line.first, !(last.isWide && first.isWide) { text += " " }
            text += line
        }
    }
}

/// A line of a cue, whose parts may be slanted, bold or underlined.
public struct StyledLine: Hashable, Sendable, ExpressibleByStringLiteral {
    /// The parts, from the beginning; no two neighbours look the same, and none is empty.
    public private(set) var runs: [Run] = []

    /// A part that looks the same throughout.
    public struct Run: Hashable, Sendable {
        /// What is read.
        public let text: String
        /// How it looks.
        public let style: Style
    }

    /// How text may look; every format knows these.
    public struct Style: OptionSet, Hashable, Sendable {
        /// A bit for each.
        public let rawValue: UInt8

        /// Makes a style of bits.
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        /// Slanted letters.
        public static let italic = Style(rawValue: 1)
        /// Heavy letters.
        public static let bold = Style(rawValue: 2)
        /// A line below the letters.
        public static let underline = Style(rawValue: 4)
    }

    /// Makes a line without any style.
    public init(_ text: String) { append(text) }

    /// Makes a line without any style.
    public init(stringLiteral text: String) { append(text) }

    /// Makes an empty line.
    init() {}

    /// What is read.
    public var text: String { runs.map(\.text).joined() }

    mutating func append(_ text: some StringProtocol, _ style: Style = []) {
        guard !text.isEmpty else { return }
        if let last = runs.last, last.style == style {
            runs[runs.count - 1] = Run(text: last.text + text, style: style)
        } else {
            runs.append(Run(text: String(text), style: style))
        }
    }
}
