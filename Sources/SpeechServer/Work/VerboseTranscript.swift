internal import AudioCore
internal import Subtitles

/// What is wanted of a recording: its text, or the same in English.
enum TranscriptTask: String, Sendable { case transcribe, translate }

extension HeardRecording {
    /// The cues as a file.
    func subtitles(as format: SubtitleFormat) -> [UInt8] {
        var writer = CueWriter(format, language: language)
        return Array((writer.begin() + cues.map { writer.add($0) }.joined() + writer.finish()).utf8)
    }
}

/// A transcript with the times of its parts.
struct VerboseTranscript: Encodable {
    let task: String
    let language: String
    let duration: Double
    let text: String
    let segments: [Segment]?
    let words: [Word]?
    let usage: Usage

    /// Makes one with the times that are wanted; OpenAI's names languages, others tell their codes.
    init(_ heard: HeardRecording, task: String, granularities: Set<String>, namesLanguage: Bool = true) {
        self.task = task
        language = heard.language.map { namesLanguage ? Languages.name(of: $0) : $0 } ?? "unknown"
        duration = heard.duration.roundedSeconds
        text = heard.text
        let wantsSegments = granularities.isEmpty || granularities.contains("segment")
        segments = wantsSegments ? Self.segments(of: heard) : nil
        words = granularities.contains("word") ? heard.words.map(Word.init) : nil
        usage = Usage(heard)
    }

    static func segments(of heard: HeardRecording) -> [Segment] {
        heard.cues.enumerated().map { Segment(id: $0, $1) }
    }

    /// A cue, with all members that clients insist on; what no engine tells is nought.
    struct Segment: Encodable {
        let id: Int
        var seek = 0
        let start: Double
        let end: Double
        let text: String
        var tokens: [Int] = []
        var temperature = 0.0
        var probability = 0.0
        var compression = 0.0
        var silence = 0.0

        init(id: Int, _ cue: Cue) {
            self.id = id
            (start, end, text) = (cue.start.roundedSeconds, cue.end.roundedSeconds, cue.text)
        }

        enum CodingKeys: String, CodingKey {
            case id, seek, start, end, text, tokens, temperature
            case probability = "avg_logprob"
            case compression = "compression_ratio"
            case silence = "no_speech_prob"
        }
    }

    struct Word: Encodable {
        let word: String
        let start: Double
        let end: Double

        init(_ word: TimedWord) {
            (self.word, start, end) = (word.text, word.start.roundedSeconds, word.end.roundedSeconds)
        }
    }

    struct Usage: Encodable {
        var type = "duration"
        let seconds: Int

        init(_ heard: HeardRecording) { seconds = Int((heard.duration / .seconds(1)).rounded(.up)) }
    }
}

extension Duration {
    /// Seconds, to the millisecond.
    var roundedSeconds: Double { (self / .milliseconds(1)).rounded() / 1_000 }
}
