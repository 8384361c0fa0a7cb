internal import AudioCore
internal import HTTPTransport
public import Speech

extension GLMClient: VoiceConversation {
    /// Answers the last of the turns; text and sound come as they are made.
    ///
    /// - Throws: `invalidRequest` without a turn of the user's, and what is wrong with a clip, before anything is sent.
    public func answer(_ request: VoiceRequest) async throws(RemoteError) -> sending EngineStream<VoiceEvent> {
        EngineStream(AnswerSource(self, try await question(request, isStreamed: true)))
    }

    /// Answers the last of the turns, all at once.
    public func answerWhole(_ request: VoiceRequest) async throws(RemoteError) -> [VoiceEvent] {
        let question = try await question(request, isStreamed: false)
        var reader = EngineStream(AnswerSource(self, question)).makeAsyncIterator()
        var events: [VoiceEvent] = []
        while let event = try await reader.next() { events.append(event) }
        return events
    }

    private func question(
        _ request: VoiceRequest, isStreamed: Bool
    ) async throws(RemoteError) -> AnswerSource<VoiceEvent>.Question {
        let body = try await voiceBody(request, isStreamed: isStreamed)
        let rate = settings.voiceAnswerRate
        return AnswerSource<VoiceEvent>.Question(
            model: settings.models.voice, path: Self.voicePath, body: body,
            accept: isStreamed ? "text/event-stream, application/json" : "application/json",
            requestID: request.requestID,
            decoding: { context in
                Self.choose(
                    context, events: { EventAnswer(context, rate: rate) }, whole: { Self.whole(context, rate: rate) })
            })
    }

    /// How to read an answer that comes at once.
    static func whole(_ context: AnswerContext, rate: Int) -> sending any AnswerDecoding<VoiceEvent> {
        WholeAnswer(context) { (answer: VoiceAnswer) throws(RemoteError) in
            try VoicePieces.events(of: answer, rate: rate, context)
        }
    }

    private static let voicePath = "/chat/completions"

    private func voiceBody(_ request: VoiceRequest, isStreamed: Bool) async throws(RemoteError) -> HTTPRequest.Body {
        try checkIDs(request: request.requestID, user: request.userID)
        guard request.turns.contains(where: \.isUsers) else {
            throw RemoteError(.invalidRequest, "a conversation needs something that the user says")
        }
        guard request.temperature.map({ (0...1).contains($0) }) ?? true else {
            throw RemoteError(.invalidRequest, "the temperature is not within 0 and 1")
        }
        guard request.maximumTokenCount.map({ (1...4_096).contains($0) }) ?? true else {
            throw RemoteError(.invalidRequest, "an answer has from 1 to 4096 tokens")
        }
        var messages: [VoiceMessage] = []
        for turn in request.turns { messages.append(try await message(turn)) }
        return JSON.body(
            VoiceQuestion(
                model: settings.models.voice, messages: messages, stream: isStreamed, temperature: request.temperature,
                maximumTokenCount: request.maximumTokenCount, watermark: settings.hasWatermark,
                requestID: request.requestID, userID: request.userID))
    }

    private func message(_ turn: VoiceTurn) async throws(RemoteError) -> VoiceMessage {
        switch turn {
        case .instructions(let text): return VoiceMessage(role: "system", parts: .text(text))
        case .assistant(let text, let id, let end):
            // What the service has forgotten, the text stands for.
            let isKnown = end.map { Int64($0) * 1_000 > TokenSigner.systemTime() } ?? true
            return VoiceMessage(role: "assistant", parts: .text(text), audioID: isKnown ? id : nil)
        case .user(let text, nil): return VoiceMessage(role: "user", parts: .text(text ?? ""))
        case .user(let text, let clip?):
            // Sound of ten minutes at most (1 s is 12.5 tokens), and no larger than a request may be.
            let limits = EngineLimits(concurrentRequests: 1, clipDuration: .seconds(600), clipByteCount: 25 << 20)
            guard case .bytes(let bytes, _, _) = try await PreparedClip(clip, limits: limits) else {
                preconditionFailure("a clip that is turned into WAVE is bytes")
            }
            let data = String(decoding: Base64Encoder.text(of: bytes.span), as: UTF8.self)
            return VoiceMessage(role: "user", parts: .sound(text: text, data: data))
        }
    }
}

/// A request for an answer, as the service reads it.
private struct VoiceQuestion: Encodable {
    let model: String
    let messages: [VoiceMessage]
    let stream: Bool
    let temperature: Double?
    let maximumTokenCount: Int?
    let watermark: Bool?
    let requestID: String?
    let userID: String?

    private enum CodingKeys: String, CodingKey {
        case model, messages, stream, temperature
        case maximumTokenCount = "max_tokens"
        case watermark = "watermark_enabled"
        case requestID = "request_id"
        case userID = "user_id"
    }
}

/// A turn, as the service reads it.
private struct VoiceMessage: Encodable {
    let role: String
    let parts: Parts
    var audioID: String?

    enum Parts {
        case text(String)
        case sound(text: String?, data: String)
    }

    private enum CodingKeys: String, CodingKey {
        case role, content, audio
    }

    private struct Reference: Encodable {
        let id: String
    }

    private enum Part: Encodable {
        case text(String)
        case sound(String)

        private enum CodingKeys: String, CodingKey {
            case type, text
            case sound = "input_audio"
        }

        func encode(to encoder: any Encoder) throws {
            var members = encoder.container(keyedBy: CodingKeys.self)
            switch self {
            case .text(let text):
                try members.encode("text", forKey: .type)
                try members.encode(text, forKey: .text)
            case .sound(let data):
                try members.encode("input_audio", forKey: .type)
                try members.encode(["data": data, "format": "wav"], forKey: .sound)
            }
        }
    }

    func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(role, forKey: .role)
        switch parts {
        case .text(let text): try members.encode(text, forKey: .content)
        case .sound(let text, let data):
            let spoken = [text.map { Part.text($0) }, .sound(data)].compactMap { $0 }
            try members.encode(spoken, forKey: .content)
        }
        try members.encodeIfPresent(audioID.map(Reference.init), forKey: .audio)
    }
}
