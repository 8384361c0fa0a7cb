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

/// Holds subtitles to the rules that ``CueLayout`` lays them out by.
public struct SubtitleLinter: Sendable {
    private let rules: LayoutRules
    private let ignored: Set<SubtitleRule>

    /// Makes a linter that leaves out some rules.
    public init(_ rules: LayoutRules, ignoring ignored: Set<SubtitleRule> = []) {
        self.rules = rules
        self.ignored = ignored
    }

    /// What is wrong, cue by cue.
    public func findings(in cues: [Cue]) -> [SubtitleFinding] {
        cues.indices.flatMap { index in
            let next = index + 1 < cues.count ? cues[index + 1] : nil
            let found = look(cues[index]) + times(cues[index], before: next)
            return found.filter { !ignored.contains($0.0) }.map { rule, detail in
                SubtitleFinding(cue: index + 1, start: cues[index].start, rule: rule, detail: detail)
            }
        }
    }

    private typealias Found = (SubtitleRule, String)

    private func look(_ cue: Cue) -> [Found] {
        let lines = cue.lines.map(\.text)
        guard lines.contains(where: { $0.contains { !$0.isWhitespace } }) else { return [(.empty, "it shows nothing")] }
        var found: [Found] = []
        if lines.count > rules.lines { found.append((.tooManyLines, "\(lines.count) lines, \(rules.lines) at most")) }
        for line in lines {
            let columns = rules.columns(of: line)
            guard columns > rules.columns else { continue }
            found.append((.lineTooLong, "\(amount(columns)) characters, \(amount(rules.columns)) at most: \(line)"))
        }
        for (line, next) in zip(lines, lines.dropFirst()) where Self.tears(line, next) {
            found.append((.badBreak, "\(line.suffix(12)) | \(next.prefix(12))"))
        }
        return found
    }

    /// A half-width character is half of one where lines are counted in full-width characters.
    private func amount(_ columns: Int) -> String {
        guard rules.isFullWidth else { return "\(columns)" }
        return columns.isMultiple(of: 2) ? "\(columns / 2)" : "\(columns / 2).5"
    }

    private static func tears(_ line: String, _ next: String) -> Bool {
        guard let left = line.split(separator: " ").last, let right = next.split(separator: " ").first else {
            return false
        }
        let words = [left, right].map { TimedWord(text: String($0), start: .zero, end: .zero) }
        guard let cost = BreakCost.costs(of: words).first, right.first?.isWide != true || left.last?.isWide != true
        else {
            return next.first.map { SentenceEnd.closing.contains($0) || "，。！？、；：".contains($0) } ?? false
        }
        return cost >= BreakCost.tight
    }

    private func times(_ cue: Cue, before next: Cue?) -> [Found] {
        let length = cue.end - cue.start
        var found: [Found] = []
        if length < rules.shortest - Self.tolerance {
            found.append((.tooShort, "shown for \(Self.text(length)), at least \(Self.text(rules.shortest))"))
        }
        if length > rules.longest + Self.tolerance {
            found.append((.tooLong, "shown for \(Self.text(length)), \(Self.text(rules.longest)) at most"))
        }
        let columns = cue.lines.reduce(0) { $0 + rules.columns(of: $1.text) }
        let speed = Double(columns) / max(length / .seconds(1), 0.001)
        if length > .zero, speed > rules.readingSpeed * 1.005 {
            let unit = rules.isFullWidth ? 2.0 : 1
            let figures = [speed, rules.readingSpeed].map { ($0 / unit * 10).rounded() / 10 }
            found.append((.tooFast, "\(figures[0]) characters a second, \(figures[1]) at most"))
        }
        if let next { found += gap(next.start - cue.end) }
        return found
    }

    private func gap(_ gap: Duration) -> [Found] {
        if gap < .zero { return [(.overlap, "the next begins \(Self.text(.zero - gap)) before it goes")] }
        guard gap < rules.gap - Self.tolerance else { return [] }
        return [(.gapTooSmall, "\(Self.text(gap)) to the next, at least \(Self.text(rules.gap))")]
    }

    /// Times are written in milliseconds, or hundredths.
    private static let tolerance = Duration.milliseconds(2)

    private static func text(_ duration: Duration) -> String {
        "\(Double(ClockTime.milliseconds(duration)) / 1_000) s"
    }
}
