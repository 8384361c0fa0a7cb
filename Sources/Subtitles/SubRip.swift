/// Subtitles as most players know them (SRT): a number, two times, lines, and a blank line.
public enum SubRip {
    /// Writes cues, with times rounded to milliseconds, in order and never overlapping.
    ///
    /// What would be taken for a time or for the end of a cue within its text is made harmless.
    public static func text(of cues: [Cue]) -> String {
        var text = ""
        var end = 0
        for (index, cue) in cues.enumerated() {
            let start = max(milliseconds(cue.start), end)
            end = max(milliseconds(cue.end), start + 1)
            if index + 1 < cues.count { end = max(min(end, milliseconds(cues[index + 1].start)), start + 1) }
            let lines = cue.lines.flatMap { $0.split(whereSeparator: \.isNewline) }.map(safe).filter { !$0.isEmpty }
            text += "\(index + 1)\n\(clock(start)) --> \(clock(end))\n\(lines.joined(separator: "\n"))\n\n"
        }
        return text
    }

    /// Reads cues from a file of any program: with or without numbers, hours and milliseconds, with any line ends.
    ///
    /// What stands between two times belongs to the first; cues without text and times that go backwards are left out.
    public static func cues(in text: String) -> [Cue] {
        var cues: [Cue] = []
        var open: Cue?
        var former: Substring?
        for line in text.drop(while: { $0 == "\u{FEFF}" }).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        {
            if let times = times(in: line) {
                // The line before a time is its number.
                if let number = former, Int(number.filter { !$0.isWhitespace }) != nil, open?.lines.isEmpty == false {
                    open?.lines.removeLast()
                }
                close(&open, &cues)
                open = Cue(start: times.start, end: times.end, lines: [])
            } else if line.contains(where: { !$0.isWhitespace }) {
                open?.lines.append(String(line))
            }
            former = line
        }
        close(&open, &cues)
        return cues
    }

    private static func close(_ open: inout Cue?, _ cues: inout [Cue]) {
        guard let cue = open.take(), !cue.lines.isEmpty, cue.end >= cue.start else { return }
        cues.append(cue)
    }

    private static func safe(_ line: Substring) -> String {
        let plain = line.replacing("-->", with: "→").drop(while: \.isWhitespace)
        return String(plain[..<(plain.lastIndex { !$0.isWhitespace }.map(plain.index(after:)) ?? plain.startIndex)])
    }
}

// MARK: - Times

extension SubRip {
    /// A day has 86,400 seconds, and no film a hundred of them.
    private static let most = 8_640_000_000

    private static func milliseconds(_ duration: Duration) -> Int {
        Int(min(max((duration / .milliseconds(1)).rounded(), 0), Double(most)))
    }

    private static func clock(_ milliseconds: Int) -> String {
        func padded(_ number: Int, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
        let parts = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }
        return parts.joined(separator: ":") + "," + padded(rest, 3)
    }

    private static func times(in line: Substring) -> (start: Duration, end: Duration)? {
        let sides = line.split(separator: "-->", maxSplits: 1)
        guard sides.count == 2, let start = time(sides[0]), let end = time(sides[1]) else { return nil }
        return (start, end)
    }

    /// Hours, minutes, seconds and parts of them; what follows behind a space is a position.
    private static func time(_ text: Substring) -> Duration? {
        guard let word = text.split(whereSeparator: \.isWhitespace).first else { return nil }
        let fields = word.split(separator: ":")
        guard (2...3).contains(fields.count), let last = fields.last else { return nil }
        let parts = last.split(whereSeparator: { $0 == "," || $0 == "." })
        guard (1...2).contains(parts.count), let seconds = number(parts[0]) else { return nil }
        let fraction = parts.count == 2 ? parts[1].prefix(3) : "0"
        guard let thousandths = number(fraction), let wholes = wholes(fields.dropLast()) else { return nil }
        let scale = [1: 100, 2: 10, 3: 1][fraction.count] ?? 1
        let total = (wholes * 60 + seconds) * 1_000 + thousandths * scale
        return total <= most ? .milliseconds(total) : nil
    }

    private static func wholes(_ fields: ArraySlice<Substring>) -> Int? {
        fields.reduce(0) { sum, field in
            guard let sum, let number = number(field) else { return nil }
            return sum * 60 + number
        }
    }

    private static func number(_ digits: Substring) -> Int? {
        guard (1...6).contains(digits.count), digits.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
        return Int(digits)
    }
}
