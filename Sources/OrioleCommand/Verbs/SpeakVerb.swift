internal import AudioCore
internal import Audiobooks
internal import GLMSpeech
internal import Jobs
internal import Platform
internal import Speech

/// Turns text into speech.
struct SpeakVerb: Verb {
    static let name = "speak"
    static let summary = "turn text into speech"
    static let operands = "[TEXT…]"
    static let operandCompletion = Completion.none
    static let examples = [
        Example(purpose: "a sentence into a file", command: "oriole speak \"Hello, world\" -o hello.wav"),
        Example(purpose: "heard while it is made", command: "oriole speak 你好，世界 --stream -o - --format wav | aplay"),
        Example(
            purpose: "a text into Opus, a little faster",
            command: "oriole speak -f letter.txt -o letter.opus --speed 1.2"),
        Example(purpose: "when each piece came", command: "oriole speak 你好 -o hello.wav --stream --stats json"),
        Example(purpose: "what it would cost", command: "oriole speak -f book.txt --dry-run"),
    ]
    private static let file = Flag(
        "file", letter: "f", .file("FILE"), "a file with the text: plain, Markdown, HTML or EPUB; - for standard input")
    private static let output = Flag(
        "output", letter: "o", .file("OUT"), "where the speech goes, - for standard output", fallback: "speech.wav")
    private static let rate = Flag("rate", .integer("HZ", in: 8_000...192_000), "samples per second")
    private static let stream = Flag("stream", .switch, "write each piece as it comes, instead of whole requests")
    private static let stats = Flag(
        "stats", .choice(StatsForm.self), "tell when each piece came, and what a player would hear")
    private static let dryRun = Flag("dry-run", .switch, "tell what would be asked, and its price, and ask nobody")
    static let ownFlags: [any DeclaredFlag] = [
        file, output, OutputFlags.format, OutputFlags.encoding, OutputFlags.bitrate, rate, stream, stats, dryRun,
        Engines.verbose,
    ]
    static let settings: [any DeclaredSetting] =
        Engines.settings + [
            Settings.speechModel, Settings.voice, Settings.language, Settings.speed, Settings.volume, Settings.progress,
        ]

    /// How statistics are told.
    enum StatsForm: String, CaseIterable, Sendable {
        case json
    }

    private let text: InputText
    private let output: String
    private let sound: OutputSettings
    private let rate: Int?
    private let streams: Bool
    private let stats: StatsForm?
    private let isDryRun: Bool
    private let request: SpeechRequest
    private let configuration: Configuration
    private let isVerbose: Bool
    private let isQuiet: Bool
    private let printsJSON: Bool
    private let progress: Progress.Form

    init(_ typed: TypedArguments, _ configuration: Configuration) throws(CommandError) {
        text = try Self.text(typed)
        let name = typed[Self.output]
        output = name ?? Self.unusedName(ending: typed[OutputFlags.format]?.rawValue ?? "wav")
        var sound = try OutputFlags.settings(typed, output: output, standardOutput: .wav)
        streams = typed.has(Self.stream)
        // Whoever listens while it is made waits for no more than a page.
        if streams { sound.pageInterval = .milliseconds(200) }
        self.sound = sound
        rate = typed[Self.rate]
        try OutputFlags.check(rate: rate, for: sound.kind)
        isVerbose = typed.has(Engines.verbose)
        stats = typed[Self.stats]
        isDryRun = typed.has(Self.dryRun)
        request = SpeechRequest(
            "", voice: try configuration.value(Settings.voice), speed: try configuration.value(Settings.speed, or: 1),
            volume: try configuration.value(Settings.volume, or: 1),
            language: try configuration.value(Settings.language))
        self.configuration = configuration
        isQuiet = typed.has(CommonFlag.quiet)
        printsJSON = typed.has(CommonFlag.json)
        progress = try configuration.value(Settings.progress, or: .auto).form(isQuiet: isQuiet)
    }

    /// A name that nothing has yet: what nobody named must not take another's place.
    private static func unusedName(ending: String) -> String {
        var number = 1
        var name = "speech.\(ending)"
        while OutputFile.isTaken(name) {
            number += 1
            name = "speech-\(number).\(ending)"
        }
        return name
    }

    private static func text(_ typed: TypedArguments) throws(CommandError) -> InputText {
        let words = typed.operands.joined(separator: " ")
        guard let path = typed[file] else {
            guard !words.isEmpty else {
                throw CommandError(.wrongUse, "there is nothing to speak", hint: "oriole speak TEXT, or -f FILE")
            }
            return words == "-" ? .file("-") : .typed(words)
        }
        guard words.isEmpty else {
            throw CommandError(.wrongUse, "a text and a file of text are two things to speak", hint: "one of them")
        }
        return .file(path)
    }

    func run() async throws(CommandError) {
        let text = try wholeText()
        let engines = try Engines(configuration, isVerbose: isVerbose)
        guard text.contains(where: { !$0.isWhitespace }) else { throw Self.noWord }
        if isDryRun { return try tellPlan(text, engines) }
        if !isQuiet && !printsJSON { try engines.explain(configuration) }
        try OutputFlags.check(place: output)
        let made = try await speak(
            text, with: try await engines.voice(request.voice, configuration, isQuiet: isQuiet), by: engines)
        if printsJSON {
            return output == "-" ? Terminal.say(Terminal.json(made)) : try Terminal.print(Terminal.json(made))
        }
        if !isQuiet { Terminal.say(made.line) }
    }

    /// The text; a file is read as a book is, whatever its encoding is and however its lines are wrapped.
    private func wholeText() throws(CommandError) -> String {
        guard case .file(let path) = text else { return try text.read() }
        let bytes = try InputText.bytes(of: path)
        guard bytes.contains(where: { $0 > 0x20 }) else { return "" }
        let book = try withBookErrors { () throws(BookError) in try Book(bytes: bytes, name: path) }
        // What is about a book rather than of it is not read aloud.
        return book.chapters.lazy.filter { !$0.isApart }.flatMap(\.paragraphs).map(\.text).joined(separator: "\n")
    }

    private static var noWord: CommandError {
        CommandError(.unusableInput, "the text has no word in it", hint: "write what is to be spoken")
    }

    /// What the engine takes at once; of what it takes of any length, so much that progress can be told.
    private static func pieces(of text: String, for engines: Engines) -> TextPieces {
        SentenceSplitter(limit: engines.speech.speechLimits.textCharacters ?? 400).pieces(of: text)
    }
}

// MARK: - The work

extension SpeakVerb {
    private func speak(
        _ text: String, with voice: String?, by engines: Engines
    ) async throws(CommandError) -> Speech {
        var writer = SpeechWriter(path: output, settings: sound, rate: rate)
        let characters = Double(text.unicodeScalars.count)
        var progress = Progress("speaking", total: characters, unit: "characters", form: progress)
        var statistics = StreamStatistics()
        var done = 0
        for piece in Self.pieces(of: text, for: engines) {
            guard !Task.isCancelled else { throw .interrupted }
            var request = request
            (request.text, request.voice) = (piece, voice)
            try await speak(request, by: engines, to: &writer, &statistics)
            done += piece.unicodeScalars.count
            Terminal.show(
                progress.tell(done: Double(done), money: try engines.cost(ofCharacters: done, configuration)))
        }
        Terminal.show(progress.finish())
        let format = writer.outputFormat
        let length: MediaTime?
        do throws(AudioError) { length = try writer.finish() } catch { throw CommandError(error) }
        guard let length, let format else {
            guard text.contains(where: { $0.isLetter || $0.isNumber }) else { throw Self.noWord }
            throw CommandError(.serviceFailed, "the engine made no sound", hint: "try again")
        }
        if stats != nil { try tell(statistics.summary) }
        return Speech(
            output: output, format: sound.kind.rawValue, rate: format.rate, channels: format.channels,
            seconds: length.seconds, characters: done, engine: engines.name.rawValue,
            cost: try engines.cost(ofCharacters: done, configuration))
    }

    /// Speaks a piece of the text: written as it comes, or once all of it has come.
    private func speak(
        _ request: SpeechRequest, by engines: Engines, to writer: inout SpeechWriter,
        _ statistics: inout StreamStatistics
    ) async throws(CommandError) {
        guard streams else {
            let chunks = try await withEngineErrors { () async throws(RemoteError) in
                try await engines.speech.whole(request)
            }
            for chunk in chunks { try write(chunk, to: &writer, &statistics) }
            return
        }
        let stream = try await withEngineErrors { () throws(RemoteError) in try engines.speech.speak(request) }
        var reader = stream.makeAsyncIterator()
        while let chunk = try await withEngineErrors({ () async throws(RemoteError) in try await reader.next() }) {
            try write(chunk, to: &writer, &statistics)
        }
    }

    private func write(
        _ chunk: SpeechChunk, to writer: inout SpeechWriter, _ statistics: inout StreamStatistics
    ) throws(CommandError) {
        let line = statistics.add(chunk)
        if stats != nil { try tell(line) }
        do throws(AudioError) { try writer.write(chunk) } catch { throw CommandError(error) }
    }

    /// Statistics go where data goes, unless the sound is there.
    private func tell(_ line: some Encodable) throws(CommandError) {
        output == "-" ? Terminal.say(Terminal.json(line)) : try Terminal.printWhileRead(Terminal.json(line) + "\n")
    }

    private func tellPlan(_ text: String, _ engines: Engines) throws(CommandError) {
        let plan = try Plan(Self.pieces(of: text, for: engines), engines, configuration)
        try Terminal.print(printsJSON ? Terminal.json(plan) : plan.text)
    }
}

/// What was made.
private struct Speech: Encodable {
    let output: String
    let format: String
    let rate: Int
    let channels: Int
    let seconds: Double
    let characters: Int
    let engine: String
    let cost: String?

    var line: String {
        let length = MediaTime(frames: Int(seconds * 1_000), rate: 1_000)
        let place = output == "-" ? "standard output" : output
        return
            "\(place): \(format), \(PCMFormat(rate: rate, channels: channels)), \(length), \(counted(characters, "character")) by \(engine)\(cost.map { ", \($0)" } ?? "")"
    }
}

/// What would be asked of whom.
private struct Plan: Encodable {
    let engine: String
    let characters: Int
    /// Nothing for an engine that is asked nothing that costs.
    let requests: Int?
    let cost: String?

    init(_ pieces: TextPieces, _ engines: Engines, _ configuration: Configuration) throws(CommandError) {
        engine = engines.name.rawValue
        var (characters, requests) = (0, 0)
        for piece in pieces {
            guard !Task.isCancelled else { throw .interrupted }
            characters += piece.unicodeScalars.count
            requests += 1
        }
        self.characters = characters
        self.requests = engines.name == .offline ? nil : requests
        cost = engines.name == .offline ? "nothing" : try engines.cost(ofCharacters: characters, configuration)
    }

    var text: String {
        let price = cost ?? "unknown (no price for this model; oriole config path names the folder of prices.json)"
        let asked = requests.map { " in \(counted($0, "request"))" } ?? ""
        return "engine \(engine): \(counted(characters, "character"))\(asked); cost: \(price)"
    }
}
