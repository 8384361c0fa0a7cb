internal import AudioCore
internal import GLMSpeech
internal import Platform
internal import Speech

/// A call to GLM-Realtime: a question goes out in sound, and the answer is heard as it comes.
struct RealtimeVerb: Verb {
    static let name = "realtime"
    static let summary = "call GLM-Realtime with a recording and hear its answer"
    static let operands = "[AUDIO]"
    static let examples = [
        Example(purpose: "a spoken question", command: "oriole realtime question.wav -o answer.wav"),
        Example(
            purpose: "heard while it comes", command: "oriole realtime question.wav -o - --format wav | aplay"),
        Example(
            purpose: "with programs that the model may ask",
            command: "oriole realtime question.wav -o answer.wav --tools tools.json"),
        Example(
            purpose: "from the microphone, each question answered as it ends",
            command: "arecord -f S16_LE -r 16000 | oriole realtime - --turns client -o answers.wav"),
        Example(
            purpose: "all that was said over the wire",
            command: "oriole realtime --text 你好 -o answer.wav --events events.jsonl"),
    ]
    private static let text = Flag("text", .text("TEXT"), "what is said, in writing")
    private static let instructions = Flag("instructions", .text("TEXT"), "how to answer")
    private static let tools = Flag(
        "tools", .file("FILE"), "a list of tools (JSON), each with the program that does its work")
    private static let events = Flag("events", .file("FILE"), "where every event is noted, a line for each")
    private static let pace = Flag(
        "pace", .choice(RealtimePace.self),
        "as it would be spoken, as standard input is, or as fast as the service takes it, as files are")
    private static let turns = Flag(
        "turns", .choice(Turns.self),
        "the recording is one turn, or turns are told by voice activity: here (client) or by the service (server)",
        fallback: "one")
    private static let greeting = Flag("greeting", .text("TEXT"), "what the model says first")
    private static let picture = Flag("picture", .file("JPEG"), "a picture to go with the question")
    private static let output = Flag(
        "output", letter: "o", .file("ANSWER"), "where the spoken answer goes, - for standard output")
    private static let rate = Flag("rate", .integer("HZ", in: 8_000...192_000), "samples per second")
    static let ownFlags: [any DeclaredFlag] = [
        text, instructions, turns, tools, greeting, picture, events, pace, output, OutputFlags.format,
        OutputFlags.encoding,
        OutputFlags.bitrate, rate, Engines.verbose,
    ]
    static let settings: [any DeclaredSetting] =
        Engines.settings + [Settings.realtimeModel, Settings.voice]

    /// Who tells when somebody has spoken.
    private enum Turns: String, CaseIterable {
        case one, client, server
    }

    private let input: String?
    private let words: String?
    private let path: String
    private let sound: OutputSettings
    private let rate: Int?
    private let pace: RealtimePace
    private let turns: Turns
    private let picture: String?
    private let tools: String?
    private let call: RealtimeSettings
    private let eventsPath: String?
    private let configuration: Configuration
    private let isVerbose: Bool
    private let talk: AnswerTalk

    init(_ typed: TypedArguments, _ configuration: Configuration) throws(CommandError) {
        guard typed.operands.count <= 1 else {
            throw CommandError(.wrongUse, "one call has one recording", hint: "oriole realtime AUDIO -o ANSWER")
        }
        input = typed.operands.first
        words = typed[Self.text]
        guard (input == nil) != (words == nil) else {
            throw CommandError(
                .wrongUse, input == nil ? "nothing was said" : "a recording and a text are two things to say",
                hint: "oriole realtime AUDIO, or --text TEXT")
        }
        guard let path = typed[Self.output] else {
            throw CommandError(.wrongUse, "the answer needs a place", hint: "-o answer.wav")
        }
        self.path = path
        sound = try OutputFlags.settings(typed, output: path, standardOutput: .wav)
        rate = typed[Self.rate]
        try OutputFlags.check(rate: rate, for: sound.kind)
        pace = typed[Self.pace] ?? (input == "-" ? .spoken : .fast)
        tools = typed[Self.tools]
        picture = typed[Self.picture]
        turns = typed[Self.turns] ?? .one
        eventsPath = typed[Self.events]
        var call = RealtimeSettings()
        call.model = try configuration.value(Settings.realtimeModel) ?? call.model
        call.voice = try configuration.value(Settings.voice) ?? call.voice
        call.instructions = typed[Self.instructions]
        call.greeting = typed[Self.greeting]
        if picture != nil { call.mode = .video }
        if turns == .server { call.turnDetection = .server() }
        self.call = call
        self.configuration = configuration
        isVerbose = typed.has(Engines.verbose)
        talk = AnswerTalk(
            path: path, isQuiet: typed.has(CommonFlag.quiet), printsJSON: typed.has(CommonFlag.json))
        try check()
    }

    /// Refuses what does not go together.
    private func check() throws(CommandError) {
        guard turns == .one || words == nil else {
            throw CommandError(.wrongUse, "a text is one turn", hint: "leave out --turns")
        }
        guard turns != .server || tools == nil else {
            throw CommandError(
                .wrongUse, "with tools the service never hears that somebody has ended", hint: "--turns client")
        }
        guard picture == nil || tools == nil else {
            throw CommandError(
                .wrongUse, "a call with pictures has no tools", hint: "leave out --picture or --tools")
        }
        guard eventsPath.map({ OutputFile.absolute($0) != OutputFile.absolute(path) }) ?? true else {
            throw CommandError(
                .wrongUse, "the answer and the events cannot have one name", hint: "--events events.jsonl")
        }
    }

    func run() async throws(CommandError) {
        let engines = try Engines(configuration, isVerbose: isVerbose)
        if !talk.isQuiet && !talk.printsJSON { try engines.explain(configuration) }
        try OutputFlags.check(place: path)
        let tools = try ToolPrograms(tools)
        let events: RecordedEvents? = if let eventsPath { try RecordedEvents(path: eventsPath) } else { nil }
        do throws(CommandError) {
            if let client = engines.client {
                try await converse(over: client, tools, events)
            } else {
                // The offline engine takes calls where it is served.
                let local = try LocalService(engines.served)
                try await local.serve { () async throws(CommandError) in
                    try await converse(over: local.client(), tools, events)
                }
            }
        } catch {
            try? events?.finish()
            throw error
        }
        try events?.finish()
    }

    private func converse(
        over client: GLMClient, _ tools: ToolPrograms, _ events: RecordedEvents?
    ) async throws(CommandError) {
        var settings = call
        settings.tools = tools.descriptions
        let wanted = settings
        let note: RealtimeCall.Note? = if let events { { events.note(isFromService: $0, $1) } } else { nil }
        let call = try await withEngineErrors { () async throws(RemoteError) in
            // A call in which much was said is made anew when it breaks, and that is told.
            try await client.call(wanted, reconnecting: turns == .one ? 0 : 3, noting: note)
        }
        var told = ToldAnswer(path, sound, rate, talk)
        if self.call.greeting != nil {
            try await told.take(all: call.answer())
            try told.endLine()
        }
        if let picture {
            let bytes = try InputText.bytes(of: picture)
            guard bytes.starts(with: [0xFF, 0xD8, 0xFF]) else {
                throw CommandError(
                    .unusableInput, "\(picture) is no JPEG", hint: "ffmpeg -i \(picture) picture.jpg makes one")
            }
            try await withEngineErrors { () async throws(RemoteError) in try await call.show(bytes) }
        }
        if turns == .one {
            try await say(over: call)
            try await told.take(all: call.answer(calling: tools.performer))
        } else {
            let input = try await opened()
            try await told.take(all: call.converse(hearing: input, at: pace, calling: tools.performer))
        }
        do throws(CommandError) {
            try told.finish()
        } catch {
            await call.close()
            throw error
        }
        await call.close()
    }

    private func say(over call: RealtimeCall) async throws(CommandError) {
        guard input != nil else {
            let words = words ?? ""
            return try await withEngineErrors { () async throws(RemoteError) in try await call.say(words) }
        }
        let sound = try await opened()
        do throws(RemoteError) { try await call.say(sound, at: pace) } catch { throw CommandError(error) }
    }

    /// The recording; what comes through a pipe is read as it comes.
    private func opened() async throws(CommandError) -> AudioInput {
        do throws(AudioError) { return try await AudioInput(named: input ?? "-", track: .automatic) } catch {
            throw CommandError(error)
        }
    }
}

/// What was answered, as it is told and written.
private struct ToldAnswer: ~Copyable {
    private let talk: AnswerTalk
    private var writer: SpeechWriter
    private var answer: CallAnswer
    /// What is to be said once the answer's line has ended; nil between lines.
    private var notes: [String]?

    init(_ path: String, _ sound: OutputSettings, _ rate: Int?, _ talk: AnswerTalk) {
        self.talk = talk
        writer = SpeechWriter(path: path, settings: sound, rate: rate)
        answer = CallAnswer(output: path)
    }

    /// Takes an answer to its end.
    mutating func take(all stream: EngineStream<RealtimePiece>) async throws(CommandError) {
        var reader = stream.makeAsyncIterator()
        while let piece = try await next({ () async throws(RemoteError) in try await reader.next() }) {
            try take(piece)
        }
    }

    /// What comes next; what breaks off leaves no half line.
    private mutating func next<Element>(
        _ read: () async throws(RemoteError) -> Element?
    ) async throws(CommandError) -> Element? {
        do throws(CommandError) {
            return try await withEngineErrors(read)
        } catch {
            if !answer.text.isEmpty, !answer.text.hasSuffix("\n") { try? endLine() }
            throw error
        }
    }

    /// Takes a conversation to its end.
    mutating func take(all stream: EngineStream<RealtimeMoment>) async throws(CommandError) {
        var reader = stream.makeAsyncIterator()
        while let moment = try await next({ () async throws(RemoteError) in try await reader.next() }) {
            switch moment {
            case .piece(let piece): try take(piece)
            case .answerEnded: try endLine()
            case .reconnected(let reason):
                tellNotes()
                talk.note("note: the connection broke (\(reason)); the call begins anew")
            case .refused(let error):
                tellNotes()
                talk.note("note: \(error.message)")
            case .turnBegan, .turnEnded: break
            }
        }
    }

    private mutating func take(_ piece: RealtimePiece) throws(CommandError) {
        switch piece {
        case .heard(let text):
            answer.heard += (answer.heard.isEmpty ? "" : "\n") + text
            note("heard: \(text)")
        case .text(let text):
            notes = notes ?? []
            answer.text += text
            try talk.tell(text)
        case .audio(let chunk):
            do throws(AudioError) { try writer.write(chunk) } catch { throw CommandError(error) }
        case .called(let call, let output):
            answer.calls.append(call.name)
            note("\(call.name) \(call.arguments): \(output.prefix(200))")
        }
    }

    /// Says something beside the answer, and not into its line.
    private mutating func note(_ text: String) {
        if notes == nil { talk.note(text) } else { notes?.append(text) }
    }

    /// Ends the line of an answer behind which another comes.
    mutating func endLine() throws(CommandError) {
        answer.text += "\n"
        try talk.tell("\n")
        tellNotes()
    }

    private mutating func tellNotes() {
        for text in notes.take() ?? [] { talk.note(text) }
    }

    consuming func finish() throws(CommandError) {
        let length = try talk.end(writer)
        answer.seconds = length.seconds
        try talk.finish(answer, words: answer.text, length, lineIsOpen: !answer.text.hasSuffix("\n"))
        for text in notes ?? [] { talk.note(text) }
    }
}

/// What was answered.
private struct CallAnswer: Encodable {
    let output: String
    var heard = ""
    var text = ""
    var calls: [String] = []
    var seconds = 0.0

    init(output: String) { self.output = output }
}
