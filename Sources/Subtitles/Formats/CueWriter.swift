/// Writes cues into a file of a format as they become known.
///
/// ```swift
/// var writer = CueWriter(.vtt, language: "en")
/// print(writer.begin(), terminator: "")
/// for await cue in cues { print(writer.add(cue), terminator: "") }
/// print(writer.finish(), terminator: "")
/// ```
public struct CueWriter: Sendable {
    private var encoder: any CueEncoder

    /// Makes a writer of one file, in which words may light up as they are said where the format can.
    public init(_ format: SubtitleFormat, language: String? = nil, showsWords: Bool = false) {
        encoder =
            switch format {
            case .srt: SubRipEncoder()
            case .vtt: WebVTTEncoder(language: language, showsWords: showsWords)
            case .ass: SubStationEncoder(showsWords: showsWords)
            case .ttml: TimedTextEncoder(language: language)
            case .lrc: LyricsEncoder(showsWords: showsWords)
            case .json: WordsFileEncoder()
            case .txt: PlainTextEncoder()
            }
    }

    /// What stands before the first cue.
    public mutating func begin() -> String { encoder.head }

    /// What a cue adds to the file; cues come in order.
    public mutating func add(_ cue: Cue) -> String { encoder.encode(cue) }

    /// What stands after the last cue, given what else became known; the cues of the track are not written again.
    public mutating func finish(_ track: Track = Track([])) -> String { encoder.tail(track) }
}

/// What writes cues of one format.
protocol CueEncoder: Sendable {
    /// What stands before the first cue.
    var head: String { get }
    /// What a cue adds.
    mutating func encode(_ cue: Cue) -> String
    /// What stands behind the last one.
    mutating func tail(_ track: Track) -> String
}

extension CueEncoder {
    func tail(_ track: Track) -> String { "" }
}

extension Cue {
    /// The lines without line ends, empty ones and blanks around them, as every format wants them.
    var cleanLines: [StyledLine] {
        lines.flatMap(\.parts).compactMap { $0.trimmed }
    }
}

extension Cue {
    /// The clean lines as one text.
    var cleanText: String {
        var clean = self
        clean.lines = cleanLines
        return clean.text
    }
}

extension Cue {
    /// The words of each line; nil when there are none, or others than the lines have.
    var wordsByLine: [[TimedWord]]? {
        guard !words.isEmpty else { return nil }
        var rest = words[...]
        var lines: [[TimedWord]] = []
        for line in cleanLines.map(\.text) {
            let length = line.utf8.count
            var (own, written): ([TimedWord], Int) = ([], 0)
            while written < length, let word = rest.popFirst() {
                written += word.text.utf8.count + (own.last.map { $0.joinsNext ? 0 : 1 } ?? 0)
                own.append(word)
            }
            guard own.written == line else { return nil }
            lines.append(own)
        }
        return rest.isEmpty ? lines : nil
    }
}

extension StyledLine {
    /// Lines that were written into one.
    fileprivate var parts: [StyledLine] {
        var parts = [StyledLine()]
        for run in runs {
            for (index, piece) in run.text.printable.split(
                omittingEmptySubsequences: false, whereSeparator: \.isNewline
            )
            .enumerated() {
                if index > 0 { parts.append(StyledLine()) }
                parts[parts.count - 1].append(piece, run.style)
            }
        }
        return parts
    }

    /// The line without blanks around it, nil when nothing is left.
    fileprivate var trimmed: StyledLine? {
        let text = text
        let start = text.prefix(while: \.isWhitespace).count
        guard start < text.count else { return nil }
        let end = text.count - text.reversed().prefix(while: \.isWhitespace).count
        var line = StyledLine()
        var place = 0
        for run in runs {
            let kept = run.text.enumerated().filter { (start..<end).contains(place + $0.offset) }.map(\.element)
            line.append(String(kept), run.style)
            place += run.text.count
        }
        return line
    }

    /// The text of a line with something before and behind each part that looks different.
    func marked(_ escape: (String) -> String, _ mark: (Style, Bool) -> String) -> String {
        var text = ""
        for run in runs {
            text += mark(run.style, true) + escape(run.text) + mark(run.style, false)
        }
        return text
    }

    /// The tags of HTML, which SubRip and WebVTT share.
    static func tags(_ style: Style, opens: Bool) -> String {
        let names = [(Style.italic, "i"), (.bold, "b"), (.underline, "u")].filter { style.contains($0.0) }.map(\.1)
        return opens
            ? names.map { "<\($0)>" }.joined() : names.reversed().map { "</\($0)>" }.joined()
    }
}

extension String {
    /// The text without signs that show nothing, such as zeros, which make readers take a file for none of text.
    fileprivate var printable: String {
        guard unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return self }
        return String(
            UnicodeScalarView(
                unicodeScalars.filter { $0.properties.generalCategory != .control || $0.properties.isWhitespace }))
    }
}
