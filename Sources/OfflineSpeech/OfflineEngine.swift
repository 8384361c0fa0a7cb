public import Speech

/// An engine that needs no account and no network: flite, espeak-ng and pocketsphinx, run as separate programs.
///
/// It is a rough engine. It speaks English with flite and other languages with espeak-ng, hears English only, and in a
/// conversation repeats what it heard. A program that is not installed is `missingProgram`, with the command that installs it.
///
/// ```swift
/// let engine = OfflineEngine()
/// for try await chunk in try engine.speak(SpeechRequest("Hello. 你好。")) { player.play(chunk.audio) }
/// ```
public struct OfflineEngine: Sendable {
    /// Makes the engine; nothing is started before it is asked.
    public init() {}
}

extension OfflineEngine: SpeechSynthesizer {
    /// A text of any length, and as many at once as the machine bears.
    public var speechLimits: EngineLimits { EngineLimits(concurrentRequests: 2) }

    /// Speaks a text sentence by sentence, at 24 kHz; each in its own language, by the script, unless the request says one.
    ///
    /// - Throws: `invalidRequest` for a speed or a volume outside its range.
    public func speak(_ request: SpeechRequest) throws(RemoteError) -> sending EngineStream<SpeechChunk> {
        guard request.text.contains(where: { !$0.isWhitespace }) else {
            throw RemoteError(.invalidRequest, "there is nothing to speak")
        }
        guard (0.5...2).contains(request.speed) else {
            throw RemoteError(.invalidRequest, "speed \(request.speed) is not within 0.5 and 2")
        }
        guard request.volume > 0, request.volume <= 10 else {
            throw RemoteError(.invalidRequest, "volume \(request.volume) is not above 0 and at most 10")
        }
        _ = try OfflineVoice(named: request.voice, language: request.language, for: request.text)
        return EngineStream(SentenceSpeech(request))
    }
}

extension OfflineEngine: Transcriber {
    /// A clip of any length.
    public var transcriptionLimits: EngineLimits { EngineLimits(concurrentRequests: 2) }

    /// Writes down what is said in English, with the time of each word.
    ///
    /// - Throws: `missingProgram` for another language.
    public func transcribe(
        _ clip: AudioClip, _ options: TranscriptionOptions = TranscriptionOptions()
    ) async throws(RemoteError) -> Transcript {
        try Self.checkLanguage(options)
        var heard = try await HeardUtterances(clip)
        var utterances: [Utterance] = []
        while let utterance = try await heard.next() { utterances.append(utterance) }
        return Transcript(
            text: utterances.map(\.text).joined(separator: " "), language: "en", words: utterances.flatMap(\.words),
            segments: utterances.compactMap(\.segment))
    }

    /// The same, utterance by utterance.
    public func transcribeAsItComes(
        _ clip: AudioClip, _ options: TranscriptionOptions = TranscriptionOptions()
    ) async throws(RemoteError) -> sending EngineStream<String> {
        try Self.checkLanguage(options)
        return EngineStream(TranscriptStream(clip))
    }

    private static func checkLanguage(_ options: TranscriptionOptions) throws(RemoteError) {
        guard let language = options.language, !language.lowercased().hasPrefix("en") else { return }
        throw RemoteError(
            .missingProgram, "no program here hears ‘\(language)’; the offline engine hears English only",
            hint: "use an account (--engine glm) or a server of your own (--engine openai)")
    }
}

extension OfflineEngine: Translator {
    /// Any number of lines.
    public var translationLimits: EngineLimits { EngineLimits(concurrentRequests: 1) }

    /// Repeats the lines: no program here translates.
    public func translate(_ request: TranslationRequest) async throws(RemoteError) -> [String] { request.lines }
}

extension OfflineEngine: VoiceConversation {
    /// Answers by repeating what the user said last, and says so.
    public func answer(_ request: VoiceRequest) throws(RemoteError) -> sending EngineStream<VoiceEvent> {
        EngineStream(Echo(request, self))
    }
}

extension OfflineEngine: VoiceCatalog {
    /// The voices of the programs that are installed.
    ///
    /// - Throws: `missingProgram` when none is.
    public func voices(_ kind: Voice.Kind? = nil, named name: String? = nil) async throws(RemoteError) -> [Voice] {
        try await InstalledVoices.list().filter { voice in
            let names = "\(voice.id)\n\(voice.name)".lowercased()
            return kind != .own && (name.map { names.contains($0.lowercased()) } ?? true)
        }
    }

    /// Not possible here.
    public func clone(_ sample: VoiceSample) throws(RemoteError) -> ClonedVoice {
        throw Self.noOwnVoices
    }

    /// Not possible here.
    public func deleteVoice(_ id: String) throws(RemoteError) {
        throw Self.noOwnVoices
    }

    private static var noOwnVoices: RemoteError {
        RemoteError(
            .unsupported, "the offline engine has no voices of one's own", hint: "use an account (--engine glm)")
    }
}

extension Utterance {
    /// The whole of it, from its first word to its last.
    fileprivate var segment: Transcript.Span? {
        guard let first = words.first, let last = words.last else { return nil }
        return Transcript.Span(text: text, start: first.start, end: last.end)
    }
}
