internal import AudioCore
internal import Speech

/// A turn of a conversation, as GLM-4-Voice answers it: text and sound, whole or as events.
struct GLMChat: Sendable {
    private let workshop: Workshop

    init(_ workshop: Workshop) { self.workshop = workshop }

    static let operation = RouteDescription(
        summary: "answer the last turn of a conversation in text and sound, as GLM-4-Voice does",
        parameters: [
            .init("model", in: .json, isRequired: true, "glm-4-voice"),
            .init("messages", in: .json, as: .list, isRequired: true, "the turns: system, user, assistant"),
            .init("stream", in: .json, as: .boolean, "events instead of the whole"),
            .init("temperature", in: .json, as: .number, "from 0 to 1"),
            .init("top_p", in: .json, as: .number, "from 0.01 to 1; accepted"),
            .init("max_tokens", in: .json, as: .integer, "from 1 to 4096"),
            .init("request_id", in: .json, "a number of one's own"),
            .init("user_id", in: .json, "who speaks"),
        ],
        answers: ["application/json", "text/event-stream"], longestBody: longestQuestion, lane: .speaking)

    /// Ten minutes of sound as base64.
    private static let longestQuestion = 36 << 20

    func handle(_ request: Request, _ answer: Answer) async throws(Fault) {
        // Questions with sound in them are large, and are taken into memory a few at a time.
        let isLarge = (request.head.contentLength ?? Self.longestQuestion) > 1 << 20
        let turn = try await (isLarge ? workshop.hearingLane : workshop.speakingLane).enter()
        defer { turn.leave() }
        let question: ChatQuestion = try request.decoded(limit: Self.longestQuestion)
        guard let model = question.model else { throw .missing("model") }
        guard ["glm-4-voice", workshop.engines.models.voice].contains(model) else { throw .unknown(model: model) }
        guard let engine = workshop.engines.conversation else {
            throw Fault(.unsupported, "the engine behind this server does not converse")
        }
        let wish = try question.wish()
        var events = try await withFaults { () async throws(RemoteError) in try await engine.answer(wish) }
            .makeAsyncIterator()
        var first = try await withFaults { () async throws(RemoteError) in try await events.next() }
        let chunk = ChatChunk(id: request.head.id, created: Moment.now, model: model)
        guard question.stream ?? false else {
            var whole = ChatWhole()
            while let event = first {
                try whole.add(event)
                first = try await withFaults { () async throws(RemoteError) in try await events.next() }
            }
            return answer.send(json: try whole.answer(chunk, requestID: wish.requestID ?? request.head.id))
        }
        answer.beginEvents()
        try await answer.tellingFaults(in: .glm) { () async throws(Fault) in
            var hasID = false
            while let event = first {
                if case .audioReference = event { hasID = true }
                try await answer.write(event: chunk.with(ChatDelta(event)))
                first = try await withFaults { () async throws(RemoteError) in try await events.next() }
            }
            if !hasID { try await answer.write(event: chunk.with(ChatDelta(chunk.ownAudio))) }
            try await answer.write(event: chunk.ending)
            try await answer.writeDone()
        }
    }
}

/// What is asked.
private struct ChatQuestion: Decodable {
    let model: String?
    let messages: [Message]?
    let stream: Bool?
    let temperature: Double?
    let topP: Double?
    let maximumTokenCount: Int?
    let requestID: String?
    let userID: String?

    enum CodingKeys: String, CodingKey {
        case model, messages, stream, temperature
        case topP = "top_p"
        case maximumTokenCount = "max_tokens"
        case requestID = "request_id"
        case userID = "user_id"
    }

    struct Message: Decodable {
        let role: String
        let content: Content?
        let audio: AudioID?
    }

    struct AudioID: Decodable { let id: String? }

    /// Text, or a list of parts.
    enum Content: Decodable {
        case text(String)
        case parts([Part])

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            if let text = try? value.decode(String.self) {
                self = .text(text)
            } else {
                self = .parts(try value.decode([Part].self))
            }
        }

        var text: String {
            switch self {
            case .text(let text): text
            case .parts(let parts): parts.compactMap(\.text).joined(separator: "\n")
            }
        }
    }

    struct Part: Decodable {
        let type: String?
        let text: String?
        let audio: Sound?

        struct Sound: Decodable {
            let data: String?
            let format: String?
        }

        enum CodingKeys: String, CodingKey {
            case type, text
            case audio = "input_audio"
        }
    }

    func wish() throws(Fault) -> VoiceRequest {
        guard let messages, !messages.isEmpty else { throw .missing("messages") }
        guard (0...1).contains(temperature ?? 0) else { throw .wrong("temperature", "is not within 0 and 1") }
        guard (0.01...1).contains(topP ?? 1) else { throw .wrong("top_p", "is not within 0.01 and 1") }
        let length = messages.reduce(0) { $0 + ($1.content?.text.unicodeScalars.count ?? 0) }
        guard length <= Self.mostCharacters else {
            throw Fault(.invalid, "the conversation is too long", parameter: "messages", code: "1261")
        }
        guard (1...4_096).contains(maximumTokenCount ?? 1) else {
            throw .wrong("max_tokens", "is not within 1 and 4096")
        }
        var turns: [VoiceTurn] = []
        for message in messages { turns.append(try Self.turn(message)) }
        guard turns.contains(where: \.isUsers) else { throw .wrong("messages", "has nothing that the user says") }
        return VoiceRequest(
            turns: turns, temperature: temperature, maximumTokenCount: maximumTokenCount, requestID: requestID,
            userID: userID)
    }

    /// More than the service's 8,000 tokens of context can be.
    private static let mostCharacters = 32_000

    private static func turn(_ message: Message) throws(Fault) -> VoiceTurn {
        let text = message.content?.text ?? ""
        switch message.role {
        case "system": return .instructions(text)
        case "assistant":
            // What we made up, the engine does not know.
            let id = message.audio?.id.flatMap { $0.hasPrefix(ChatAudio.ownPrefix) ? nil : $0 }
            return .assistant(text: text, audioID: id)
        case "user": return .user(text: text.isEmpty ? nil : text, clip: try clip(in: message))
        default: throw .wrong("messages", "has a role that is not known")
        }
    }

    private static func clip(in message: Message) throws(Fault) -> AudioClip? {
        guard case .parts(let parts) = message.content, let sound = parts.compactMap(\.audio).first else {
            return nil
        }
        guard let data = sound.data else { throw .missing("input_audio.data") }
        guard ["wav", "mp3"].contains(sound.format) else { throw .wrong("input_audio.format", "is wav or mp3") }
        guard let bytes = Base64Decoder.bytes(of: Array(data.utf8)) else { throw .wrong("input_audio", "is no base64") }
        return .bytes(bytes)
    }
}

/// What all events of an answer have.
private struct ChatChunk: Encodable {
    let id: String
    let created: Int
    let model: String
    var choices: [Choice] = []

    init(id: String, created: Int, model: String) {
        self.id = id
        self.created = created
        self.model = model
    }

    struct Choice: Encodable {
        var index = 0
        var delta: ChatDelta?
        var message: ChatWhole.Message?
        var reason: String?

        enum CodingKeys: String, CodingKey {
            case index, delta, message
            case reason = "finish_reason"
        }
    }

    func with(_ delta: ChatDelta) -> ChatChunk { with(Choice(delta: delta)) }

    func with(_ choice: Choice) -> ChatChunk {
        var chunk = self
        chunk.choices = [choice]
        return chunk
    }

    /// What stands for the sound where the engine has no id for it: clients insist on one.
    var ownAudio: ChatAudio { ChatAudio(id: ChatAudio.ownPrefix + id, expiresAt: created + 3_600) }

    var ending: ChatChunk { with(Choice(delta: ChatDelta(), reason: "stop")) }
}

/// What is new: text, or sound.
private struct ChatDelta: Encodable {
    var role = "assistant"
    var content: String?
    var audio: ChatAudio?

    init() {}

    init(_ audio: ChatAudio) { self.audio = audio }

    init(_ event: VoiceEvent) throws(Fault) {
        switch event {
        case .text(let text): content = text
        case .audio(let chunk): audio = ChatAudio(data: ChatAudio.text(of: chunk.audio))
        case .audioReference(let id, let end): audio = ChatAudio(id: id, expiresAt: end)
        }
    }
}

/// Sound in an answer: a WAVE file as base64.
private struct ChatAudio: Encodable {
    var id: String?
    var data: String?
    var expiresAt: Int?

    enum CodingKeys: String, CodingKey {
        case id, data
        case expiresAt = "expires_at"
    }

    /// What ids begin with that no engine gave.
    static let ownPrefix = "oriole-"

    static func text(of chunk: PCMChunk<Int16>) -> String { text(of: chunk.floats().samples, chunk.format) }

    static func text(of samples: [Float], _ format: PCMFormat) -> String {
        let file = WAVWriter.file(of: samples.span, format: format, encoding: .signed16)
        return String(decoding: Base64Encoder.text(of: file.span), as: UTF8.self)
    }
}

/// An answer that is gathered.
private struct ChatWhole {
    private var text = ""
    private var samples: [Float] = []
    private var format: PCMFormat?
    private var audio = ChatAudio()

    struct Message: Encodable {
        var role = "assistant"
        let content: String
        let audio: ChatAudio?
    }

    mutating func add(_ event: VoiceEvent) throws(Fault) {
        switch event {
        case .text(let more): text += more
        case .audio(let chunk):
            format = format ?? chunk.audio.format
            guard format == chunk.audio.format else { throw Fault(.engineFailed, "the sound changes its form") }
            samples += chunk.audio.floats().samples
        case .audioReference(let id, let end):
            audio.id = id
            audio.expiresAt = end
        }
    }

    func answer(_ chunk: ChatChunk, requestID: String) throws(Fault) -> Whole {
        var audio = audio
        audio.data = format.map { ChatAudio.text(of: samples, $0) }
        let hasAudio = audio.data != nil || audio.id != nil
        audio.id = audio.id ?? chunk.ownAudio.id
        audio.expiresAt = audio.expiresAt ?? chunk.ownAudio.expiresAt
        let message = Message(content: text, audio: hasAudio ? audio : nil)
        let whole = chunk.with(ChatChunk.Choice(message: message, reason: "stop"))
        return Whole(
            id: whole.id, created: whole.created, model: whole.model, choices: whole.choices, requestID: requestID)
    }

    struct Whole: Encodable {
        let id: String
        let created: Int
        let model: String
        let choices: [ChatChunk.Choice]
        let requestID: String
        /// Nobody here counts tokens.
        var usage = ["prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0]

        enum CodingKeys: String, CodingKey {
            case id, created, model, choices, usage
            case requestID = "request_id"
        }
    }
}
