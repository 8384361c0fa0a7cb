/// Subtitles as most players know them (SRT): a number, two times, lines, and a blank line.
public enum SubRip {
    /// Writes cues, with times rounded to milliseconds, in order and never overlapping.
    ///
    /// What would be taken for a time or for the end of a cue within its text is made harmless.
    public static func text(of cues: [Cue]) -> String { Track(cues).text(as: .srt) }

    /// Reads cues from a file of any program: with or without numbers, hours and milliseconds, with any line ends.
    ///
    /// What stands between two times belongs to the first; cues without text are left out, and those that
    /// end before they begin end at once.
    public static func cues(in text: String) -> [Cue] { allCues(in: text).filter { !$0.cleanLines.isEmpty } }

    /// The same, with cues that show nothing.
    static func allCues(in text: String) -> [Cue] {
        var reader = Reader()
        for line in text.drop(while: { $0 == "\u{FEFF}" }).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        {
            reader.take(line)
        }
        return reader.finish()
    }
}

extension SubRip {
    private struct Reader {
        private var cues: [Cue] = []
        private var open: (times: (start: Duration, end: Duration), lines: [Substring])?
        private var former: Substring?
        private var style: Style?

        mutating func take(_ line: Substring) {
            if style == nil { style = [Style.arrows, .commas].first { $0.times(in: line) != nil } }
            if let times = style?.times(in: line) {
                dropNumber()
                close()
                open = (times, [])
            } else if line.contains(where: { !$0.isWhitespace }) {
                open?.lines.append(line)
            }
            former = line
        }

        /// The line before a time is its number.
        private mutating func dropNumber() {
            guard let former, Int(former.filter { !$0.isWhitespace }) != nil, open?.lines.isEmpty == false else {
                return
            }
            open?.lines.removeLast()
        }

        private mutating func close() {
            guard let (times, lines) = open.take() else { return }
            let read = Markup.read(lines)
            var cue = Cue(start: times.start, end: max(times.start, times.end), styled: read.lines)
            cue.placement = read.placement
            cues.append(cue)
        }

        mutating func finish() -> [Cue] {
            close()
            return cues
        }
    }

    /// How a file writes its times; what looks like the other way is text.
    private enum Style {
        /// `00:00:01,000 --> 00:00:02,000`
        case arrows
        /// As YouTube writes them: `0:00:01.000,0:00:02.000`
        case commas

        private static func sides(_ line: Substring) -> [Substring] {
            let sides = line.split(separator: "-->", maxSplits: 1)
            if sides.count == 2, SubRip.time(sides[0]) != nil { return sides }
            return SubRip.plain(line)?.split(separator: "-->", maxSplits: 1) ?? sides
        }

        func times(in line: Substring) -> (start: Duration, end: Duration)? {
            let sides =
                self == .arrows ? Self.sides(line) : line.split(separator: ",", maxSplits: 1)
            guard sides.count == 2, let start = SubRip.time(sides[0]), let end = SubRip.time(sides[1]) else {
                return nil
            }
            return (start, end)
        }
    }

    /// Times as translators, people and machines, leave them: with other arrows, other colons, and blanks within.
    fileprivate static func plain(_ line: Substring) -> Substring? {
        guard line.contains(where: { ">＞".contains($0) }), line.contains(where: \.isNumber) else { return nil }
        let plain = String(line).replacing("：", with: ":").replacing("，", with: ",").replacing("＞", with: ">")
            .replacing("－", with: "-")
            .replacing(/: +(?=\d)/, with: ":").replacing(/- *-* *>/, with: "-->")
        // An arrow within what somebody says has no times around it.
        return plain.wholeMatch(of: /\s*[\d:]+[.,]\d+\s*-->\s*[\d:]+[.,]\d+.*/).map { $0.0 }
    }

    /// The time at the beginning; what follows behind a space is a position.
    private static func time(_ text: Substring) -> Duration? {
        text.split(whereSeparator: \.isWhitespace).first.flatMap { ClockTime.lenient($0) }
    }
}

/// Writes cues of SubRip.
struct SubRipEncoder: CueEncoder {
    private var clock = CueClock()
    private var number = 0

    var head: String { "" }

    mutating func encode(_ cue: Cue) -> String {
        let lines = cue.cleanLines
        guard !lines.isEmpty else { return "" }
        number += 1
        let times = clock.place(cue)
        let text = lines.map { $0.marked(Self.safe, StyledLine.tags) }.joined(separator: "\n")
        let top = cue.placement == .top ? "{\\an8}" : ""
        let (start, end) = (times.lowerBound, times.upperBound)
        return "\(number)\n\(ClockTime.text(start, mark: ",")) --> \(ClockTime.text(end, mark: ","))\n\(top)\(text)\n\n"
    }

    /// What would be taken for a time or for a tag is written so that it looks much the same.
    private static func safe(_ text: String) -> String {
        let safe = Markup.safe(text.replacing("-->", with: "→"))
        return SubRip.plain(safe[...]) == nil ? safe : safe.replacing(">", with: "›").replacing("＞", with: "›")
    }
}
