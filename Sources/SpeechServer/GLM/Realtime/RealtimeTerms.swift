internal import HTTPTransport

/// How a client wants a call to be.
///
/// The service takes each configuration for the whole of it; a member that is missing is as it would be at the beginning.
struct RealtimeTerms: Sendable {
    var input = Input.pcm(rate: 16_000)
    /// When the server tells turns by itself; nil while the client does.
    var detection: Detection?
    var speaks = true
    var instructions: String?
    var voice: String?
    /// What is said first; nil for nothing.
    var greeting: String?
    /// What the client said, for it to be told again.
    private var said: [String: JSONValue] = [:]

    /// How sound comes.
    enum Input: Equatable {
        /// Each piece is a whole WAVE file.
        case wave
        /// Samples of two bytes.
        case pcm(rate: Int)
    }

    /// How turns are told.
    struct Detection: Equatable {
        var threshold = 0.5
        var prefix = Duration.milliseconds(300)
        var silence = Duration.milliseconds(500)
        var answers = true
        var interrupts = true
    }

    /// The service's own ways.
    init() {}

    /// What nobody minds saying first.
    private static let ownGreeting = "Hello. I am listening."
    /// The longest greeting that is taken.
    private static let longestGreeting = 1_024

    /// Reads what a client wants.
    ///
    /// - Throws: what cannot be had.
    init(_ session: JSONValue) throws(Fault) {
        guard case .object(let members) = session else { throw .wrong("session", "is no object") }
        said = members
        if let name = session["input_audio_format"]?.string { input = try Self.input(name) }
        if let output = session["output_audio_format"]?.string, output != "pcm" {
            throw .wrong("output_audio_format", "is pcm")
        }
        if case .list(let kinds)? = session["modalities"] { speaks = kinds.contains(.text("audio")) }
        detection = try Self.detection(session["turn_detection"])
        instructions = session["instructions"]?.string
        voice = session["voice"]?.string
        // The service's pages place it in two ways.
        let wish = session["beta_fields"]?["greeting_config"] ?? session["greeting_config"]
        if wish?["enable"] == .bool(true) {
            let words = wish?["content"]?.string ?? ""
            greeting = words.isEmpty ? Self.ownGreeting : String(words.prefix(Self.longestGreeting))
        }
    }

    /// Some names have the rate behind them.
    private static func input(_ name: String) throws(Fault) -> Input {
        switch name {
        case "pcm", "pcm16": return .pcm(rate: 16_000)
        case "pcm24": return .pcm(rate: 24_000)
        case _ where name.hasPrefix("wav"): return .wave
        default: throw .wrong("input_audio_format", "is wav, pcm, pcm16 or pcm24")
        }
    }

    /// Nothing and `client_vad` both leave it to the client.
    private static func detection(_ wish: JSONValue?) throws(Fault) -> Detection? {
        guard let wish, wish != .null else { return nil }
        switch wish["type"]?.string {
        case "client_vad": return nil
        case "server_vad": break
        default: throw .wrong("turn_detection", "is server_vad or client_vad")
        }
        var detection = Detection()
        // A client of the service's own writes zeros for what it does not say.
        func number(_ name: String) -> Double? { wish[name]?.double.flatMap { $0 > 0 ? $0 : nil } }
        if let threshold = number("threshold") { detection.threshold = min(threshold, 1) }
        if let prefix = number("prefix_padding_ms") { detection.prefix = .milliseconds(min(prefix, 5_000)) }
        if let silence = number("silence_duration_ms") {
            detection.silence = .milliseconds(min(max(silence, 100), 10_000))
        }
        if wish["create_response"] == .bool(false) { detection.answers = false }
        if wish["interrupt_response"] == .bool(false) { detection.interrupts = false }
        return detection
    }

    /// The session as clients are told of it.
    func told(id: String, model: String) -> JSONValue {
        let usual: [String: JSONValue] = [
            "object": .text("realtime.session"), "id": .text(id), "model": .text(model),
            "modalities": .list([.text("text"), .text("audio")]), "voice": .text("default"),
            "input_audio_format": .text("pcm"), "output_audio_format": .text("pcm"), "turn_detection": .null,
            "tools": .list([]), "beta_fields": .object(["chat_mode": .text("audio")]),
        ]
        return .object(usual.merging(said) { $1 }.merging(["id": .text(id)]) { $1 })
    }
}
