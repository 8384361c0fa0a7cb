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
    }

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
        let cues = try (contents.cues ?? []).map { shown throws(SubtitleError) in
            var cue = Cue(start: try time(shown.start), end: try time(shown.end), lines: shown.lines)
            cue.speaker = shown.speaker
            return cue
        }
        return Track(
            cues, language: contents.language,
            duration: try contents.duration.map { seconds throws(SubtitleError) in
                try time(seconds)
            }, words: words)
    }

    private static func time(_ seconds: Double) throws(SubtitleError) -> Duration {
        guard seconds >= 0, seconds * 1_000 <= Double(ClockTime.mostMilliseconds) else {
            throw SubtitleError(.malformedInput, "no recording has a time of \(seconds) seconds")
        }
        return .milliseconds(Int((seconds * 1_000).rounded()))
    }
}

/// Writes words and cues for programs, once all are known.
struct WordsFileEncoder: CueEncoder {
    private var clock = CueClock()
    private var cues: [WordsFile.Shown] = []

    var head: String { "" }

    mutating func encode(_ cue: Cue) -> String {
        let lines = cue.cleanLines.map(\.text)
        guard !lines.isEmpty else { return "" }
        let times = clock.place(cue)
        cues.append(
            WordsFile.Shown(
                start: Double(times.lowerBound) / 1_000, end: Double(times.upperBound) / 1_000, lines: lines,
                speaker: cue.speaker))
        return ""
    }

    func tail(_ track: Track) -> String {
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
