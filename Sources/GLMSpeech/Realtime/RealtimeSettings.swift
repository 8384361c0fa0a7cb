public import HTTPTransport

/// How a conversation over GLM-Realtime is to be; it is always sent whole, since the service takes what is missing for a wish.
public struct RealtimeSettings: Hashable, Sendable {
    /// The model.
    public var model = "glm-realtime"
    /// How the model is to behave; nil for its own ways.
    public var instructions: String?
    /// The voice.
    public var voice = "tongtong"
    /// Whether it answers in sound, and not in text alone.
    public var speaks = true
    /// How the user's sound is sent.
    public var inputFormat = InputFormat.pcm(rate: 16_000)
    /// What kind of noise is taken out of the user's sound; nil for none.
    public var noiseReduction: NoiseReduction?
    /// Who tells when the user has spoken.
    public var turnDetection = TurnDetection.client
    /// How free the answers are, from 0 to 1; nil for the service's choice.
    public var temperature: Double?
    /// The longest answer, in tokens up to 1,024; nil for that.
    public var maximumTokenCount: Int?
    /// What the model may have done for it.
    public var tools: [RealtimeTool] = []
    /// Whether pictures are sent too.
    public var mode = Mode.audio
    /// Whether the service looks things up by itself.
    public var searches = false
    /// What the model says first; nil for nothing, empty for its own words.
    public var greeting: String?

    /// The service's own ways.
    public init() {}

    /// How sound is sent.
    public enum InputFormat: Hashable, Sendable {
        /// Each piece is a whole WAVE file.
        case wave
        /// Samples of two bytes.
        case pcm(rate: Int)

        var name: String {
            switch self {
            case .wave: "wav"
            case .pcm(16_000): "pcm16"
            case .pcm(24_000): "pcm24"
            case .pcm: "pcm"
            }
        }
    }

    /// Where the microphone is.
    public enum NoiseReduction: String, Hashable, Sendable, CaseIterable {
        case near = "near_field"
        case far = "far_field"
    }

    /// Who tells when the user has spoken.
    public enum TurnDetection: Hashable, Sendable {
        /// The client: it says what is a turn (`commit`) and asks for the answer.
        case client
        /// The service, which answers by itself.
        case server(ServerDetection = ServerDetection())
    }

    /// How the service tells that the user has spoken.
    public struct ServerDetection: Hashable, Sendable {
        /// How sure it must be that somebody speaks, from 0 to 1.
        public var threshold = 0.5
        /// How much before the speech belongs to it.
        public var prefix = Duration.milliseconds(300)
        /// How long a silence ends it.
        public var silence = Duration.milliseconds(500)
        /// Whether it answers by itself.
        public var answers = true
        /// Whether speech ends an answer.
        public var interrupts = true

        /// The service's own values.
        public init() {}
    }

    /// What is sent.
    public enum Mode: String, Hashable, Sendable {
        case audio
        case video = "video_passive"
    }

    /// Whether the service's own detection of turns would lock up: with tools it hears speech begin and never end.
    var meetsDeadLock: Bool {
        guard case .server = turnDetection else { return false }
        return !tools.isEmpty
    }
}

/// Something that the model may have done for it.
public struct RealtimeTool: Hashable, Sendable {
    /// The name by which the model asks for it.
    public let name: String
    /// What it does, for the model.
    public let purpose: String
    /// The schema of what it is given.
    public let parameters: JSONValue

    /// Describes a tool; parameters are a JSON schema.
    public init(_ name: String, purpose: String, parameters: JSONValue = .object(["type": .text("object")])) {
        (self.name, self.purpose, self.parameters) = (name, purpose, parameters)
    }
}

// MARK: - As the service reads it

extension RealtimeSettings {
    /// The whole configuration.
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "model": .text(model), "modalities": .list(speaks ? [.text("text"), .text("audio")] : [.text("text")]),
            "voice": .text(voice), "input_audio_format": .text(inputFormat.name), "output_audio_format": .text("pcm"),
            "turn_detection": turnDetection.json,
            "max_response_output_tokens": .text(maximumTokenCount.map(String.init) ?? "inf"),
            "tools": .list(tools.map(\.json)), "beta_fields": .object(fields),
        ]
        members["instructions"] = instructions.map { .text($0) }
        members["temperature"] = temperature.map { .number($0) }
        members["input_audio_noise_reduction"] = noiseReduction.map { .object(["type": .text($0.rawValue)]) }
        return .object(members)
    }

    private var fields: [String: JSONValue] {
        var fields: [String: JSONValue] = [
            "chat_mode": .text(mode.rawValue), "tts_source": .text("e2e"), "auto_search": .bool(searches),
        ]
        if let greeting {
            var members: [String: JSONValue] = ["enable": .bool(true)]
            if !greeting.isEmpty { members["content"] = .text(String(greeting.prefix(Self.longestGreeting))) }
            fields["greeting_config"] = .object(members)
        }
        return fields
    }

    private static let longestGreeting = 1_024
}

extension RealtimeSettings.TurnDetection {
    fileprivate var json: JSONValue {
        // The service's table knows one type alone; nothing means that the client tells.
        guard case .server(let detection) = self else { return .null }
        return .object([
            "type": .text("server_vad"), "threshold": .number(detection.threshold),
            "prefix_padding_ms": .number((detection.prefix / .milliseconds(1)).rounded()),
            "silence_duration_ms": .number((detection.silence / .milliseconds(1)).rounded()),
            "create_response": .bool(detection.answers), "interrupt_response": .bool(detection.interrupts),
        ])
    }
}

extension RealtimeTool {
    fileprivate var json: JSONValue {
        .object([
            "type": .text("function"), "name": .text(name), "description": .text(purpose), "parameters": parameters,
        ])
    }
}
