internal import AudioCore

/// What was said in a conversation so far; it can be kept and taken up again, in another process too.
public struct VoiceRecord: Hashable, Sendable {
    /// How the engine is to behave; nil where nobody said.
    public var instructions: String?
    /// The turns, oldest first.
    public private(set) var turns: [Turn] = []

    /// One turn.
    public struct Turn: Hashable, Sendable, Codable {
        /// Who speaks.
        public let role: Role
        /// What was said, as far as it is known in writing.
        public let text: String?
        /// What the user said in sound: WAVE, one channel at 16 kHz.
        public fileprivate(set) var sound: SpokenSound?
        /// The engine's own record of what it said; nil where it has none, or its speech was cut off.
        public let audio: Reference?
    }

    /// Who speaks.
    public enum Role: String, Hashable, Sendable, Codable {
        case user, assistant
    }

    /// A name by which an engine still knows what it said, for some time.
    public struct Reference: Hashable, Sendable, Codable {
        /// The name.
        public let id: String
        /// Until when, in seconds since 1970; nil where nobody says.
        public let expiresAt: Int?

        private enum CodingKeys: String, CodingKey {
            case id
            case expiresAt = "expires_at"
        }
    }

    /// How much is kept.
    var memory = Memory()

    /// How much of a conversation is kept.
    public struct Memory: Hashable, Sendable {
        /// How much sound, of the last turns; older ones stay in writing.
        public var sound: Duration
        /// Turns in writing; nil for all.
        public var turns: Int?

        /// Makes a memory; it is as long as the engines' own, and keeps every word, unless it is told otherwise.
        public init(sound: Duration = .seconds(480), turns: Int? = nil) {
            self.sound = sound
            self.turns = turns
        }
    }

    /// Turns that are sent, of the last ones.
    static let mostTurns = 40

    /// Begins a conversation.
    public init(instructions: String? = nil) { self.instructions = instructions }

    /// Adds what the user says.
    mutating func addUser(text: String?, sound: SpokenSound?) {
        turns.append(Turn(role: .user, text: text, sound: sound, audio: nil))
        if let most = memory.turns { turns.removeFirst(max(turns.count - most, 0)) }
        forgetOldSound()
    }

    /// Adds what was answered, as far as it was heard.
    mutating func addAnswer(text: String, audio: Reference?) {
        turns.append(Turn(role: .assistant, text: text, sound: nil, audio: audio))
    }

    /// Takes away what the user said last, since nobody answered.
    mutating func removeUnanswered() {
        if turns.last?.role == .user { turns.removeLast() }
    }

    private mutating func forgetOldSound() {
        var seconds = 0.0
        for index in turns.indices.reversed() {
            seconds += turns[index].sound?.seconds ?? 0
            if .seconds(seconds) > memory.sound { turns[index].sound = nil }
        }
    }

    /// The turns as an engine is asked with them.
    var request: [VoiceTurn] {
        [instructions].compactMap { $0.map { .instructions($0) } }
            + turns.suffix(Self.mostTurns).drop { $0.role == .assistant }.compactMap { turn in
                switch turn.role {
                case .user:
                    // Of a turn whose sound is forgotten nothing may be left.
                    guard turn.text?.isEmpty == false || turn.sound != nil else { return nil }
                    return .user(text: turn.text, clip: turn.sound.map { .bytes($0.wave) })
                case .assistant:
                    return .assistant(
                        text: turn.text ?? "", audioID: turn.audio?.id, expiresAt: turn.audio?.expiresAt)
                }
            }
    }
}

/// Something that the user said, as a WAVE file in memory.
public struct SpokenSound: Hashable, Sendable, Codable {
    /// The file.
    public let wave: [UInt8]

    /// One channel at 16 kHz, two bytes each.
    static let format = PCMFormat(rate: 16_000, channels: 1)
    private static let bytesPerSecond = 32_000.0

    /// How long it is.
    var seconds: Double { Double(wave.count) / Self.bytesPerSecond }

    /// Reads a clip, ten minutes of it at most.
    ///
    /// - Throws: what is wrong with the clip.
    init(_ clip: AudioClip) async throws(AudioError) {
        var samples: [Float] = []
        try await clip.read(as: Self.format) { chunk throws(AudioError) in
            samples += chunk.samples
            guard samples.count <= Self.mostSamples else {
                throw AudioError(
                    .limitExceeded, "one turn has ten minutes of sound at most", remedy: "a shorter recording")
            }
        }
        wave = WAVWriter.file(of: samples.span, format: Self.format, encoding: .signed16)
    }

    private static let mostSamples = 600 * 16_000

    /// Takes it back from text.
    ///
    /// - Throws: `DecodingError` for what is no base64.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let bytes = try? Base64Decoder.bytes(of: text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "the sound is no base64")
        }
        wave = bytes
    }

    /// Writes it as text.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(String(decoding: Base64Encoder.text(of: wave.span), as: UTF8.self))
    }
}

extension VoiceRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case version, instructions, turns
    }

    private static let version = 1

    /// Takes up a conversation that was kept.
    ///
    /// - Throws: `DecodingError` for what is none, or one of a later version.
    public init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        guard try members.decode(Int.self, forKey: .version) == Self.version else {
            throw DecodingError.dataCorruptedError(
                forKey: .version, in: members, debugDescription: "the conversation is of another version")
        }
        instructions = try members.decodeIfPresent(String.self, forKey: .instructions)
        turns = try members.decode([Turn].self, forKey: .turns)
    }

    /// Writes it.
    public func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(Self.version, forKey: .version)
        try members.encodeIfPresent(instructions, forKey: .instructions)
        try members.encode(turns, forKey: .turns)
    }
}
