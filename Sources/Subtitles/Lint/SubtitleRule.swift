/// A rule that subtitles are held to.
public enum SubtitleRule: String, Hashable, Sendable, CaseIterable {
    /// A line has more columns than fit.
    case lineTooLong = "line-too-long"
    /// A cue has more lines than it may.
    case tooManyLines = "too-many-lines"
    /// A cue goes before it can be read.
    case tooFast = "too-fast"
    /// A cue is hardly seen.
    case tooShort = "too-short"
    /// A cue stands for too long.
    case tooLong = "too-long"
    /// Nothing tells one cue from the next.
    case gapTooSmall = "gap-too-small"
    /// A cue begins before the one before it has gone.
    case overlap
    /// A cue shows nothing.
    case empty
    /// A line ends where a mark, a number or a word is torn from what belongs to it.
    case badBreak = "bad-break"
}

/// A place where a rule is broken.
public struct SubtitleFinding: Hashable, Sendable, CustomStringConvertible {
    /// Which cue, from 1 on.
    public let cue: Int
    /// When it appears.
    public let start: Duration
    /// The rule.
    public let rule: SubtitleRule
    /// What was found, and what is allowed.
    public let detail: String

    /// The rule's name, and what was found.
    public var description: String { "\(rule.rawValue): \(detail)" }
}
