/// An engine that is spoken to and answers.
public protocol VoiceConversation: Sendable {
    /// Answers the last of the turns; text and sound come as they are made.
    func answer(_ request: VoiceRequest) async throws(RemoteError) -> sending EngineStream<VoiceEvent>
}

/// A conversation so far, and what the answer may be like.
public struct VoiceRequest: Sendable {
    /// The turns, oldest first; one at least is the user's.
    public var turns: [VoiceTurn]
    /// How free the answer is, from 0 to 1; nil for the engine's choice.
    public var temperature: Double?
    /// The longest answer, in tokens; nil for the engine's choice.
    public var maximumTokenCount: Int?
    /// A number for the request, of one's own.
    public var requestID: String?
    /// Who speaks, for the service's records.
    public var userID: String?

    /// Makes a request.
    public init(
        turns: [VoiceTurn], temperature: Double? = nil, maximumTokenCount: Int? = nil, requestID: String? = nil,
        userID: String? = nil
    ) {
        self.turns = turns
        self.temperature = temperature
        self.maximumTokenCount = maximumTokenCount
        self.requestID = requestID
        self.userID = userID
    }
}

/// One turn of a conversation.
public enum VoiceTurn: Sendable {
    /// How the engine is to behave.
    case instructions(String)
    /// What the user said: text, sound, or both.
    case user(text: String?, clip: AudioClip?)
    /// What the engine answered, and the id by which it still knows the sound.
    case assistant(text: String, audioID: String?, expiresAt: Int? = nil)

    /// Whether the user says something in it.
    package var isUsers: Bool {
        switch self {
        case .user(let text, let clip): clip != nil || text?.isEmpty == false
        case .instructions, .assistant: false
        }
    }
}

/// A piece of an answer.
public enum VoiceEvent: Sendable {
    /// New text.
    case text(String)
    /// New sound.
    case audio(SpeechChunk)
    /// The engine's id for the sound, and until when it knows it.
    case audioReference(id: String, expiresAt: Int?)
}
