/// The ways in which subtitles are written into files.
public enum SubtitleFormat: String, Hashable, Sendable, CaseIterable {
    /// SubRip, which every player knows.
    case srt
    /// WebVTT, which browsers know.
    case vtt
    /// Advanced SubStation, with fonts and places.
    case ass
    /// Timed Text (IMSC 1), which broadcasters want.
    case ttml
    /// Lines of lyrics, for players of music.
    case lrc
    /// Words and cues for programs; see ``WordsFile``.
    case json
    /// The text without times.
    case txt

    /// The format that a file's name tells.
    public init?(path: String) {
        let name = path.split(separator: "/").last ?? ""
        let parts = name.split(separator: ".")
        guard parts.count > 1, let ending = parts.last?.lowercased() else { return nil }
        switch ending {
        case "ssa": self = .ass
        case "webvtt": self = .vtt
        case "dfxp", "imsc", "itt": self = .ttml
        case "text": self = .txt
        // What YouTube writes is read as SubRip is.
        case "sbv": self = .srt
        default: self.init(rawValue: ending)
        }
    }

    /// The format that a text is in, by how it begins.
    static func of(_ text: String) -> SubtitleFormat? {
        if text.hasPrefix("WEBVTT") { return .vtt }
        let start = text.prefix(4_096).drop(while: \.isWhitespace)
        let lines = start.split(whereSeparator: \.isNewline).filter { $0.contains { !$0.isWhitespace } }.prefix(3)
        guard let first = lines.first else { return nil }
        if first.hasPrefix("{"), start.contains("\"words\"") || start.contains("\"cues\"") { return .json }
        if first.hasPrefix("<"), start.contains("http://www.w3.org/ns/ttml") { return .ttml }
        if !SubRip.cues(in: (lines + ["?"]).joined(separator: "\n")).isEmpty { return .srt }
        if first.hasPrefix("[Script Info]") || first.hasPrefix("[V4") || first.hasPrefix("[Events]") { return .ass }
        return first.prefixMatch(of: /\[(\d{1,3}:\d\d|[a-z]+:)/) != nil ? .lrc : nil
    }
}

extension Track {
    /// Reads subtitles of any encoding, in the format that they look to be in, or else the one that is told.
    ///
    /// - Throws: `unknownEncoding`, `malformedInput` for what is no subtitles, and `limitExceeded`.
    public init(reading bytes: [UInt8], as format: SubtitleFormat? = nil) throws(SubtitleError) {
        let text = try EncodedText.decode(bytes)
        self = try Track(text, as: SubtitleFormat.of(text), or: format).withoutEmptyCues
    }

    /// The same, with cues that show nothing: who looks for faults wants to know of them.
    package init(readingAll bytes: [UInt8], as format: SubtitleFormat? = nil) throws(SubtitleError) {
        let text = try EncodedText.decode(bytes)
        try self.init(text, as: SubtitleFormat.of(text), or: format)
    }

    /// Reads a text as what it looks to be, or else as what its name tells, which may lie.
    init(_ text: String, as look: SubtitleFormat?, or named: SubtitleFormat?) throws(SubtitleError) {
        switch look ?? named {
        case .srt: self.init(SubRip.allCues(in: text))
        case .vtt: self = try WebVTT(reading: text).track
        case .ass: self = SubStation.track(in: text)
        case .lrc: self = Lyrics.track(in: text)
        case .ttml: self = try TimedText.track(in: text)
        case .json: self = try WordsFile.track(in: text)
        case .txt: throw SubtitleError(.malformedInput, "plain text has no times; oriole align gives it some")
        case nil: self.init(SubRip.allCues(in: text))
        }
        guard !cues.isEmpty || !words.isEmpty || text.allSatisfy(\.isWhitespace) || look != nil else {
            throw SubtitleError(.malformedInput, "these are no subtitles that are known")
        }
    }

    /// The same track without cues that show nothing.
    var withoutEmptyCues: Track {
        var track = self
        track.cues.removeAll { $0.cleanLines.isEmpty }
        return track
    }

    /// The cues as a format has them: what players show does not overlap, and text is not there twice where no player shows it.
    func cues(for format: SubtitleFormat) -> [Cue] {
        switch format {
        case .srt, .vtt, .ass, .ttml: CueSequence.apart(cues)
        case .lrc: CueSequence.cut(cues)
        case .json, .txt: CueSequence.sorted(cues)
        }
    }

    /// The subtitles as a file of a format has them; words may light up as they are said where the format can.
    public func text(as format: SubtitleFormat, showsWords: Bool = false) -> String {
        var writer = CueWriter(format, language: language, showsWords: showsWords)
        var text = writer.begin()
        for cue in cues(for: format) { text += writer.add(cue) }
        return text + writer.finish(self)
    }
}
