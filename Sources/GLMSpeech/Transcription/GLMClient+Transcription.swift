internal import HTTPTransport
public import Speech

extension GLMClient: Transcriber {
    /// A clip is 30 seconds and 25 MB at most; servers of one's own have limits of their own.
    public var transcriptionLimits: EngineLimits {
        let isService = settings.dialect == .glm
        return EngineLimits(
            concurrentRequests: settings.concurrentRequests, clipDuration: isService ? .seconds(30) : nil,
            clipByteCount: isService ? 25 << 20 : nil)
    }

    /// Writes down what is said in a clip.
    public func transcribe(
        _ clip: AudioClip, _ options: TranscriptionOptions = TranscriptionOptions()
    ) async throws(RemoteError) -> Transcript {
        let form = try await form(clip, options, isStreamed: false)
        return try await attempt(
            model: settings.models.transcription, requestID: options.requestID
        ) { () async throws(RemoteError) -> Transcript in
            let answer: TranscriptAnswer = try await ask("POST", Self.transcriptionPath, body: .form(form))
            return answer.transcript
        }
    }

    /// The same, piece by piece as the service writes.
    public func transcribeAsItComes(
        _ clip: AudioClip, _ options: TranscriptionOptions = TranscriptionOptions()
    ) async throws(RemoteError) -> sending EngineStream<String> {
        let question = AnswerSource<String>.Question(
            model: settings.models.transcription, path: Self.transcriptionPath,
            body: .form(try await form(clip, options, isStreamed: true)),
            accept: "text/event-stream, application/json", requestID: options.requestID,
            decoding: { context in
                Self.choose(
                    context, events: { EventTranscript(context) },
                    whole: { WholeAnswer(context) { (answer: TranscriptAnswer) in [answer.transcript.text] } })
            })
        return EngineStream(AnswerSource(self, question))
    }

    private static let transcriptionPath = "/audio/transcriptions"
    /// The most words to listen for.
    public static let mostHotwords = 100

    /// The form of a request: fields first, the file last.
    private func form(
        _ clip: AudioClip, _ options: TranscriptionOptions, isStreamed: Bool
    ) async throws(RemoteError) -> Multipart {
        guard options.hotwords.count <= Self.mostHotwords else {
            throw RemoteError(
                .limitExceeded, "\(options.hotwords.count) hot words, where \(Self.mostHotwords) is the most")
        }
        try checkIDs(request: options.requestID, user: options.userID)
        let limits = transcriptionLimits
        let prepared =
            options.sendsFileAsItIs
            ? try await PreparedClip(asItIs: clip, limits: limits) : try await PreparedClip(clip, limits: limits)
        var form = Multipart()
        form.add("model", settings.models.transcription)
        form.add("stream", isStreamed ? "true" : "false")
        if let prompt = options.prompt { form.add("prompt", prompt) }
        if settings.dialect == .glm {
            addHotwords(options.hotwords, to: &form)
            if let id = options.requestID { form.add("request_id", id) }
            if let id = options.userID { form.add("user_id", id) }
        } else if let language = options.language {
            form.add("language", language)
        }
        prepared.add(to: &form, as: "file")
        return form
    }

    private func addHotwords(_ words: [String], to form: inout Multipart) {
        guard !words.isEmpty else { return }
        switch settings.hotwordSpelling {
        case .repeated: for word in words { form.add("hotwords", word) }
        case .bracketed: for word in words { form.add("hotwords[]", word) }
        case .json: form.add("hotwords", JSON.text(words))
        case .joined: form.add("hotwords", words.joined(separator: ","))
        }
    }
}
