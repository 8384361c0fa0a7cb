/// Times as files of subtitles write them.
enum ClockTime {
    /// A hundred days, which no recording lasts.
    static let mostMilliseconds = 8_640_000_000

    /// The nearest whole number of milliseconds, from 0 on.
    static func milliseconds(_ duration: Duration) -> Int {
        Int(min(max((duration / .milliseconds(1)).rounded(), 0), Double(mostMilliseconds)))
    }

    /// Hours, minutes and seconds with two digits each, a mark, and three digits of a second.
    static func text(_ milliseconds: Int, mark: Character) -> String {
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1_000)
        let parts = [seconds / 3_600, seconds / 60 % 60, seconds % 60].map { padded($0, 2) }
        return parts.joined(separator: ":") + "\(mark)" + padded(rest, 3)
    }

    /// A number with zeros before it.
    static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    /// Reads hours, minutes, seconds and parts of them, of which only minutes and seconds must be there.
    static func lenient(_ text: some StringProtocol) -> Duration? {
        let fields = text.split(separator: ":", omittingEmptySubsequences: false)
        guard (2...3).contains(fields.count), let last = fields.last else { return nil }
        let parts = last.split(omittingEmptySubsequences: false, whereSeparator: { $0 == "," || $0 == "." })
        guard (1...2).contains(parts.count), let seconds = digits(parts[0], most: 6) else { return nil }
        let fraction = parts.count == 2 ? parts[1].prefix(3) : "0"
        guard let thousandths = digits(fraction, most: 3) else { return nil }
        var wholes = 0
        for field in fields.dropLast() {
            guard let number = digits(field, most: 6) else { return nil }
            wholes = wholes * 60 + number
        }
        let scale = [1: 100, 2: 10, 3: 1][fraction.count] ?? 1
        let total = (wholes * 60 + seconds) * 1_000 + thousandths * scale
        return total <= mostMilliseconds ? .milliseconds(total) : nil
    }

    /// A number of decimal digits only.
    static func digits(_ text: some StringProtocol, most: Int) -> Int? {
        guard (1...most).contains(text.utf8.count), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return Int(text)
    }
}
