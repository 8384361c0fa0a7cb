internal import HTTPTransport
public import Speech

extension GLMClient: SpeechSynthesizer {
    /// A request speaks 1,024 characters at most.
    public var speechLimits: EngineLimits {
        EngineLimits(concurrentRequests: settings.concurrentRequests, textCharacters: Self.longestText)
    }

    /// Speaks a text; the sound comes as it is made.
    ///
    /// - Throws: `invalidRequest` for a speed or a volume outside its range, `limitExceeded` for a text over the limit,
    ///   before anything is sent.
    public func speak(_ request: SpeechRequest) throws(RemoteError) -> sending EngineStream<SpeechChunk> {
        try speech(request, isStreamed: true)
    }

    /// Speaks a text and waits for the whole of it: one request without a stream.
    ///
    /// - Throws: as ``speak(_:)``, and whatever happens to the request.
    public func speakWhole(_ request: SpeechRequest) async throws(RemoteError) -> SpeechClip {
        let stream = try speech(request, isStreamed: false)
        guard let clip = try await stream.collect() else {
            throw RemoteError(.endedEarly, "the service sent no sound", mayRetry: true)
        }
        return clip
    }

    /// The most characters of a request, counted as Unicode scalars.
    public static let longestText = 1_024

    private func speech(
        _ request: SpeechRequest, isStreamed: Bool
    ) throws(RemoteError) -> sending EngineStream<SpeechChunk> {
        let settings = settings
        let question = AnswerSource<SpeechChunk>.Question(
            model: settings.models.speech, path: "/audio/speech", body: try speechBody(request, isStreamed: isStreamed),
            accept: "text/event-stream, audio/*, application/json", requestID: request.requestID,
            decoding: { Self.decoding($0, settings) })
        return EngineStream(AnswerSource(self, question))
    }

    /// How to read an answer, by its type or else by its look: events, an error, or the sound itself.
    static func decoding(
        _ context: AnswerContext, _ settings: GLMSettings
    ) -> sending any AnswerDecoding<SpeechChunk> {
        if context.isText { return FailureAnswer(context) }
        if context.isStream { return EventSpeech(context, settings) }
        if let codec = Self.codecs[context.head.mediaType ?? ""] { return UnwantedSound(context, codec) }
        let isCalledSound = context.head.mediaType?.hasPrefix("audio/") ?? false
        return UnnamedAnswer(isCalledSound: isCalledSound) { look in
            switch look {
            case .events: EventSpeech(context, settings)
            case .text: FailureAnswer(context)
            case .coded(let codec): UnwantedSound(context, codec)
            case .other: RawSpeech(context, skippingMark: settings.skipsMark)
            }
        }
    }

    /// What some servers send instead of what they are asked for.
    private static let codecs = [
        "audio/mpeg": "MP3", "audio/mp3": "MP3", "audio/ogg": "Ogg", "audio/opus": "Opus", "audio/flac": "FLAC",
        "audio/aac": "AAC", "audio/mp4": "MP4",
    ]

    /// Checks a request and writes it down.
    private func speechBody(_ request: SpeechRequest, isStreamed: Bool) throws(RemoteError) -> HTTPRequest.Body {
        try check(request)
        var members: [String: SpeechMember] = settings.extraSpeechMembers.mapValues { .text($0) }
        members["model"] = .text(settings.models.speech)
        members["input"] = .text(request.text)
        members["voice"] = .text(request.voice ?? Self.defaultVoice(settings.dialect))
        members["response_format"] = .text(isStreamed ? "pcm" : "wav")
        members["speed"] = .number(request.speed)
        if isStreamed { members["stream"] = .truth(true) }
        guard settings.dialect == .glm else { return JSON.body(members) }
        members["volume"] = .number(request.volume)
        if isStreamed { members["encode_format"] = .text(settings.speechEncoding.rawValue) }
        members["watermark_enabled"] = settings.hasWatermark.map { .truth($0) }
        members["request_id"] = request.requestID.map { .text($0) }
        members["user_id"] = request.userID.map { .text($0) }
        return JSON.body(members)
    }

    /// Refuses what the service would refuse, before it costs anything.
    private func check(_ request: SpeechRequest) throws(RemoteError) {
        let count = request.text.unicodeScalars.count
        guard request.text.contains(where: { !$0.isWhitespace }) else {
            throw RemoteError(.invalidRequest, "there is nothing to speak")
        }
        guard count <= Self.longestText else {
            throw RemoteError(
                .limitExceeded, "a text of \(count) characters, where \(Self.longestText) is the most in one request",
                hint: "SentenceSplitter(limit: \(Self.longestText)) cuts it")
        }
        guard (0.5...2).contains(request.speed) else {
            throw RemoteError(.invalidRequest, "speed \(request.speed) is not within 0.5 and 2")
        }
        guard request.volume > 0, request.volume <= 10 else {
            throw RemoteError(.invalidRequest, "volume \(request.volume) is not above 0 and at most 10")
        }
        try checkIDs(request: request.requestID, user: request.userID)
    }

    /// The service takes 6 to 64 characters for a request's id and 6 to 128 for a user's.
    func checkIDs(request: String?, user: String?) throws(RemoteError) {
        for (name, id, most) in [("request", request, 64), ("user", user, 128)] {
            guard let id, settings.dialect == .glm, !(6...most).contains(id.count) else { continue }
            throw RemoteError(.invalidRequest, "a \(name) id has 6 to \(most) characters, not \(id.count)")
        }
    }

    private static func defaultVoice(_ dialect: GLMSettings.Dialect) -> String {
        dialect == .glm ? "tongtong" : "default"
    }
}

/// A member of a request for speech.
enum SpeechMember: Encodable {
    case text(String)
    case number(Double)
    case truth(Bool)

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .text(let text): try value.encode(text)
        case .number(let number): try value.encode(number)
        case .truth(let truth): try value.encode(truth)
        }
    }
}
