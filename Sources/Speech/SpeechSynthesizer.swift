public import AudioCore

/// An engine that speaks.
public protocol SpeechSynthesizer: Sendable {
    /// What it takes at most.
    var speechLimits: EngineLimits { get }

    /// Speaks a text; the sound comes as it is made.
    ///
    /// - Throws: `invalidRequest` or `limitExceeded` before anything is sent; the stream throws what happens later.
    func speak(_ request: SpeechRequest) throws(RemoteError) -> sending EngineStream<SpeechChunk>
}

/// What is to be spoken, and how.
public struct SpeechRequest: Hashable, Sendable {
    /// The text.
    public var text: String
    /// The voice's id, of which there is no closed list; nil for the engine's own choice.
    public var voice: String?
    /// How fast, as a factor.
    public var speed: Double
    /// How loud, as a factor.
    public var volume: Double
    /// The language, such as `zh` or `en`, for engines that cannot tell.
    public var language: String?
    /// A number for the request, of one's own.
    public var requestID: String?
    /// Who is spoken to, for the service's records.
    public var userID: String?

    /// Makes a request.
    public init(
        _ text: String, voice: String? = nil, speed: Double = 1, volume: Double = 1, language: String? = nil,
        requestID: String? = nil, userID: String? = nil
    ) {
        self.text = text
        self.voice = voice
        self.speed = speed
        self.volume = volume
        self.language = language
        self.requestID = requestID
        self.userID = userID
    }
}

/// A piece of speech, as it came.
public struct SpeechChunk: Sendable {
    /// The sound, with its format and its place in the speech.
    public let audio: PCMChunk<Int16>
    /// Which piece this is, from 0.
    public let index: Int
    /// When its bytes were there.
    public let arrival: ContinuousClock.Instant

    /// Makes a piece.
    public init(audio: PCMChunk<Int16>, index: Int, arrival: ContinuousClock.Instant) {
        self.audio = audio
        self.index = index
        self.arrival = arrival
    }
}

/// A whole speech.
public struct SpeechClip: Hashable, Sendable {
    /// The rate and the channels.
    public let format: PCMFormat
    /// All samples.
    public let samples: [Int16]

    /// Makes a speech from its samples.
    public init(format: PCMFormat, samples: [Int16]) {
        self.format = format
        self.samples = samples
    }
}

extension EngineStream<SpeechChunk> {
    /// All of the speech, once it is there; nil when there was no sound.
    public func collect() async throws(RemoteError) -> SpeechClip? {
        var format: PCMFormat?
        var samples: [Int16] = []
        var reader = makeAsyncIterator()
        while let chunk = try await reader.next() {
            format = format ?? chunk.audio.format
            samples += chunk.audio.samples
        }
        return format.map { SpeechClip(format: $0, samples: samples) }
    }
}
