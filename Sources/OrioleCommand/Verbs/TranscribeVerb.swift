internal import AudioCore
internal import Captioning
internal import GLMSpeech
internal import Jobs
internal import OfflineSpeech
internal import Platform
internal import Speech
internal import Subtitles

/// Writes down what is said.
struct TranscribeVerb: Verb {
    static let name = "transcribe"
    static let summary = "write down what is said in sound or films"
    static let operands = "AUDIO…"
    static let examples = [
        Example(purpose: "what is said in a file", command: "oriole transcribe memo.m4a"),
        Example(purpose: "the words as they come", command: "oriole transcribe memo.wav --stream"),
        Example(purpose: "with times, for a program", command: "oriole transcribe memo.wav --format json"),
        Example(
            purpose: "names that are hard to hear", command: "oriole transcribe call.wav --hotwords Oriole,智谱"),
        Example(purpose: "within a pipe", command: "oriole transcribe - < memo.opus"),
        Example(
            purpose: "subtitles of what is being said",
            command: "ffmpeg -i talk.m3u8 -f wav - | oriole transcribe - --format vtt"),
    ]
    private static let format = Flag(
        "format", .choice(Form.self), "plain text, an object of JSON for each file, or subtitles", fallback: "text")
    private static let stream = Flag("stream", .switch, "print the words as they come")
    private static let asItIs = Flag("as-it-is", .switch, "send the file as it is, instead of 16 kHz WAVE")
    private static let dryRun = Flag("dry-run", .switch, "tell what would be asked, and its price, and ask nobody")
    static let ownFlags: [any DeclaredFlag] =
        [format, stream] + HearingFlags.all + [asItIs, dryRun, Engines.verbose]
    static let settings: [any DeclaredSetting] =
        Engines.settings + [Settings.transcriptionModel, Settings.language, Settings.progress]

    enum Form: String, CaseIterable, Sendable {
        case text, json, srt, vtt

        /// The format of subtitles that is meant.
        var subtitles: SubtitleFormat? { SubtitleFormat(rawValue: rawValue).flatMap { $0 == .json ? nil : $0 } }
    }

    private let paths: [String]
    private let form: Form
    private let streams: Bool
    private let options: TranscriptionOptions
    private let isDryRun: Bool
    private let configuration: Configuration
    private let isVerbose: Bool
    private let isQuiet: Bool
    private let reportsJSON: Bool
    private let progress: Progress.Form

    init(_ typed: TypedArguments, _ configuration: Configuration) throws(CommandError) {
        guard !typed.operands.isEmpty, !typed.operands.contains("") else {
            throw CommandError(
                .wrongUse, "there is nothing to hear", hint: "oriole transcribe AUDIO…, with - for standard input")
        }
        guard typed.operands.count(where: { $0 == "-" }) <= 1 else {
            throw CommandError(.wrongUse, "standard input can be heard once", hint: "one -")
        }
        paths = typed.operands
        form = typed[Self.format] ?? (typed.has(CommonFlag.json) ? .json : .text)
        streams = typed.has(Self.stream)
        guard !streams || form == .text else {
            throw CommandError(
                .wrongUse, "words that come one by one are plain text", hint: "--stream, or --format \(form.rawValue)")
        }
        guard form.subtitles == nil || paths.count == 1 else {
            throw CommandError(
                .wrongUse, "subtitles of several files have no place here", hint: "oriole subtitle MEDIA…")
        }
        var options = try HearingFlags.options(typed, configuration)
        options.sendsFileAsItIs = typed.has(Self.asItIs)
        self.options = options
        isDryRun = typed.has(Self.dryRun)
        self.configuration = configuration
        isVerbose = typed.has(Engines.verbose)
        isQuiet = typed.has(CommonFlag.quiet)
        reportsJSON = typed.has(CommonFlag.json)
        progress = try configuration.value(Settings.progress, or: .auto).form(isQuiet: isQuiet)
    }

    func run() async throws(CommandError) {
        let engines = try Engines(configuration, isVerbose: isVerbose)
        if isDryRun { return try await tellPlan(engines) }
        if !isQuiet && !reportsJSON { try engines.explain(configuration) }
        if !isQuiet { HearingFlags.note(options, for: engines.name) }
        var failure: CommandError?
        // How many files are done says nothing of one.
        let form = paths.count > 1 ? progress : .none
        var progress = Progress("hearing", total: Double(paths.count), unit: "files", form: form)
        for (index, path) in paths.enumerated() {
            do throws(CommandError) {
                try await transcribe(path, by: engines.hearing)
                Terminal.show(progress.tell(done: Double(index + 1)))
            } catch {
                guard paths.count > 1, error.code != .interrupted, error.code != .done else { throw error }
                Terminal.report(error, of: path, asJSON: reportsJSON)
                failure = error
            }
        }
        Terminal.show(progress.finish())
        guard failure == nil else { throw CommandError(.failed, "not every file could be written down") }
    }

    private func transcribe(_ path: String, by engine: any Transcriber) async throws(CommandError) {
        if let format = form.subtitles { return try await long(engine).write(path, as: format) }
        // Whoever wants the words as they come from a pipe does not wait for its end.
        if streams, path == "-", OpenFile.standardInput.mayWait { return try await long(engine).writeText(of: path) }
        let input = try SpooledInput(path)
        let kept = input.path
        do throws(CommandError) {
            try await transcribe(kept, named: path, by: engine)
        } catch {
            // Nobody knows the file that standard input was kept in.
            guard path == "-" else { throw error }
            throw CommandError(error.code, error.message.replacing(kept, with: "standard input"), hint: error.hint)
        }
        // A file that was made of standard input goes with the value: not before it has been heard.
        _ = consume input
    }

    private func transcribe(
        _ input: String, named path: String, by engine: any Transcriber
    ) async throws(CommandError) {
        if let limit = engine.transcriptionLimits.clipDuration, !options.sendsFileAsItIs,
            try await Self.seconds(of: input) ?? .infinity > limit / .seconds(1)
        {
            try await transcribeLong(input, named: path, by: engine)
        } else if streams {
            try await stream(input, named: path, by: engine)
        } else {
            let transcript = try await withEngineErrors { () async throws(RemoteError) in
                try await engine.transcribe(.file(path: input), options)
            }
            guard form == .json else { return try Terminal.print(named(path, transcript.text)) }
            let (timed, timing) = try await long(engine).timed(transcript, in: input)
            try Terminal.print(Terminal.json(Heard(path, timed, timing)))
        }
    }

    /// Words that are not final are shown to whoever looks on, but by the engine that has them all at once.
    private func long(_ engine: any Transcriber) -> LongTranscript {
        let showsPartial = Terminal.isInteractive && !isQuiet && !reportsJSON && !(engine is OfflineEngine)
        return LongTranscript(options, by: engine, showsPartial: showsPartial)
    }

    /// What is longer than the engine hears at once is cut where nobody speaks.
    private func transcribeLong(
        _ input: String, named path: String, by engine: any Transcriber
    ) async throws(CommandError) {
        let long = long(engine)
        if form == .json {
            let (transcript, timing) = try await long.transcript(of: input)
            return try Terminal.print(Terminal.json(Heard(path, transcript, timing)))
        }
        try Terminal.write(paths.count > 1 ? "\(path): " : "")
        try await long.writeText(of: input)
    }

    /// How long a file is; nil where it does not say.
    private static func seconds(of path: String) async throws(CommandError) -> Double? {
        try await withCommandErrors { () async throws(AudioError) in
            try await AudioInput(path: path).expectedSeconds
        }
    }

    private func stream(_ input: String, named path: String, by engine: any Transcriber) async throws(CommandError) {
        let stream = try await withEngineErrors { () async throws(RemoteError) in
            try await engine.transcribeAsItComes(.file(path: input), options)
        }
        try Terminal.write(paths.count > 1 ? "\(path): " : "")
        var reader = stream.makeAsyncIterator()
        while let words = try await withEngineErrors({ () async throws(RemoteError) in try await reader.next() }) {
            try Terminal.write(words)
        }
        try Terminal.write("\n")
    }

    private func named(_ path: String, _ text: String) -> String { paths.count > 1 ? "\(path): \(text)" : text }

    private func tellPlan(_ engines: Engines) async throws(CommandError) {
        var seconds = 0.0
        for path in paths {
            let kept = try SpooledInput(path)
            let name = kept.path
            seconds += try await Self.seconds(of: name) ?? 0
            _ = consume kept
        }
        let model = engines.service?.models.transcription
        let cost = try Prices.table(configuration).cost(of: seconds / 60, .minute, model: model ?? "")
        let price = engines.name == .offline ? "nothing" : cost?.description ?? "unknown"
        let plan = TranscriptionPlan(
            engine: engines.name.rawValue, files: paths.count, minutes: (seconds / 0.6).rounded(.up) / 100, cost: price)
        try Terminal.print(form == .json ? Terminal.json(plan) : plan.text)
    }
}

/// What was heard in a file.
private struct Heard: Encodable {
    let file: String
    let text: String
    let language: String?
    let words: [Part]
    let segments: [Part]
    /// How the times of the words came about.
    let timing: String?

    struct Part: Encodable {
        let text: String
        let start: Double
        let end: Double

        init(_ span: Transcript.Span) {
            text = span.text
            start = span.start / .seconds(1)
            end = span.end / .seconds(1)
        }
    }

    init(_ file: String, _ transcript: Transcript, _ timing: Timing?) {
        self.timing = timing?.rawValue
        self.file = file
        text = transcript.text
        language = transcript.language
        words = transcript.words.map(Part.init)
        segments = transcript.segments.map(Part.init)
    }
}

/// What would be asked of whom.
private struct TranscriptionPlan: Encodable {
    let engine: String
    let files: Int
    let minutes: Double
    let cost: String

    var text: String { "engine \(engine): \(counted(files, "file")), \(minutes) minutes; cost: \(cost)" }
}

/// A file that can be read twice: the one that was named, or what came through a pipe.
struct SpooledInput: ~Copyable {
    let path: String
    private let file: Optional<TemporaryFile>

    init(_ path: String) throws(CommandError) {
        do throws(AudioError) {
            var file = path == "-" ? try AudioInput.spool(ByteSource(.standardInput)) : try AudioInput.spool(path)
            if let kept = file.take() { self.init(kept) } else { self.init(path: path) }
        } catch {
            throw CommandError(error)
        }
    }

    private init(_ file: consuming TemporaryFile) {
        path = file.path
        self.file = consume file
    }

    private init(path: String) {
        self.path = path
        file = nil
    }
}
