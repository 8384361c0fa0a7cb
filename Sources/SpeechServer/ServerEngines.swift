public import Speech

/// Who works for a server: whoever speaks and listens, and what else there is.
public struct ServerEngines: Sendable {
    /// Who speaks.
    public var speech: any SpeechSynthesizer
    /// Who listens.
    public var hearing: any Transcriber
    /// Who converses; nil where nobody does.
    public var conversation: (any VoiceConversation)?
    /// Who knows the voices.
    public var voices: (any VoiceCatalog)?
    /// Who translates; nil where nobody does.
    public var translation: (any Translator)?
    /// What the models are called.
    public var models = Models()
    /// The voice that is meant by a name, which a client may know from elsewhere, such as `alloy`; nil for the engine's own choice.
    public var voice: @Sendable (String) -> String? = { $0 }

    /// The voice that is meant by what a request says; an empty name says nothing.
    func meant(by name: String?) -> String? { name.flatMap { $0.isEmpty ? nil : voice($0) } }

    /// The names of models, as clients see them.
    public struct Models: Hashable, Sendable {
        /// The model that speaks.
        public var speech = "glm-tts"
        /// The model that listens.
        public var hearing = "glm-asr-2512"
        /// The model that converses.
        public var voice = "glm-4-voice"
        /// The model that is called.
        public var call = "glm-realtime"

        /// Makes the usual names.
        public init() {}
    }

    /// Makes a choice of engines.
    public init(
        speech: any SpeechSynthesizer, hearing: any Transcriber, conversation: (any VoiceConversation)? = nil,
        voices: (any VoiceCatalog)? = nil, translation: (any Translator)? = nil
    ) {
        self.speech = speech
        self.hearing = hearing
        self.conversation = conversation
        self.voices = voices
        self.translation = translation
    }
}
