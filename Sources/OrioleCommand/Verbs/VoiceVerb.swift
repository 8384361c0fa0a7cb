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
        Example(purpose: "with the microphone and the loudspeaker", command: "oriole voice --loop"),
        Example(
            purpose: "how it should answer", command: "oriole voice q.wav --instructions \"speak slowly\" -o a.wav"),
    ]
    private static let text = Flag("text", .text("TEXT"), "what is said, in writing; with AUDIO, what is said about it")
    private static let instructions = Flag("instructions", .text("TEXT"), "how to answer")
    private static let session = Flag(
        "session", .file("FILE"), "the conversation so far, which this turn goes on with and is added to")
    private static let loop = Flag(
        "loop", .switch, "converse with the microphone and the loudspeaker; with headphones, or it hears itself")
    private static let key = Flag(
        "push-to-talk", .switch, "in a loop, Enter begins and ends a turn, instead of voice activity")
    private static let output = Flag(
        "output", letter: "o", .file("ANSWER"), "where the spoken answer goes, - for standard output")
    private static let rate = Flag("rate", .integer("HZ", in: 8_000...192_000), "samples per second")
    static let ownFlags: [any DeclaredFlag] = [
        text, instructions, session, loop, key, output, OutputFlags.format, OutputFlags.encoding, OutputFlags.bitrate,
        rate,
        Engines.verbose,
    ]
    static let settings: [any DeclaredSetting] = Engines.settings + [Settings.voiceModel, Settings.progress]

    /// A file for an answer, and what it is to be.
    private struct Place {
        let path: String
        let sound: OutputSettings
        let rate: Int?

        init(_ typed: TypedArguments) throws(CommandError) {
            guard let path = typed[VoiceVerb.output] else {
                throw CommandError(.wrongUse, "the answer needs a place", hint: "-o answer.wav")
            }
            self.path = path
            sound = try OutputFlags.settings(typed, output: path, standardOutput: .wav)
            rate = typed[VoiceVerb.rate]
            try OutputFlags.check(rate: rate, for: sound.kind)
        }
    }

    private let input: String?
    private let words: String?
    private let guidance: String?
    private let kept: KeptConversation?
    private let isLoop: Bool
    private let waitsForKey: Bool
    /// Where the answer goes; nil for a loop, whose answers are heard.
    private let place: Place?
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
        isLoop = typed.has(Self.loop)
        waitsForKey = typed.has(Self.key)
        guard input != nil || words != nil || isLoop else {
            throw CommandError(
                .wrongUse, "nothing was said", hint: "oriole voice AUDIO, --text TEXT, or --loop for the microphone")
        }
        guard !isLoop || (input == nil && words == nil && typed[Self.output] == nil) else {
            throw CommandError(
                .wrongUse, "a loop hears the microphone and answers aloud", hint: "leave out AUDIO, --text and -o")
        }
        guard isLoop || !waitsForKey else {
            throw CommandError(.wrongUse, "only a loop waits for a key", hint: "--loop --push-to-talk")
        }
        place = isLoop ? nil : try Place(typed)
        isVerbose = typed.has(Engines.verbose)
        self.configuration = configuration
        talk = AnswerTalk(
            path: place?.path ?? "", isQuiet: typed.has(CommonFlag.quiet), printsJSON: typed.has(CommonFlag.json))
        progress = try configuration.value(Settings.progress, or: .auto).form(isQuiet: talk.isQuiet)
    }

    func run() async throws(CommandError) {
        let engines = try Engines(configuration, isVerbose: isVerbose)
        if let place { try OutputFlags.check(place: place.path) }
        var record = try kept?.read() ?? VoiceRecord()
        record.instructions = guidance ?? record.instructions
        let session = VoiceSession(engines.conversation, record)
        if !talk.isQuiet && !talk.printsJSON { try engines.explain(configuration) }
        guard let place else { return try await converse(in: session) }
        do throws(CommandError) {
            try await takeTurn(in: session, to: place)
        } catch {
            // What was heard of an answer that was cut off belongs to the conversation.
            try? kept?.write(session.record)
            throw error
        }
        try kept?.write(session.record)
    }

    private func converse(in session: VoiceSession) async throws(CommandError) {
        let kept = kept
        let loop = VoiceLoop(session: session, talk: talk) { record throws(CommandError) in try kept?.write(record) }
        do throws(CommandError) {
            try await loop.run(waitsForKey: waitsForKey)
        } catch {
            try? kept?.write(session.record)
            throw error
        }
    }

    private func takeTurn(in session: VoiceSession, to place: Place) async throws(CommandError) {
        guard let input else { return try await answer(nil, in: session, to: place) }
        let spooled = try SpooledInput(input)
        try await answer(.file(path: spooled.path), in: session, to: place)
        _ = consume spooled
    }

    private func answer(
        _ clip: AudioClip?, in session: VoiceSession, to place: Place
    ) async throws(CommandError) {
        let stream = try await withEngineErrors { () async throws(RemoteError) in
            try await session.say(text: words, clip: clip)
        }
        var writer = SpeechWriter(path: place.path, settings: place.sound, rate: place.rate)
        var answer = Answer(output: place.path)
        // On a screen the words of the answer show how far it is, and a bar would tear them.
        let form = progress == .bar && !talk.printsJSON && place.path != "-" ? Progress.Form.none : progress
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
