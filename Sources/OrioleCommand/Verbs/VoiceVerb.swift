internal import AudioCore
internal import Jobs
internal import Platform
internal import Speech

/// One turn of a conversation in sound.
struct VoiceVerb: Verb {
    static let name = "voice"
    static let summary = "say something to the model and hear its answer"
    static let operands = "[AUDIO]"
    static let examples = [
        Example(purpose: "a spoken question", command: "oriole voice question.wav -o answer.wav"),
        Example(purpose: "a written one", command: "oriole voice --text \"Tell me a short story\" -o story.opus"),
        Example(
            purpose: "a conversation, turn by turn",
            command: "oriole voice question.wav -o answer.wav --session chat.json"),
        Example(
            purpose: "how it should answer", command: "oriole voice q.wav --instructions \"speak slowly\" -o a.wav"),
    ]
    private static let text = Flag("text", .text("TEXT"), "what is said, in writing; with AUDIO, what is said about it")
    private static let instructions = Flag("instructions", .text("TEXT"), "how to answer")
    private static let session = Flag(
        "session", .file("FILE"), "the conversation so far, which this turn goes on with and is added to")
    private static let output = Flag(
        "output", letter: "o", .file("ANSWER"), "where the spoken answer goes, - for standard output")
    private static let rate = Flag("rate", .integer("HZ", in: 8_000...192_000), "samples per second")
    static let ownFlags: [any DeclaredFlag] = [
        text, instructions, session, output, OutputFlags.format, OutputFlags.encoding, OutputFlags.bitrate, rate,
        Engines.verbose,
    ]
    static let settings: [any DeclaredSetting] = Engines.settings + [Settings.voiceModel, Settings.progress]

    private let input: String?
    private let words: String?
    private let guidance: String?
    private let kept: KeptConversation?
    private let path: String
    private let sound: OutputSettings
    private let rate: Int?
    private let configuration: Configuration
    private let isVerbose: Bool
    private let talk: AnswerTalk
    private let progress: Progress.Form

    init(_ typed: TypedArguments, _ configuration: Configuration) throws(CommandError) {
        guard typed.operands.count <= 1 else {
            throw CommandError(.wrongUse, "one turn has one recording", hint: "oriole voice AUDIO -o ANSWER")
        }
        input = typed.operands.first
        words = typed[Self.text]
        guidance = typed[Self.instructions]
        kept = typed[Self.session].map { KeptConversation(path: $0) }
        guard input != nil || words != nil else {
            throw CommandError(.wrongUse, "nothing was said", hint: "oriole voice AUDIO, or --text TEXT")
        }
        guard let path = typed[Self.output] else {
            throw CommandError(.wrongUse, "the answer needs a place", hint: "-o answer.wav")
        }
        self.path = path
        sound = try OutputFlags.settings(typed, output: path, standardOutput: .wav)
        rate = typed[Self.rate]
        try OutputFlags.check(rate: rate, for: sound.kind)
        isVerbose = typed.has(Engines.verbose)
        self.configuration = configuration
        talk = AnswerTalk(
            path: path, isQuiet: typed.has(CommonFlag.quiet), printsJSON: typed.has(CommonFlag.json))
        progress = try configuration.value(Settings.progress, or: .auto).form(isQuiet: talk.isQuiet)
    }

    func run() async throws(CommandError) {
        let engines = try Engines(configuration, isVerbose: isVerbose)
        try OutputFlags.check(place: path)
        var record = try kept?.read() ?? VoiceRecord()
        record.instructions = guidance ?? record.instructions
        let session = VoiceSession(engines.conversation, record)
        if !talk.isQuiet && !talk.printsJSON { try engines.explain(configuration) }
        do throws(CommandError) {
            try await takeTurn(in: session)
        } catch {
            // What was heard of an answer that was cut off belongs to the conversation.
            try? kept?.write(session.record)
            throw error
        }
        try kept?.write(session.record)
    }

    private func takeTurn(in session: VoiceSession) async throws(CommandError) {
        guard let input else { return try await answer(nil, in: session) }
        let spooled = try SpooledInput(input)
        try await answer(.file(path: spooled.path), in: session)
        _ = consume spooled
    }

    private func answer(_ clip: AudioClip?, in session: VoiceSession) async throws(CommandError) {
        let stream = try await withEngineErrors { () async throws(RemoteError) in
            try await session.say(text: words, clip: clip)
        }
        var writer = SpeechWriter(path: path, settings: sound, rate: rate)
        var answer = Answer(output: path)
        // On a screen the words of the answer show how far it is, and a bar would tear them.
        let form = progress == .bar && !talk.printsJSON && path != "-" ? Progress.Form.none : progress
        var progress = Progress("answering", total: nil, form: form)
        var reader = stream.makeAsyncIterator()
        while let event = try await withEngineErrors({ () async throws(RemoteError) in try await reader.next() }) {
            try take(event, into: &answer, &writer)
            let rate = writer.outputFormat?.rate ?? 1
            Terminal.show(progress.tell(done: Double(writer.frameCount) / Double(rate)))
        }
        Terminal.show(progress.finish())
        let length = try talk.end(writer)
        answer.seconds = length.seconds
        try talk.finish(answer, words: answer.text, length)
    }

    private func take(
        _ event: VoiceEvent, into answer: inout Answer, _ writer: inout SpeechWriter
    ) throws(CommandError) {
        switch event {
        case .text(let text):
            answer.text += text
            try talk.tell(text)
        case .audio(let chunk):
            do throws(AudioError) { try writer.write(chunk) } catch { throw CommandError(error) }
        case .audioReference(let id, let end): (answer.audioID, answer.expiresAt) = (id, end)
        }
    }
}

/// What was answered.
private struct Answer: Encodable {
    let output: String
    var text = ""
    var audioID: String?
    var expiresAt: Int?
    var seconds = 0.0
}
