public import HTTPTransport
public import Speech

/// Where a service is, who asks, and how it speaks.
public struct GLMSettings: Sendable {
    /// The address before the paths.
    public var baseURL: String
    /// Who asks.
    public var credential: Credential
    /// Which of the two forms of requests the server understands.
    public var dialect: Dialect
    /// The models.
    public var models = Models()
    /// Requests in flight for an account and a model; accounts of the lowest level have five.
    ///
    /// All clients of a process share them: the first that asks a model sets the number.
    public var concurrentRequests = 5
    /// How often what failed is tried again.
    public var retry = RetryPolicy()
    /// How long an exchange may take.
    public var limits = TransportLimits()
    /// The languages of the service's messages, such as `en-US,en`; nil for its own choice, Chinese.
    public var messageLanguages: String?
    /// How streamed speech is written.
    public var speechEncoding = SpeechEncoding.base64
    /// Whether speech may carry an audible mark at its beginning; nil leaves it to the account.
    ///
    /// An account must allow speech without it.
    public var hasWatermark: Bool?
    /// Leaves out that mark: beeps, then a pause, before the speech.
    ///
    /// The service's users report the beeps; this was tried with sounds made alike, since no speech of the service's was
    /// at hand. What sounds otherwise is left as it is.
    public var skipsMark = false
    /// Members that a server of one's own wants in each request for speech, such as `ref_audio`.
    public var extraSpeechMembers: [String: String] = [:]
    /// How several hot words are written in a form.
    public var hotwordSpelling = HotwordSpelling.repeated
    /// The rate of an answer's sound that does not tell it.
    public var voiceAnswerRate = 44_100
    /// Who hears of each exchange.
    public var log: TransportLog?

    /// The service in China, which has all models.
    public static let mainlandURL = "https://open.bigmodel.cn/api/paas/v4"
    /// The international service, which hears but does not speak.
    public static let internationalURL = "https://api.z.ai/api/paas/v4"

    /// Makes settings.
    public init(
        baseURL: String = GLMSettings.mainlandURL, credential: Credential = .none, dialect: Dialect = .glm
    ) {
        self.baseURL = baseURL
        self.credential = credential
        self.dialect = dialect
    }

    /// Names of models.
    public struct Models: Hashable, Sendable {
        /// Speaks.
        public var speech = "glm-tts"
        /// Listens.
        public var transcription = "glm-asr-2512"
        /// Converses.
        public var voice = "glm-4-voice"
        /// Translates; it chats.
        public var translation = "glm-4.5-flash"
        /// Makes voices.
        public var cloning = "glm-tts-clone"

        /// The service's own names.
        public init() {}
    }

    /// A form of requests and answers.
    public enum Dialect: String, Hashable, Sendable, CaseIterable {
        /// The GLM service's own.
        case glm
        /// OpenAI's, which vLLM, SGLang and others speak.
        case openai
    }

    /// How the bytes of streamed speech are written.
    public enum SpeechEncoding: String, Hashable, Sendable, CaseIterable {
        /// Four characters for three bytes.
        case base64
        /// Two characters for one byte.
        case hex
    }

    /// How several hot words are written in a form; which one the service hears is not documented.
    public enum HotwordSpelling: String, Hashable, Sendable, CaseIterable {
        /// A field `hotwords` for each.
        case repeated
        /// A field `hotwords[]` for each.
        case bracketed
        /// One field with a JSON array.
        case json
        /// One field with commas between.
        case joined
    }
}
