#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Words and cues for programs, as JSON: times in seconds.
///
/// ```json
/// {"language":"en","duration":12.5,"timing":"aligned",
///  "words":[{"text":"Call","start":0.5,"end":0.7,"confidence":0.98}],
///  "cues":[{"start":0.5,"end":1.4,"lines":["Call me Ishmael."]}]}
/// ```
///
/// A cue may also have a `speaker`, stand at the `top`, and tell how its lines look: `"runs":[[{"text":"Call ","style":[]},
/// {"text":"me","style":["italic"]}]]`. Words that are a cue's lines become the words of that cue.
public enum WordsFile {
    struct Contents: Codable {
        var language: String?
        var duration: Double?
        var timing: String?
        var words: [Word]?
        var cues: [Shown]?
    }

    struct Word: Codable {
        var text: String
        var start: Double
        var end: Double
        var confidence: Double?
        var timing: String?
        var isDoubtful: Bool?
        var joinsNext: Bool?
    }

    struct Shown: Codable {
        var start: Double
        var end: Double
        var lines: [String]
        var speaker: String?
        var top: Bool?
        /// How each line looks, where any looks different from others.
        var runs: [[Run]]?
    }

    struct Run: Codable {
        var text: String
        var style: [String]

        init(_ run: StyledLine.Run) {
            text = run.text
            style = WordsFile.styles.filter { run.style.contains($0.style) }.map(\.name)
        }
    }

    private static let styles: [(name: String, style: StyledLine.Style)] = [
        ("italic", .italic), ("bold", .bold), ("underline", .underline),
    ]

    /// Reads a file that ``CueWriter`` wrote, or a program.
    static func track(in text: String) throws(SubtitleError) -> Track {
        let contents: Contents
        do {
            contents = try JSONDecoder().decode(Contents.self, from: Data(text.utf8))
        } catch {
            throw SubtitleError(.malformedInput, "this JSON is none of words and cues")
        }
        let timing = contents.timing.flatMap { Timing(rawValue: $0) }
        let words = try (contents.words ?? []).map { word throws(SubtitleError) in
            var timed = TimedWord(
                text: word.text, start: try time(word.start), end: try time(word.end),
                timing: word.timing.flatMap { Timing(rawValue: $0) } ?? timing ?? .heard, confidence: word.confidence,
                isDoubtful: word.isDoubtful ?? false)
            timed.joinsNext = word.joinsNext ?? false
            return timed
        }
        var unused = words.sorted { $0.start < $1.start }[...]
        let cues = try (contents.cues ?? []).map { shown throws(SubtitleError) in
            var cue = Cue(start: try time(shown.start), end: try time(shown.end), lines: shown.lines)
            cue.speaker = shown.speaker
            if shown.top == true { cue.placement = .top }
            if let runs = shown.runs { cue.lines = runs.map { line(of: $0) } }
            cue.take(from: &unused)
            return cue
        }
        return Track(
            cues, language: contents.language,
            duration: try contents.duration.map { seconds throws(SubtitleError) in
                try time(seconds)
            }, words: words)
    }

    private static func line(of runs: [Run]) -> StyledLine {
        runs.reduce(into: StyledLine()) { line, run in
            let style = styles.filter { run.style.contains($0.name) }.reduce(StyledLine.Style()) { $0.union($1.style) }
            line.append(run.text, style)
        }
    }

    private static func time(_ seconds: Double) throws(SubtitleError) -> Duration {
        guard seconds >= 0, seconds * 1_000 <= Double(ClockTime.mostMilliseconds) else {
            throw SubtitleError(.malformedInput, "no recording has a time of \(seconds) seconds")
        }
        return .milliseconds(Int((seconds * 1_000).rounded()))
    }
}

extension Cue {
    /// Takes the words that are said while it is shown, when they are its lines.
    fileprivate mutating func take(from unused: inout ArraySlice<TimedWord>) {
        // Times are rounded to milliseconds on both sides.
        let (first, last) = (start - .milliseconds(1), end)
        unused = unused.drop { $0.start < first }
        words = Array(unused.prefix { $0.start < last })
        if wordsByLine == nil { words = [] }
        unused = unused.dropFirst(words.count)
    }
}

/// Writes words and cues for programs, once all are known.
struct WordsFileEncoder: CueEncoder {
    private var cues: [WordsFile.Shown] = []
    /// The words of the cues, for a track that has none of its own.
    private var words: [TimedWord] = []

    var head: String { "" }

    mutating func encode(_ cue: Cue) -> String {
        let lines = cue.cleanLines
        guard !lines.isEmpty else { return "" }
        // Programs know what to do with cues that are shown at once.
        let start = ClockTime.milliseconds(cue.start)
        let end = max(ClockTime.milliseconds(cue.end), start + 1)
        let isStyled = lines.contains { $0.runs.contains { !$0.style.isEmpty } }
        cues.append(
            WordsFile.Shown(
                start: Double(start) / 1_000, end: Double(end) / 1_000,
                lines: lines.map(\.text), speaker: cue.speaker, top: cue.placement == .top ? true : nil,
                runs: isStyled ? lines.map { $0.runs.map(WordsFile.Run.init) } : nil))
        words += cue.words
        return ""
    }

    func tail(_ track: Track) -> String {
        var track = track
        if track.words.isEmpty { track.words = words }
        let timing = track.timing
        let contents = WordsFile.Contents(
            language: track.language, duration: track.duration.map(Self.seconds), timing: timing?.rawValue,
            words: track.words.map { word in
                WordsFile.Word(
                    text: word.text, start: Self.seconds(word.start), end: Self.seconds(word.end),
                    confidence: word.confidence.map { ($0 * 1_000).rounded() / 1_000 },
                    timing: word.timing == timing ? nil : word.timing.rawValue,
                    isDoubtful: word.isDoubtful ? true : nil, joinsNext: word.joinsNext ? true : nil)
            }, cues: cues)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(contents) else { return "{}\n" }
        return String(decoding: data, as: UTF8.self) + "\n"
    }

    private static func seconds(_ duration: Duration) -> Double {
        Double(ClockTime.milliseconds(duration)) / 1_000
    }
}
