internal import AudioCore
internal import Captioning
internal import Platform
internal import Speech
internal import Subtitles

/// What is said in a recording of any length, written while it is heard.
struct LongTranscript {
    private let options: TranscriptionOptions
    private let engine: any Transcriber
    /// Whether what the engine has written so far is shown on the terminal, until it is final.
    private let showsPartial: Bool

    init(_ options: TranscriptionOptions, by engine: any Transcriber, showsPartial: Bool = false) {
        self.options = options
        self.engine = engine
        self.showsPartial = showsPartial
    }

    /// Prints subtitles cue by cue, as soon as each is final: the input may still arrive.
    func write(_ path: String, as format: SubtitleFormat) async throws(CommandError) {
        var writer = CueWriter(format, language: options.language)
        try Terminal.write(writer.begin())
        try await hear(path) { step async throws(CommandError) in
            for cue in step.cues { try Terminal.write(writer.add(cue)) }
        }
        try Terminal.write(writer.finish())
    }

    /// Prints the words, clip by clip.
    func writeText(of path: String) async throws(CommandError) {
        var text = RunningText()
        try await hear(path) { step async throws(CommandError) in try Terminal.write(text.next(step.words)) }
        try Terminal.write("\n")
    }

    /// All of it at once, with the times of words and cues, and how these came about.
    func transcript(of path: String) async throws(CommandError) -> (Transcript, Timing?) {
        var (words, cues): ([TimedWord], [Cue]) = ([], [])
        try await hear(path) { step async throws(CommandError) in
            words += step.words
            cues += step.cues
        }
        return (Self.transcript(words, cues, options.language), words.map(\.timing).max())
    }

    /// What an engine heard of a short recording: where it tells no times, the words are aligned to the sound.
    func timed(_ heard: Transcript, in path: String) async throws(CommandError) -> (Transcript, Timing?) {
        guard heard.words.isEmpty, heard.text.contains(where: \.isLetter) else {
            return (heard, heard.words.isEmpty ? nil : .heard)
        }
        let language = heard.language ?? options.language ?? WrittenLanguage.guess(of: heard.text)
        do throws(AudioError) {
            let aligned = try await RecordingAligner().align(
                heard.text, to: try await AudioInput(path: path), language: language)
            var layout = CueLayout(LayoutRules(language: language))
            let cues = layout.add(aligned.words) + layout.finish()
            return (Self.transcript(aligned.words, cues, language), aligned.timing)
        } catch {
            // A file that only the engine can read has no times here.
            guard error.code != .cancelled else { throw CommandError(error) }
            return (heard, nil)
        }
    }

    private static func transcript(_ words: [TimedWord], _ cues: [Cue], _ language: String?) -> Transcript {
        let text = words.written
        return Transcript(
            text: text, language: language ?? WrittenLanguage.guess(of: text),
            words: words.map { .init(text: $0.text, start: $0.start, end: $0.end) },
            segments: cues.map { .init(text: $0.text, start: $0.start, end: $0.end) })
    }

    private func hear(_ path: String, _ take: (CaptionStep) async throws(CommandError) -> Void)
        async throws(CommandError)
    {
        var settings = CaptionSettings(options: options)
        // A pipe may still be filled; what is said there is told after a pause, and not when all is said.
        settings.isLive = path == "-" && OpenFile.standardInput.mayWait
        if settings.isLive { Signals.endInputFirst() }
        if showsPartial { settings.partial = { Terminal.showPart(of: $0) } }
        var failures = 0
        try await Captioner(engine, settings).run(
            on: { () async throws(AudioError) in try await AudioInput(named: path, track: .automatic) }
        ) { step async throws(CommandError) in
            Terminal.clear()
            if let failure = step.failure {
                Terminal.say("note: a part was not heard: \(failure)")
                failures += 1
            }
            try await take(step)
        }
        guard failures == 0 else { throw CommandError(.failed, "\(counted(failures, "part")) not heard") }
    }
}
