internal import AudioCore
internal import HTTPTransport
internal import Speech

/// Transcription as GLM-ASR answers it: of a short clip, whole or as events.
struct GLMTranscription: Sendable {
    private let workshop: Workshop

    init(_ workshop: Workshop) { self.workshop = workshop }

    static let operation = RouteDescription(
        summary: "write down what is said in a clip of 30 seconds, as GLM-ASR does",
        parameters: [
            .init("file", in: .form, as: .file, "the clip, wav or mp3, 25 MB at most"),
            .init("file_base64", in: .form, "the clip as base64, where there is no file"),
            .init("model", in: .form, isRequired: true, "glm-asr-2512"),
            .init("prompt", in: .form, "what was said before"),
            .init("hotwords", in: .form, as: .list, "words to listen for, 100 at most"),
            .init("stream", in: .form, as: .boolean, "events with the text as it is written"),
            .init("request_id", in: .form, "a number of one's own"),
            .init("user_id", in: .form, "who speaks"),
        ],
        answers: ["application/json", "text/event-stream"], longestBody: 36 << 20, lane: .hearing)

    /// What the service takes.
    private static let (longest, mostBytes) = (30.0, 25 << 20)

    func handle(_ request: Request, _ answer: Answer) async throws(Fault) {
        let form = request.form
        guard let model = try form.text("model") else { throw .missing("model") }
        guard model.hasPrefix("glm-asr") || model == workshop.engines.models.hearing else {
            throw .unknown(model: model)
        }
        let turn = try await workshop.hearingLane.enter()
        defer { turn.leave() }
        let clip = try Self.clip(of: form)
        workshop.metrics.addHeard(.seconds(try await Self.checkLength(of: clip)))
        let options = try Self.options(form)
        let id = request.head.id
        guard try form.text("stream") == "true" else {
            let heard = try await clip.withFaults { () async throws(RemoteError) in
                try await workshop.engines.hearing.transcribe(clip.clip, options)
            }
            return answer.send(
                json: Whole(
                    id: id, created: Moment.now, requestID: options.requestID ?? id, model: model, text: heard.text))
        }
        try await stream(clip, options, Event(id: id, created: Moment.now, model: model), answer)
    }

    private func stream(
        _ clip: Spool, _ options: TranscriptionOptions, _ event: Event, _ answer: Answer
    ) async throws(Fault) {
        var text = try await clip.withFaults { () async throws(RemoteError) in
            try await workshop.engines.hearing.transcribeAsItComes(clip.clip, options)
        }.makeAsyncIterator()
        // What goes wrong before the first word is an error of the usual kind.
        var piece = try await withFaults { () async throws(RemoteError) in try await text.next() }
        answer.beginEvents()
        try await answer.tellingFaults(in: .glm) { () async throws(Fault) in
            while let delta = piece {
                try await answer.write(event: event.with(type: "transcript.text.delta", delta))
                piece = try await withFaults { () async throws(RemoteError) in try await text.next() }
            }
            try await answer.write(event: event.with(type: "transcript.text.done", ""))
            try await answer.writeDone()
        }
    }

    private static func clip(of form: Form) throws(Fault) -> Spool {
        // Where both are given, the file counts.
        var clip = form.file("file")?.content
        if clip == nil { clip = try decoded(form) }
        guard let clip, clip.byteCount > 0 else { throw .missing("file") }
        guard clip.byteCount <= mostBytes else { throw .wrong("file", "is larger than 25 MB") }
        let head = try clip.bytes(from: 0, count: 12)
        let isWave = head.starts(with: Array("RIFF".utf8)) && head.suffix(4) == Array("WAVE".utf8)[...]
        guard isWave || isMP3(head) else {
            throw .wrong("file", "has a format that is not supported for transcriptions: wav and mp3 are")
        }
        return clip
    }

    /// A tag, or a frame of layer III: AAC's frames begin alike and have layer 0.
    private static func isMP3(_ head: [UInt8]) -> Bool {
        if head.starts(with: Array("ID3".utf8)) { return true }
        return head.count > 1 && head[0] == 0xFF && head[1] & 0xE6 == 0xE2
    }

    private static func decoded(_ form: Form) throws(Fault) -> Spool? {
        guard let text = form.file("file_base64")?.content else { return nil }
        guard let bytes = Base64Decoder.bytes(of: try text.bytes()) else { throw .wrong("file_base64", "is no base64") }
        var spool = SpoolWriter()
        try spool.write(bytes.span)
        return try spool.finish()
    }

    /// How long a clip is, in seconds.
    private static func checkLength(of clip: Spool) async throws(Fault) -> Double {
        do throws(AudioError) {
            var input = try await clip.open()
            let most = Int((longest + 0.1) * Double(input.format.rate))
            var count = 0
            while let chunk = try await input.next() {
                count += chunk.frameCount
                guard count <= most else { break }
            }
            guard count > 0 else { throw AudioError(.noAudio, "the clip has no sound") }
            guard count <= most else { throw AudioError(.limitExceeded, "is longer than 30 seconds") }
            return Double(count) / Double(input.format.rate)
        } catch {
            throw .wrong("file", error.code == .limitExceeded ? error.message : "cannot be read: \(error.message)")
        }
    }

    private static func options(_ form: Form) throws(Fault) -> TranscriptionOptions {
        let words = try hotwords(form)
        guard words.count <= 100 else { throw .wrong("hotwords", "has more than 100 words") }
        let (request, user) = (try form.text("request_id"), try form.text("user_id"))
        return TranscriptionOptions(prompt: try form.text("prompt"), hotwords: words, requestID: request, userID: user)
    }

    /// The words, however clients write a list: several fields, with brackets or without, or one with JSON in it.
    private static func hotwords(_ form: Form) throws(Fault) -> [String] {
        try form.texts("hotwords").flatMap { text -> [String] in
            guard text.hasPrefix("["), let words: [String] = try? JSON.decode(Array(text.utf8)) else { return [text] }
            return words
        }
    }

    private struct Whole: Encodable {
        let id: String
        let created: Int
        let requestID: String
        let model: String
        let text: String

        enum CodingKeys: String, CodingKey {
            case id, created, model, text
            case requestID = "request_id"
        }
    }

    private struct Event: Encodable {
        let id: String
        let created: Int
        let model: String
        var type = ""
        var delta = ""

        func with(type: String, _ delta: String) -> Event {
            var event = self
            event.type = type
            event.delta = delta
            return event
        }
    }
}
