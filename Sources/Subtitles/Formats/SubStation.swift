/// Subtitles with fonts and places (Advanced SubStation Alpha, `.ass`, and the older `.ssa`).
enum SubStation {
    /// Reads the dialogue lines of a file; comments and drawings are left out.
    static func track(in text: String) -> Track {
        var reader = SubStationReader()
        for line in text.split(whereSeparator: \.isNewline) { reader.take(line) }
        return Track(CueSequence.sorted(reader.cues))
    }

    /// A file whose lines are later, or earlier, and else as they were; those that would be over are left out.
    static func shifted(_ text: String, by offset: Duration) -> (text: String, cueCount: Int) {
        var reader = SubStationReader()
        var lines: [Substring] = []
        var count = 0
        for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
            reader.take(line)
            guard let moved = reader.shifted(line, by: offset) else { continue }
            lines.append(moved)
            if moved.drop(while: \.isWhitespace).hasPrefix("Dialogue:") { count += 1 }
        }
        return (lines.joined(separator: "\n"), count)
    }

    /// The style after an override such as `i1`; nil when it changes none that is known.
    static func style(_ style: StyledLine.Style, after override: Substring) -> StyledLine.Style? {
        let known: [(Character, StyledLine.Style)] = [("i", .italic), ("b", .bold), ("u", .underline)]
        guard let first = override.first, let changed = known.first(where: { $0.0 == first })?.1,
            override.dropFirst().allSatisfy(\.isNumber)
        else { return nil }
        let isOn = override.dropFirst() != "0" && override.count > 1
        return isOn ? style.union(changed) : style.subtracting(changed)
    }

    /// The place after an override such as `an8`.
    static func placement(of override: Substring) -> Cue.Placement? {
        guard let digit = override.wholeMatch(of: /an([1-9])/) else { return nil }
        return "789".contains(digit.1) ? .top : .bottom
    }
}

/// Reads a file of SubStation, line by line.
private struct SubStationReader {
    var cues: [Cue] = []
    private var section = ""
    private var fields: [String: [Substring]] = [:]
    private var styles: [Substring: (style: StyledLine.Style, placement: Cue.Placement)] = [:]
    private var isOld = false

    mutating func take(_ line: Substring) {
        let line = line.drop(while: \.isWhitespace)
        if line.hasPrefix("[") {
            section = line.lowercased()
            isOld = isOld || section.contains("[v4 styles]")
        } else if let colon = line.firstIndex(of: ":") {
            let value = line[line.index(after: colon)...].drop(while: \.isWhitespace)
            switch line[..<colon] {
            case "Format":
                fields[section] = value.split(separator: ",").map { trimmed($0) }
            case "Style": takeStyle(value)
            case "Dialogue": takeDialogue(value)
            default: break
            }
        }
    }

    private static let usualFields = [
        "Layer", "Start", "End", "Style", "Name", "MarginL", "MarginR", "MarginV", "Effect", "Text",
    ]

    /// The parts of a line by the names of the section's format; the last may have commas of its own.
    private func parts(_ value: Substring) -> [Substring: Substring] {
        let names = fields[section] ?? Self.usualFields.map { $0[...] }
        let values = value.split(separator: ",", maxSplits: names.count - 1, omittingEmptySubsequences: false)
        return Dictionary(zip(names, values), uniquingKeysWith: { first, _ in first })
    }

    /// A line with its times later; nil when it would be over.
    ///
    /// What has no times stays as it is.
    func shifted(_ line: Substring, by offset: Duration) -> Substring? {
        guard let colon = line.firstIndex(of: ":"), ["Dialogue", "Comment"].contains(trimmed(line[..<colon])) else {
            return line
        }
        let names = fields[section] ?? Self.usualFields.map { $0[...] }
        var values = line[colon...].dropFirst().split(
            separator: ",", maxSplits: names.count - 1, omittingEmptySubsequences: false)
        let places = ["Start", "End"].compactMap { names.firstIndex(of: $0[...]) }.filter { $0 < values.count }
        let times = places.compactMap { ClockTime.lenient(trimmed(values[$0])) }
        guard times.count == 2 else { return line }
        guard times[1] + offset > .zero else { return nil }
        for (place, time) in zip(places, times) {
            values[place] = SubStationEncoder.clock(ClockTime.milliseconds(time + offset))[...]
        }
        return line[...colon] + values.joined(separator: ",")
    }

    private func trimmed(_ text: Substring) -> Substring {
        let start = text.drop(while: \.isWhitespace)
        return start[..<(start.lastIndex { !$0.isWhitespace }.map { start.index(after: $0) } ?? start.startIndex)]
    }

    private mutating func takeStyle(_ value: Substring) {
        let parts = parts(value).mapValues { trimmed($0) }
        guard let name = parts["Name"] else { return }
        var style = StyledLine.Style()
        for (field, part) in [("Italic", StyledLine.Style.italic), ("Bold", .bold), ("Underline", .underline)]
        where parts[field[...]].map({ $0 != "0" && !$0.isEmpty }) == true { style.insert(part) }
        // The older format counts from 5 at the top, the newer has it at 7 to 9.
        let place = parts["Alignment"].flatMap { Int($0) } ?? 2
        let isTop = isOld ? (5...8).contains(place) : (7...9).contains(place)
        styles[name] = (style, isTop ? .top : .bottom)
    }

    private mutating func takeDialogue(_ value: Substring) {
        let parts = parts(value)
        guard let text = parts["Text"], let start = parts["Start"].flatMap({ ClockTime.lenient(trimmed($0)) }),
            let told = parts["End"].flatMap({ ClockTime.lenient(trimmed($0)) })
        else { return }
        let end = max(start, told)
        let base = styles[parts["Style"].map { trimmed($0) } ?? "Default"] ?? ([], .bottom)
        var line = DialogueReader(style: base.style, placement: base.placement, start: start)
        line.read(text)
        var cue = Cue(start: start, end: end, styled: line.lines.filter { !$0.runs.isEmpty })
        cue.placement = line.placement
        cue.words = line.finishedWords(end)
        if let name = parts["Name"].map({ trimmed($0) }), !name.isEmpty { cue.speaker = String(name) }
        cues.append(cue)
    }
}

/// Reads the text of a dialogue line.
private struct DialogueReader {
    private let base: StyledLine.Style
    private var style: StyledLine.Style
    var placement: Cue.Placement
    var lines = [StyledLine()]
    private var isDrawing = false
    private var clock: Duration
    private var words: [TimedWord] = []

    init(style: StyledLine.Style, placement: Cue.Placement, start: Duration) {
        (base, self.style, self.placement, clock) = (style, style, placement, start)
    }

    mutating func read(_ text: Substring) {
        var rest = text
        while let first = rest.first {
            if first == "{", let end = rest.firstIndex(of: "}") {
                for override in rest[..<end].dropFirst().split(separator: "\\") { take(override) }
                rest = rest[rest.index(after: end)...]
            } else if first == "\\", let sign = rest.dropFirst().first, "Nnh".contains(sign) {
                if sign == "N" { lines.append(StyledLine()) } else { add(sign == "h" ? "\u{A0}" : " ") }
                rest = rest.dropFirst(2)
            } else {
                let run = rest.dropFirst().prefix { $0 != "{" && $0 != "\\" }
                add(rest.prefix(1) + run)
                rest = rest.dropFirst(1 + run.count)
            }
        }
    }

    private mutating func add(_ text: Substring) {
        guard !isDrawing else { return }
        lines[lines.count - 1].append(text, style)
        if !words.isEmpty { words[words.count - 1].text += text }
    }

    private mutating func take(_ override: Substring) {
        if let changed = SubStation.style(style, after: override) {
            style = changed
        } else if let placement = SubStation.placement(of: override) {
            self.placement = placement
        } else if let mode = override.wholeMatch(of: /p([0-9])/) {
            isDrawing = mode.1 != "0"
        } else if let length = override.wholeMatch(of: /[kK][fo]?([0-9]{1,6})/), let hundredths = Int(length.1) {
            let end = clock + .milliseconds(hundredths * 10)
            words.append(TimedWord(text: "", start: clock, end: end, joinsNext: true))
            clock = end
        } else if override.first == "r" {
            style = base
        }
    }

    /// The words that were told their lengths, with the blanks between them told apart from them.
    func finishedWords(_ end: Duration) -> [TimedWord] {
        var finished: [TimedWord] = []
        for word in words {
            let text = word.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            // A blank may stand before a word, behind one, or have a time of its own.
            if word.text.first?.isWhitespace == true, !finished.isEmpty {
                finished[finished.count - 1].joinsNext = false
            }
            guard !text.isEmpty else { continue }
            var word = word
            word.joinsNext = word.text.last?.isWhitespace == false
            word.text = text
            word.end = min(word.end, end)
            finished.append(word)
        }
        return finished
    }
}

/// Writes cues of SubStation: white letters with a dark border, readable on any picture.
struct SubStationEncoder: CueEncoder {
    let showsWords: Bool
    private var clock = CueClock(step: 10)

    init(showsWords: Bool) { self.showsWords = showsWords }

    /// A picture of 1080 lines, on which the letters are as large as broadcasters have them.
    var head: String {
        """
        [Script Info]
        ScriptType: v4.00+
        PlayResX: 1920
        PlayResY: 1080
        WrapStyle: 2
        ScaledBorderAndShadow: yes

        [V4+ Styles]
        Format: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, \
        Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, \
        MarginR, MarginV, Encoding
        Style: Default,sans-serif,60,&H00FFFFFF,&H0000D7FF,&H00101010,&H80000000,0,0,0,0,100,100,0,0,1,3,1,2,96,96,60,1

        [Events]
        Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text

        """
    }

    mutating func encode(_ cue: Cue) -> String {
        guard !cue.cleanLines.isEmpty else { return "" }
        let times = clock.place(cue)
        let top = cue.placement == .top ? "{\\an8}" : ""
        let lines =
            (showsWords ? Self.timedLines(cue, times) : nil) ?? cue.cleanLines.map { $0.marked(Self.safe, Self.mark) }
        let name = (cue.speaker ?? "").filter { $0 != "," && !$0.isNewline }
        let (start, end) = (Self.clock(times.lowerBound), Self.clock(times.upperBound))
        return "Dialogue: 0,\(start),\(end),Default,\(name),0,0,0,,\(top)\(lines.joined(separator: "\\N"))\n"
    }

    /// Hours with one digit, and hundredths of a second.
    static func clock(_ milliseconds: Int) -> String {
        let text = ClockTime.text(milliseconds, mark: ".").dropLast()
        return String(text.hasPrefix("0") ? text.dropFirst() : text)
    }

    private static func mark(_ style: StyledLine.Style, opens: Bool) -> String {
        let letters = [(StyledLine.Style.italic, "i"), (.bold, "b"), (.underline, "u")]
            .filter { style.contains($0.0) }.map { "\\\($0.1)\(opens ? 1 : 0)" }
        return letters.isEmpty ? "" : "{\(letters.joined())}"
    }

    /// What would be an override or a line end is written so that it looks much the same.
    private static func safe(_ text: String) -> String {
        text.replacing("{", with: "｛").replacing("}", with: "｝").replacing(/\\(?=[Nnh])/, with: "∖")
    }

    /// Lines whose words light up one by one, each after the silence before it.
    private static func timedLines(_ cue: Cue, _ times: Range<Int>) -> [String]? {
        guard let lines = cue.wordsByLine else { return nil }
        var last = times.lowerBound
        return lines.map { words in
            var line = ""
            for (index, word) in words.enumerated() {
                let start = min(max(ClockTime.milliseconds(word.start) / 10 * 10, last), times.upperBound)
                let end = min(max(ClockTime.milliseconds(word.end) / 10 * 10, start), times.upperBound)
                if start > last { line += "{\\k\((start - last) / 10)}" }
                line += "{\\k\((end - start) / 10)}" + safe(word.text)
                line += word.joinsNext || index == words.count - 1 ? "" : " "
                last = end
            }
            return line
        }
    }
}
