/// A cue of a WebVTT file.
public struct WebVTTCue: Hashable, Sendable {
    /// A name by which style sheets find it; empty for most.
    public var name = ""
    /// When it appears.
    public var start: Duration
    /// When it goes.
    public var end: Duration
    /// Where it stands.
    public var settings = WebVTTSettings()
    /// What it shows, with tags in it; see ``nodes``.
    public var payload: String

    /// Makes a cue whose text has tags and escapes in it.
    public init(start: Duration, end: Duration, payload: String) {
        self.start = start
        self.end = end
        self.payload = payload
    }

    /// What the payload says, as browsers read it.
    public var nodes: [WebVTTNode] { WebVTTNode.parse(payload) }

    /// The same cue, earlier or later, with the times in its text; nil when it would be over before the beginning.
    func shifted(by offset: Duration) -> WebVTTCue? {
        guard end + offset > .zero else { return nil }
        var cue = self
        (cue.start, cue.end) = (max(start + offset, .zero), end + offset)
        cue.payload = payload.replacing(/<([0-9:.]+)>/) { match in
            guard let time = WebVTTParser.time(match.1) else { return String(match.0) }
            return "<\(ClockTime.text(ClockTime.milliseconds(time + offset), mark: "."))>"
        }
        return cue
    }

    /// The cue as its file has it.
    var block: String {
        let times = [start, end].map { ClockTime.text(ClockTime.milliseconds($0), mark: ".") }
        let label = name.isEmpty || name.contains("-->") || name.contains(where: \.isNewline) ? "" : "\(name)\n"
        let text = payload.replacing("-->", with: "→").split(whereSeparator: \.isNewline).joined(separator: "\n")
        return "\(label)\(times[0]) --> \(times[1])\(settings.text)\n\(text)"
    }
}

/// Where a cue stands, as the standard's settings tell it.
public struct WebVTTSettings: Hashable, Sendable {
    /// In which direction lines grow.
    public var vertical = Vertical.none
    /// Which line, from the first (0) or the last (−1), or a percentage of the picture; nil for the usual place.
    public var line: Double?
    /// Whether ``line`` counts lines.
    public var snapsToLines = true
    /// Which edge of the cue lies on ``line``.
    public var lineAlignment = Edge.start
    /// Where on the line, in percent; nil for where its alignment puts it.
    public var position: Double?
    /// Which edge lies on ``position``; nil for where the alignment puts it.
    public var positionAlignment: PositionEdge?
    /// How wide the cue is, in percent.
    public var size = 100.0
    /// How its lines are aligned.
    public var alignment = Alignment.center
    /// The name of the region that it stands in.
    public var region: String?

    /// Directions of writing.
    public enum Vertical: String, Hashable, Sendable {
        case none = ""
        case rightToLeft = "rl"
        case leftToRight = "lr"
    }

    /// Edges across the lines.
    public enum Edge: String, Hashable, Sendable {
        case start, center, end
    }

    /// Edges along the lines.
    public enum PositionEdge: String, Hashable, Sendable {
        case left = "line-left"
        case center
        case right = "line-right"
    }

    /// Ways to align lines.
    public enum Alignment: String, Hashable, Sendable {
        case start, center, end, left, right
    }

    /// The settings of a cue that says nothing.
    public init() {}

    /// Reads what stands behind the times of a cue; what is wrong is left out.
    init(reading text: Substring) {
        for (name, value) in Self.pairs(text) {
            switch name {
            case "vertical": vertical = Vertical(rawValue: String(value)) ?? vertical
            case "line": readLine(value)
            case "position": readPosition(value)
            case "size": size = Self.percentage(value) ?? size
            case "align": alignment = Self.alignment(value) ?? alignment
            case "region": region = String(value)
            default: break
            }
        }
        // A region has its own place for what scrolls in it.
        if line != nil || size != 100 || vertical != .none { region = nil }
    }

    /// Files from before 2014 say ‘middle’ for the centre.
    private static func alignment(_ text: Substring) -> Alignment? {
        text == "middle" ? .center : Alignment(rawValue: String(text))
    }

    private mutating func readLine(_ value: Substring) {
        let parts = value.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        let edge = parts.count == 2 ? Edge(rawValue: parts[1] == "middle" ? "center" : String(parts[1])) : .start
        // A place is kept though its edge is wrong: more is lost without it.
        guard let place = parts.first else { return }
        if place.hasSuffix("%") {
            guard let share = Self.percentage(place) else { return }
            (line, snapsToLines, lineAlignment) = (share, false, edge ?? .start)
        } else {
            let isNegative = place.hasPrefix("-")
            guard let number = Self.number(isNegative ? place.dropFirst() : place) else { return }
            (line, snapsToLines, lineAlignment) = (isNegative ? -number : number, true, edge ?? .start)
        }
    }

    private mutating func readPosition(_ value: Substring) {
        let parts = value.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        guard let place = parts.first.flatMap({ Self.percentage($0) }) else { return }
        if parts.count == 2 {
            let former = ["start": "line-left", "middle": "center", "end": "line-right"]
            positionAlignment = PositionEdge(rawValue: former[String(parts[1])] ?? String(parts[1]))
        }
        position = place
    }

    /// Names and values between blanks; a colon or, in old headers, an equals sign joins them.
    static func pairs(
        _ text: Substring, joinedBy mark: Character = ":"
    ) -> [(name: Substring, value: Substring)] {
        text.split(whereSeparator: \.isWhitespace).compactMap { setting in
            guard let colon = setting.firstIndex(of: mark), colon != setting.startIndex else { return nil }
            let value = setting[setting.index(after: colon)...]
            return value.isEmpty ? nil : (setting[..<colon], value)
        }
    }

    /// A percentage from 0 to 100, such as `12.5%`.
    static func percentage(_ text: some StringProtocol) -> Double? {
        guard text.hasSuffix("%"), let number = number(text.dropLast()), number <= 100 else { return nil }
        return number
    }

    private static func number(_ text: some StringProtocol) -> Double? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let isNumber = parts.allSatisfy { part in
            (1...40).contains(part.utf8.count) && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        guard (1...2).contains(parts.count), isNumber else { return nil }
        return Double(String(text))
    }

    /// A number as short as it can be.
    static func text(_ number: Double) -> String {
        let hundredths = Int(min(max((number * 100).rounded(), -1e15), 1e15))
        let (whole, rest) = abs(hundredths).quotientAndRemainder(dividingBy: 100)
        let sign = hundredths < 0 ? "-" : ""
        if rest == 0 { return "\(sign)\(whole)" }
        return "\(sign)\(whole)." + (rest.isMultiple(of: 10) ? "\(rest / 10)" : ClockTime.padded(rest, 2))
    }

    /// What stands behind the times of a cue, with a blank before it.
    var text: String {
        var parts: [String] = []
        if vertical != .none { parts.append("vertical:\(vertical.rawValue)") }
        if let line {
            let edge = lineAlignment == .start ? "" : ",\(lineAlignment.rawValue)"
            parts.append("line:\(Self.text(line))\(snapsToLines ? "" : "%")\(edge)")
        }
        if let position {
            parts.append("position:\(Self.text(position))%\(positionAlignment.map { ",\($0.rawValue)" } ?? "")")
        }
        if size != 100 { parts.append("size:\(Self.text(size))%") }
        if alignment != .center { parts.append("align:\(alignment.rawValue)") }
        if let region { parts.append("region:\(region)") }
        return parts.map { " \($0)" }.joined()
    }
}
