/// A file of subtitles as browsers know them (WebVTT, W3C), with all that it holds.
public struct WebVTT: Hashable, Sendable {
    /// The language that its header tells, as files of some programs do.
    public var language: String?
    /// The cues, in the order of the file.
    public var cues: [WebVTTCue] = []
    /// The regions that cues may stand in.
    public var regions: [WebVTTRegion] = []
    /// Style sheets (CSS), as they are written.
    public var styles: [String] = []
    /// Notes to whoever reads the file.
    public var notes: [String] = []

    /// Makes an empty file.
    public init() {}

    /// Reads a file as browsers do, leaving out what they leave out.
    ///
    /// - Throws: `malformedInput` when the text does not begin with `WEBVTT`.
    public init(reading text: String) throws(SubtitleError) {
        var parser = WebVTTParser(text)
        self = try parser.parse()
    }

    /// The file as text.
    public var text: String {
        let blocks =
            notes.map { "NOTE\n\(Self.block($0))" } + styles.map { "STYLE\n\(Self.block($0))" }
            + regions.map { "REGION\n\($0.text)" } + cues.map(\.block)
        let head = "WEBVTT" + (language.map { "\nLanguage: \($0.filter { !$0.isNewline })" } ?? "")
        return ([head] + blocks).joined(separator: "\n\n") + "\n"
    }

    /// The same cues for other formats.
    public var track: Track { Track(CueSequence.sorted(cues.map(\.cue)), language: language) }

    /// The same file with all times later, or earlier; cues that would be over before the beginning are left out.
    public func shifted(by offset: Duration) -> WebVTT {
        var file = self
        file.cues = cues.compactMap { $0.shifted(by: offset) }
        return file
    }

    /// Text without what would end a block.
    private static func block(_ text: String) -> String {
        text.replacing("-->", with: "→").split(whereSeparator: \.isNewline).joined(separator: "\n")
    }
}

/// A part of the picture that cues scroll in.
public struct WebVTTRegion: Hashable, Sendable {
    /// What cues call it.
    public var name = ""
    /// Its width, in percent of the picture.
    public var width = 100.0
    /// How many lines it has.
    public var lines = 3
    /// The point of the region that lies on ``viewportAnchor``, in percent of it.
    public var anchor = Point(x: 0, y: 100)
    /// A point of the picture, in percent of it.
    public var viewportAnchor = Point(x: 0, y: 100)
    /// Whether lines move up when one comes.
    public var scrollsUp = false

    /// A place in percent.
    public struct Point: Hashable, Sendable {
        /// From the left.
        public var x: Double
        /// From above.
        public var y: Double

        /// Makes a place.
        public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
    }

    /// Makes a region as wide as the picture.
    public init() {}

    /// Reads settings, of which those that are wrong are left out.
    init(settings: some Sequence<(name: Substring, value: Substring)>) {
        for (name, value) in settings {
            switch name {
            case "id": self.name = String(value)
            case "width": width = WebVTTSettings.percentage(value) ?? width
            case "lines": lines = ClockTime.digits(value, most: 9) ?? lines
            case "regionanchor": anchor = Self.point(value) ?? anchor
            case "viewportanchor": viewportAnchor = Self.point(value) ?? viewportAnchor
            case "scroll": scrollsUp = value == "up" || scrollsUp
            default: break
            }
        }
    }

    private static func point(_ text: Substring) -> Point? {
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard parts.count == 2, let x = WebVTTSettings.percentage(parts[0]),
            let y = WebVTTSettings.percentage(parts[1])
        else { return nil }
        return Point(x: x, y: y)
    }

    fileprivate var text: String {
        let number = WebVTTSettings.text
        let scroll = scrollsUp ? "\nscroll:up" : ""
        return "id:\(name.replacing("-->", with: "→"))\nwidth:\(number(width))%\nlines:\(lines)\n"
            + "regionanchor:\(number(anchor.x))%,\(number(anchor.y))%\n"
            + "viewportanchor:\(number(viewportAnchor.x))%,\(number(viewportAnchor.y))%\(scroll)"
    }
}
