internal import AudioCore
internal import Captioning
internal import HTTPTransport
internal import Speech
internal import Subtitles

/// Transcription and translation of recordings of any length, in the forms that clients know.
struct OpenAITranscription: Sendable {
    private let workshop: Workshop
    private let task: TranscriptTask

    init(_ workshop: Workshop, _ task: TranscriptTask) {
        self.workshop = workshop
        self.task = task
    }

    private static let common: [RouteDescription.Parameter] = [
        .init(
            "file", in: .form, as: .file, isRequired: true, "the recording: sound or film of any kind that can be read"),
        .init("model", in: .form, "any name: there is one engine"),
        .init("prompt", in: .form, "what it is about"),
        .init(
            "response_format", in: .form, values: TranscriptForm.allCases.map(\.rawValue), "json unless told otherwise"),
        .init("temperature", in: .form, as: .number, "accepted; engines heed none"),
    ]

    static let operation = RouteDescription(
        summary: "write down what is said in a recording",
        parameters: common + [
            .init("language", in: .form, "the language, such as zh or en"),
            .init("languages", in: .form, as: .list, "the same as a list, of which the first counts"),
            .init("keywords", in: .form, as: .list, "words to listen for"),
            .init("hotwords", in: .form, as: .list, "the same by another name"),
            .init(
                "timestamp_granularities", in: .form, as: .list, values: ["word", "segment"],
                "which times verbose_json has"),
            .init("stream", in: .form, as: .boolean, "events with the text as it becomes known"),
        ],
        answers: ["application/json", "text/plain", "text/event-stream"], lane: .hearing)

    static let translation = RouteDescription(
        summary: "write down in English what is said in a recording", parameters: common,
        answers: ["application/json", "text/plain"], lane: .hearing)

    func handle(_ request: Request, _ answer: Answer) async throws(Fault) {
        let wish = try TranscriptWish(request.form)
        guard task == .transcribe || workshop.engines.translation != nil else { throw .noTranslator }
        guard !wish.isStreamed || task == .translate else { return try await stream(wish, answer) }
        let turn = try await workshop.hearingLane.enter()
        defer { turn.leave() }
        var heard = try await workshop.hearing.whole(wish.sound, wish.options, alignsWords: wish.needsTimes)
        if task == .translate { heard = try await heard.inEnglish(by: workshop.engines.translation) }
        wish.form.send(heard, wish, task, answer)
    }

    /// Text clip by clip, as soon as each was heard, and a comment now and then until it is.
    private func stream(_ wish: TranscriptWish, _ answer: Answer) async throws(Fault) {
        // Before the first text or sign an error is one of the usual kind.
        try await answer.tellingFaults(in: .openAI) { () async throws(Fault) in
            try await withSignsOfLife(workshop.heartbeat) { () async throws(Fault) in
                answer.beginEvents()
                try await answer.write(": keepalive\n\n")
            } _: { () async throws(Fault) in
                try await writeDeltas(of: wish, answer)
            }
            try await answer.writeDone()
        }
    }

    private func writeDeltas(of wish: TranscriptWish, _ answer: Answer) async throws(Fault) {
        let turn = try await workshop.hearingLane.enter()
        defer { turn.leave() }
        var heard = HeardRecording(language: wish.options.language)
        var text = RunningText()
        try await workshop.hearing.hear(wish.sound, wish.options, alignsWords: wish.needsTimes) {
            step async throws(Fault) in
            heard.add(step)
            let more = text.next(step.words)
            guard !more.isEmpty else { return }
            answer.beginEvents()
            try await answer.write(event: Delta(delta: more), named: "transcript.text.delta")
        }
        answer.beginEvents()
        try await answer.write(event: Done(heard, wish), named: "transcript.text.done")
    }

    private struct Delta: Encodable {
        var type = "transcript.text.delta"
        let delta: String
    }

    private struct Done: Encodable {
        var type = "transcript.text.done"
        let text: String
        let usage: VerboseTranscript.Usage
        /// Some clients look for the times here.
        let segments: [VerboseTranscript.Segment]?
        let words: [VerboseTranscript.Word]?

        init(_ heard: HeardRecording, _ wish: TranscriptWish) {
            text = heard.text
            usage = VerboseTranscript.Usage(heard)
            segments = wish.needsTimes ? VerboseTranscript.segments(of: heard) : nil
            words = wish.granularities.contains("word") ? heard.words.map(VerboseTranscript.Word.init) : nil
        }
    }
}

/// What is asked about a recording.
struct TranscriptWish: Sendable {
    let sound: SentSound
    let options: TranscriptionOptions
    let form: TranscriptForm
    let granularities: Set<String>
    let isStreamed: Bool

    init(_ form: Form) throws(Fault) {
        guard let file = form.file("file") else { throw .missing("file") }
        sound = try SentSound(file.content)
        let name = try form.text("response_format") ?? "json"
        guard let wanted = TranscriptForm(rawValue: name) else {
            let names = TranscriptForm.allCases.map(\.rawValue).joined(separator: ", ")
            throw .wrong("response_format", "is ‘\(name.prefix(40))’; there are \(names)")
        }
        self.form = wanted
        let languages = try form.texts("language") + form.texts("languages")
        let language = languages.first
        options = TranscriptionOptions(
            language: language.flatMap { $0.isEmpty || $0 == "auto" ? nil : Languages.code(of: $0) },
            prompt: try form.text("prompt"), hotwords: try form.texts("keywords") + form.texts("hotwords"))
        granularities = try Self.granularities(form)
        isStreamed = try ["true", "1", "True"].contains(form.text("stream") ?? "false")
    }

    /// The times that are wanted, however clients write a list: several fields, commas, or JSON.
    private static func granularities(_ form: Form) throws(Fault) -> Set<String> {
        let words = try form.texts("timestamp_granularities").flatMap { text in
            text.split { !$0.isLetter }.map(String.init)
        }
        guard Set(words).isSubset(of: ["word", "segment"]) else {
            throw .wrong("timestamp_granularities", "are word and segment")
        }
        return Set(words)
    }

    /// Whether it matters when each word is said.
    var needsTimes: Bool { [.srt, .vtt, .verbose].contains(form) || !granularities.isEmpty }
}

/// The forms in which a transcript is answered.
enum TranscriptForm: String, CaseIterable, Sendable {
    case json, text, srt, vtt
    case verbose = "verbose_json"

    func send(_ heard: HeardRecording, _ wish: TranscriptWish, _ task: TranscriptTask, _ answer: Answer) {
        switch self {
        case .json: answer.send(json: Plain(text: heard.text, usage: VerboseTranscript.Usage(heard)))
        case .text: answer.send(200, "text/plain; charset=utf-8", Array((heard.text + "\n").utf8))
        case .srt: answer.send(200, "text/plain; charset=utf-8", heard.subtitles(as: .srt))
        case .vtt: answer.send(200, "text/plain; charset=utf-8", heard.subtitles(as: .vtt))
        case .verbose:
            answer.send(json: VerboseTranscript(heard, task: task.rawValue, granularities: wish.granularities))
        }
    }

    private struct Plain: Encodable {
        let text: String
        let usage: VerboseTranscript.Usage
    }
}
