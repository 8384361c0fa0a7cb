internal import Speech
internal import Subtitles
internal import Synchronization

/// Puts what was heard clip by clip together: words of clips that overlap once, and cues of the words.
struct CaptionAssembly {
    private var layout: CueLayout
    /// The words of a clip that ends within a voice: some may be the next one's.
    private var open: (words: [TimedWord], seam: Duration)?
    private var end = Duration.zero
    private let isLive: Bool

    init(_ settings: CaptionSettings) {
        isLive = settings.isLive
        layout = CueLayout(language: settings.options.language, rules: settings.rules)
    }

    /// Takes a clip, in the order of the recording.
    mutating func add(_ heard: HeardClip) -> CaptionStep {
        end = heard.clip.end
        var words = heard.words
        if let (before, seam) = open.take() {
            // Of a clip that was not heard nothing goes before the words of the other.
            let areMerged = heard.clip.followsSeam && heard.failure == nil
            words = areMerged ? SeamMerge.merge(before, words, at: seam) : before + words
        }
        if let seam = heard.clip.seam {
            // What is far from the seam is no matter of the next clip.
            let kept = words.firstIndex { $0.end > seam - .seconds(4) } ?? words.count
            open = (Array(words[kept...]), seam)
            words = Array(words[..<kept])
        }
        var step = CaptionStep(words: words, cues: layout.add(words, in: heard.language), end: end)
        // Whoever listens on does not wait for the words behind a pause.
        if isLive, open == nil { step.cues += layout.flush(before: end) }
        (step.language, step.sent, step.failure) = (heard.language, heard.sent, heard.failure)
        return step
    }

    /// Ends the recording at some moment.
    mutating func finish(at end: Duration) -> CaptionStep {
        let words = open.take()?.words ?? []
        return CaptionStep(words: words, cues: layout.add(words) + layout.finish(), end: max(end, self.end))
    }
}

/// What was said before, for an engine that hears better when it knows.
final class SpokenContext: Sendable {
    private let given: TranscriptionOptions
    private let said = Mutex("")

    /// The most characters that are told.
    private static let longest = 400

    init(_ options: TranscriptionOptions) { given = options }

    /// The options for the next clip: the user's own prompt, and the end of what was said.
    var options: TranscriptionOptions {
        var options = given
        let prompt = [given.prompt, said.withLock { $0.isEmpty ? nil : $0 }].compactMap(\.self)
        options.prompt = prompt.isEmpty ? nil : prompt.joined(separator: "\n")
        return options
    }

    func add(_ text: String) {
        said.withLock { said in said = String((said + (said.isEmpty ? "" : " ") + text).suffix(Self.longest)) }
    }
}
