/// Reads a WebVTT file by the standard's own steps (WebVTT, §6.1), and the region headers of files from before 2017.
struct WebVTTParser {
    private var lines: ArraySlice<Substring>
    private var file = WebVTT()

    /// Prepares to read; three kinds of line ends are one, and a zero is the sign for what is no character.
    init(_ text: String) {
        let marked =
            text.unicodeScalars.first == "\u{FEFF}" ? text.unicodeScalars.dropFirst() : text.unicodeScalars[...]
        var plain = String.UnicodeScalarView()
        var isAfterReturn = false
        for scalar in marked {
            if !(isAfterReturn && scalar == "\n") {
                plain.append(scalar == "\r" ? "\n" : scalar == "\0" ? "\u{FFFD}" : scalar)
            }
            isAfterReturn = scalar == "\r"
        }
        lines =
            String(plain).unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
            .map { Substring($0) }[...]
    }

    mutating func parse() throws(SubtitleError) -> WebVTT {
        guard let signature = lines.popFirst(), signature.hasPrefix("WEBVTT"),
            signature.dropFirst(6).first.map({ $0 == " " || $0 == "\t" }) ?? true
        else { throw SubtitleError(.malformedInput, "a WebVTT file begins with WEBVTT") }
        readHeader()
        while !lines.isEmpty {
            while lines.first?.isEmpty == true { lines.removeFirst() }
            readBlock()
        }
        return file
    }

    /// What stands below the first line, up to a blank one or a cue.
    private mutating func readHeader() {
        while let line = lines.first, !line.isEmpty {
            guard line.hasPrefix("Region:") else {
                if line.contains("-->") { return }
                if line.hasPrefix("Language:") { file.language = Self.code(line.dropFirst(9)) }
                lines.removeFirst()
                continue
            }
            lines.removeFirst()
            let region = WebVTTRegion(settings: WebVTTSettings.pairs(line.dropFirst(7), joinedBy: "="))
            if !region.name.isEmpty { file.regions.append(region) }
        }
    }

    private static func code(_ text: Substring) -> String? {
        let code = text.split(whereSeparator: \.isWhitespace).first.map(String.init)
        return code.flatMap { $0.contains("-->") ? nil : $0 }
    }

    /// A cue, a style sheet, a region, a note, or nothing.
    private mutating func readBlock() {
        var block: [Substring] = []
        var cue: WebVTTCue?
        var hasTimes = false
        while let line = lines.first, !line.isEmpty {
            if line.contains("-->") {
                // Times of another cue end this one, even without a blank line.
                guard !hasTimes, block.count <= 1 else { break }
                hasTimes = true
                cue = Self.cue(line, named: block.first)
                block = []
            } else {
                block.append(line)
            }
            lines.removeFirst()
        }
        if hasTimes {
            guard var cue else { return }
            cue.payload = block.joined(separator: "\n")
            file.cues.append(cue)
        } else {
            take(block)
        }
    }

    /// A block without times; styles and regions stand before all cues.
    private mutating func take(_ block: [Substring]) {
        guard let first = block.first else { return }
        let rest = block.dropFirst()
        let (word, blanks) = (first.prefix { $0 != " " && $0 != "\t" }, first.drop { $0 != " " && $0 != "\t" })
        let isAlone = blanks.allSatisfy { $0 == " " || $0 == "\t" }
        switch word {
        case "NOTE":
            file.notes.append(
                ([blanks.drop { $0 == " " || $0 == "\t" }] + rest)
                    .joined(separator: "\n").trimmingPrefix("\n").description)
        case "STYLE" where isAlone && file.cues.isEmpty: file.styles.append(rest.joined(separator: "\n"))
        case "REGION" where isAlone && file.cues.isEmpty:
            let region = WebVTTRegion(settings: rest.flatMap { WebVTTSettings.pairs($0) })
            if !region.name.isEmpty { file.regions.append(region) }
        default: break
        }
    }
}

// MARK: - Times

extension WebVTTParser {
    /// A cue without text, of the line with its times.
    private static func cue(_ line: Substring, named name: Substring?) -> WebVTTCue? {
        guard let arrow = line.firstRange(of: "-->"), let start = time(line[..<arrow.lowerBound]) else { return nil }
        let rest = line[arrow.upperBound...].drop { $0 == " " || $0 == "\t" }
        let clock = rest.prefix { "0123456789:.".contains($0) }
        guard let end = time(clock) else { return nil }
        var cue = WebVTTCue(start: start, end: end, payload: "")
        cue.name = name.map(String.init) ?? ""
        cue.settings = WebVTTSettings(reading: rest.dropFirst(clock.count))
        return cue
    }

    /// A time by the standard, where hours may be missing, and as some write it, with more minutes than an hour has for hours.
    static func time(_ text: Substring) -> Duration? {
        let words = text.split { $0 == " " || $0 == "\t" }
        guard words.count == 1,
            let match = words[0].wholeMatch(of: /([0-9]{2,9}):([0-5][0-9])(?::([0-5][0-9]))?\.([0-9]{3})/),
            let first = Int(match.1), let second = Int(match.2), let rest = Int(match.4)
        else { return nil }
        let third = match.3.flatMap { Int($0) }
        let hasHours = third != nil || first > 59
        let seconds = hasHours ? first * 3_600 + second * 60 + (third ?? 0) : first * 60 + second
        let total = seconds * 1_000 + rest
        return total <= ClockTime.mostMilliseconds ? .milliseconds(total) : nil
    }
}
