internal import AudioCore
internal import GLMSpeech
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
            purpose: "all that was said over the wire",
            command: "oriole realtime --text 你好 -o answer.wav --events events.jsonl"),
    ]
    private static let text = Flag("text", .text("TEXT"), "what is said, in writing")
    private static let instructions = Flag("instructions", .text("TEXT"), "how to answer")
    private static let tools = Flag(
        "tools", .file("FILE"), "a list of tools (JSON), each with the program that does its work")
    private static let events = Flag("events", .file("FILE"), "where every event is noted, a line for each")
    private static let pace = Flag(
        "pace", .choice(RealtimePace.self), "as it would be spoken, or as fast as the service takes it",
        fallback: "fast")
    private static let output = Flag(
        "output", letter: "o", .file("ANSWER"), "where the spoken answer goes, - for standard output")
    private static let rate = Flag("rate", .integer("HZ", in: 8_000...192_000), "samples per second")
    static let ownFlags: [any DeclaredFlag] = [
        text, instructions, tools, events, pace, output, OutputFlags.format, OutputFlags.encoding,
        OutputFlags.bitrate, rate, Engines.verbose,
    ]
    static let settings: [any DeclaredSetting] =
        Engines.settings + [Settings.realtimeModel, Settings.voice]

    private let input: String?
    private let words: String?
    private let path: String
    private let sound: OutputSettings
    private let rate: Int?
    private let pace: RealtimePace
    private let tools: String?
    private let call: RealtimeSettings
    private let events: RecordedEvents?
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
        pace = typed[Self.pace] ?? .fast
        tools = typed[Self.tools]
        events = typed[Self.events].map { RecordedEvents(path: $0) }
        var call = RealtimeSettings()
        call.model = try configuration.value(Settings.realtimeModel) ?? call.model
        call.voice = try configuration.value(Settings.voice) ?? call.voice
        call.instructions = typed[Self.instructions]
        self.call = call
        self.configuration = configuration
        isVerbose = typed.has(Engines.verbose)
        talk = AnswerTalk(
            path: path, isQuiet: typed.has(CommonFlag.quiet), printsJSON: typed.has(CommonFlag.json))
    }

    func run() async throws(CommandError) {
        let engines = try Engines(configuration, isVerbose: isVerbose)
        guard let client = engines.client else {
            throw CommandError(
                .accountRefused, "the offline engine takes no calls",
                hint: "set ORIOLE_API_KEY; oriole voice converses offline")
        }
        try OutputFlags.check(place: path)
        let tools = try ToolPrograms(tools)
        do throws(CommandError) {
            try await converse(over: client, tools)
        } catch {
            try? events?.finish()
            throw error
        }
        try events?.finish()
    }

    private func converse(over client: GLMClient, _ tools: ToolPrograms) async throws(CommandError) {
        var settings = call
        settings.tools = tools.descriptions
        let (wanted, note) = (settings, note)
        let call = try await withEngineErrors { () async throws(RemoteError) in
            try await client.call(wanted, noting: note)
        }
        try await say(over: call)
        var writer = SpeechWriter(path: path, settings: sound, rate: rate)
        var answer = CallAnswer(output: path)
        var reader = call.answer(calling: tools.performer).makeAsyncIterator()
        while let piece = try await withEngineErrors({ () async throws(RemoteError) in try await reader.next() }) {
            try take(piece, into: &answer, &writer)
        }
        await call.close()
        let length = try talk.end(writer)
        answer.seconds = length.seconds
        try talk.finish(answer, words: answer.text, length)
    }

    private var note: RealtimeCall.Note? {
        guard let events else { return nil }
        return { events.note(isFromService: $0, $1) }
    }

    private func say(over call: RealtimeCall) async throws(CommandError) {
        guard let input else {
            let words = words ?? ""
            return try await withEngineErrors { () async throws(RemoteError) in try await call.say(words) }
        }
        let spooled = try SpooledInput(input)
        let (clip, pace) = (AudioClip.file(path: spooled.path), pace)
        try await withEngineErrors { () async throws(RemoteError) in try await call.say(clip, at: pace) }
        _ = consume spooled
    }

    private func take(
        _ piece: RealtimePiece, into answer: inout CallAnswer, _ writer: inout SpeechWriter
    ) throws(CommandError) {
        switch piece {
        case .heard(let text):
            answer.heard = text
            talk.note("heard: \(text)")
        case .text(let text):
            answer.text += text
            try talk.tell(text)
        case .audio(let chunk):
            do throws(AudioError) { try writer.write(chunk) } catch { throw CommandError(error) }
        case .called(let call, let output):
            answer.calls.append(call.name)
            talk.note("\(call.name) \(call.arguments): \(output.prefix(200))")
        }
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
