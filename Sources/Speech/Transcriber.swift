public import AudioCore

/// An engine that listens.
public protocol Transcriber: Sendable {
    /// What it takes at most.
    var transcriptionLimits: EngineLimits { get }

    /// Writes down what is said in a clip.
    ///
    /// - Throws: `limitExceeded` with the limit's name before anything is sent, and whatever happens to the request.
    func transcribe(_ clip: AudioClip, _ options: TranscriptionOptions) async throws(RemoteError) -> Transcript

    /// The same, word by word as the engine writes: the elements are what is new, and joined give the text.
    func transcribeAsItComes(
        _ clip: AudioClip, _ options: TranscriptionOptions
    ) async throws(RemoteError) -> sending EngineStream<String>
}

/// Sound to be heard.
public enum AudioClip: Sendable {
    /// A file of any kind that is read here.
    case file(path: String)
    /// The bytes of such a file.
    case bytes([UInt8])
    /// Samples.
    case samples(PCMChunk<Float>)
}

/// What helps an engine to hear.
public struct TranscriptionOptions: Hashable, Sendable {
    /// The language, such as `zh` or `en`, when it is known.
    public var language: String?
    /// What was said before, or what it is about.
    public var prompt: String?
    /// Words to listen for: names, terms.
    public var hotwords: [String]
    /// Whether a file is sent as it is, though the service may not take its form.
    public var sendsFileAsItIs: Bool
    /// A number for the request, of one's own.
    public var requestID: String?
    /// Who speaks, for the service's records.
    public var userID: String?

    /// Makes options; the defaults help nothing.
    public init(
        language: String? = nil, prompt: String? = nil, hotwords: [String] = [], sendsFileAsItIs: Bool = false,
        requestID: String? = nil, userID: String? = nil
    ) {
        self.language = language
        self.prompt = prompt
        self.hotwords = hotwords
        self.sendsFileAsItIs = sendsFileAsItIs
        self.requestID = requestID
        self.userID = userID
    }
}

/// What was said.
public struct Transcript: Hashable, Sendable {
    /// All of it.
    public var text: String
    /// The language, when the engine tells it.
    public var language: String?
    /// The words with their times, when the engine tells them.
    public var words: [Span]
    /// Longer parts with their times, when the engine tells them.
    public var segments: [Span]

    /// Text with the time in which it is said, from the clip's beginning.
    public struct Span: Hashable, Sendable {
        /// What is said.
        public let text: String
        /// When it begins.
        public let start: Duration
        /// When it ends.
        public let end: Duration

        /// Makes a part.
        public init(text: String, start: Duration, end: Duration) {
            self.text = text
            self.start = start
            self.end = end
        }
    }

    /// Makes a transcript.
    public init(text: String, language: String? = nil, words: [Span] = [], segments: [Span] = []) {
        self.text = text
        self.language = language
        self.words = words
        self.segments = segments
    }
}
