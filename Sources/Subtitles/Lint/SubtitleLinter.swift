/// Holds subtitles to the rules that ``CueLayout`` lays them out by.
///
/// Each line is held to the rules of its own script, so that tracks in two languages are judged as their readers would.
public struct SubtitleLinter: Sendable {
    private let language: String?
    private let rules: @Sendable (String?) -> LayoutRules
    private let ignored: Set<SubtitleRule>

    /// Makes a linter for subtitles of one language, which may leave out some rules.
    public init(_ rules: LayoutRules, ignoring ignored: Set<SubtitleRule> = []) {
        self.init(language: nil, ignoring: ignored) { _ in rules }
    }

    /// Makes a linter for subtitles of any languages, told by their scripts unless one is given.
    public init(
        language: String?, ignoring ignored: Set<SubtitleRule> = [],
        rules: @escaping @Sendable (String?) -> LayoutRules = { LayoutRules(language: $0) }
    ) {
        self.language = language
        self.rules = rules
        self.ignored = ignored
    }

    /// What is wrong, cue by cue.
    public func findings(in cues: [Cue]) -> [SubtitleFinding] {
        let latin = Self.latinLanguage(of: cues)
        return cues.indices.flatMap { index in
            let next = index + 1 < cues.count ? cues[index + 1] : nil
            let lines = cues[index].lines.map { line in
                let code = language ?? WrittenLanguage.byScript(line.text) ?? latin
                return Line(text: line.text, language: code, rules: rules(code))
            }
            let found = look(lines) + times(cues[index], lines, before: next)
            return found.filter { !ignored.contains($0.0) }.map { rule, detail in
                SubtitleFinding(cue: index + 1, start: cues[index].start, rule: rule, detail: detail)
            }
        }
    }

    /// The language of all lines in Latin letters: one line hardly tells it.
    private static func latinLanguage(of cues: [Cue]) -> String? {
        var sample = ""
        for line in cues.lazy.flatMap(\.lines) where WrittenLanguage.byScript(line.text) == nil {
            sample += line.text + "\n"
            if sample.utf8.count > 65_536 { break }
        }
        return WrittenLanguage.guess(of: sample)
    }

    private typealias Found = (SubtitleRule, String)

    /// A line, and the rules of the language that it is in.
    private struct Line {
        let text: String
        let language: String?
        let rules: LayoutRules

        var columns: Int { rules.columns(of: text) }

        /// A half-width character is half of one where lines are counted in full-width characters.
        func amount(_ columns: Int) -> String {
            guard rules.isFullWidth else { return "\(columns)" }
            return columns.isMultiple(of: 2) ? "\(columns / 2)" : "\(columns / 2).5"
        }
    }
}

// MARK: - How a cue looks

extension SubtitleLinter {
    private func look(_ lines: [Line]) -> [Found] {
        guard let first = lines.first, lines.contains(where: { $0.text.contains { !$0.isWhitespace } }) else {
            return [(.empty, "it shows nothing")]
        }
        var found: [Found] = []
        let languages = Dictionary(grouping: lines, by: \.language).values
        let count = languages.map(\.count).max() ?? 0
        if count > first.rules.lines {
            found.append((.tooManyLines, "\(count) lines, \(first.rules.lines) at most"))
        }
        let isAlone = languages.count < 2
        for line in lines where line.columns > (isAlone ? line.rules.columns : line.rules.columnsBesideAnother) {
            let most = line.amount(isAlone ? line.rules.columns : line.rules.columnsBesideAnother)
            found.append((.lineTooLong, "\(line.amount(line.columns)) characters, \(most) at most: \(line.text)"))
        }
        for (line, next) in zip(lines, lines.dropFirst())
        where line.language == next.language && Self.tears(line.text, next.text) {
            found.append((.badBreak, "\(line.text.suffix(12)) | \(next.text.prefix(12))"))
        }
        return found
    }

    private static func tears(_ line: String, _ next: String) -> Bool {
        guard let left = line.split(separator: " ").last, let right = next.split(separator: " ").first else {
            return false
        }
        // Of Chinese only marks are judged: words are not told apart from two lines.
        if left.last?.isWide == true || right.first?.isWide == true {
            return next.first.map { SentenceEnd.closing.contains($0) || "，。！？、；：".contains($0) } ?? false
        }
        let words = [left, right].map { TimedWord(text: String($0), start: .zero, end: .zero) }
        return BreakCost.costs(of: words).contains { $0 >= BreakCost.tight }
    }
}

// MARK: - When it is shown

extension SubtitleLinter {
    private func times(_ cue: Cue, _ lines: [Line], before next: Cue?) -> [Found] {
        guard let rules = lines.first?.rules else { return [] }
        let length = cue.end - cue.start
        var found: [Found] = []
        if length < rules.shortest - Self.tolerance {
            found.append((.tooShort, "shown for \(Self.text(length)), at least \(Self.text(rules.shortest))"))
        }
        if length > rules.longest + Self.tolerance {
            found.append((.tooLong, "shown for \(Self.text(length)), \(Self.text(rules.longest)) at most"))
        }
        if length > .zero { found += haste(lines, length / .seconds(1)) }
        if let next { found += gap(next.start - cue.end, rules) }
        return found
    }

    /// Who reads one of two languages need not read the other.
    private func haste(_ lines: [Line], _ seconds: Double) -> [Found] {
        let languages = Dictionary(grouping: lines, by: \.language).values
        let speeds = languages.compactMap { lines -> (speed: Double, rules: LayoutRules)? in
            guard let rules = lines.first?.rules else { return nil }
            return (Double(lines.reduce(0) { $0 + $1.columns }) / seconds, rules)
        }
        guard let worst = speeds.max(by: { $0.speed / $0.rules.readingSpeed < $1.speed / $1.rules.readingSpeed }),
            worst.speed > worst.rules.readingSpeed * 1.005
        else { return [] }
        let unit = worst.rules.isFullWidth ? 2.0 : 1
        let figures = [worst.speed, worst.rules.readingSpeed].map { ($0 / unit * 10).rounded() / 10 }
        return [(.tooFast, "\(figures[0]) characters a second, \(figures[1]) at most")]
    }

    private func gap(_ gap: Duration, _ rules: LayoutRules) -> [Found] {
        if gap < .zero { return [(.overlap, "the next begins \(Self.text(.zero - gap)) before it goes")] }
        guard gap < rules.gap - Self.tolerance else { return [] }
        return [(.gapTooSmall, "\(Self.text(gap)) to the next, at least \(Self.text(rules.gap))")]
    }

    /// Times are written in milliseconds, or hundredths.
    private static let tolerance = Duration.milliseconds(10)

    private static func text(_ duration: Duration) -> String {
        "\(Double(ClockTime.milliseconds(duration)) / 1_000) s"
    }
}
