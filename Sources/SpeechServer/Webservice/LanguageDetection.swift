internal import AudioCore
internal import Captioning
internal import HTTPTransport
internal import Platform
internal import Speech
internal import Subtitles
internal import Synchronization

/// Tells in which language a recording is spoken, by the first minute of speech.
struct LanguageDetection: Sendable {
    private let workshop: Workshop
    private let memory = LanguageMemory()

    init(_ workshop: Workshop) { self.workshop = workshop }

    static let operation = RouteDescription(
        summary: "tell in which language a recording is",
        parameters: [
            .init(
                "audio_file", in: .form, as: .file, isRequired: true, "the sound; its first minute of speech is heard"),
            .init(
                "encode", in: .query, as: .boolean,
                "false when the sound is samples alone: 16 bits, 16 kHz, one channel"),
            .init("video_file", in: .query, "accepted"),
        ], lane: .hearing)

    func handle(_ request: Request, _ answer: Answer) async throws(Fault) {
        guard let file = request.form.file("audio_file") else {
            throw Fault(.invalid, "there is no sound", hint: "send it as ‘audio_file’ of a form")
        }
        let isHeaderless = request.head.parameter("encode")?.lowercased() == "false"
        let sound = try SentSound(file.content, isHeaderless: isHeaderless)
        do throws(Fault) {
            // Films may be before this one for hours; blanks before JSON are none of it.
            let found = try await withSignsOfLife(workshop.heartbeat) { () async throws(Fault) in
                answer.begin(200, "application/json")
                try await answer.write("\n")
            } _: { () async throws(Fault) -> LanguageGuess in
                try await guess(of: sound)
            }
            let isSure = found.confidence >= Self.leastConfidence
            let code = isSure ? found.code : workshop.settings.fallbackLanguage
            answer.begin(200, "application/json")
            try await answer.write(JSON.bytes(Found(code: code, confidence: found.confidence)))
        } catch {
            // What has begun ends well formed, without what clients look for.
            guard answer.hasBegun, error.kind != .clientLeft else { throw error }
            try await answer.write(FaultWords(error, .plain).body)
        }
    }

    /// Below this the default is the better answer.
    private static let leastConfidence = 0.6
    /// How much speech is listened to.
    private static let enough = Duration.seconds(60)

    private func guess(of sound: SentSound) async throws(Fault) -> LanguageGuess {
        let key = try await LanguageMemory.key(of: sound)
        if let known = memory.guess(for: key) { return known }
        let pass = try await workshop.hearingLane.enter()
        defer { pass.leave() }
        // Somebody else may have asked about the same recording meanwhile.
        if let known = memory.guess(for: key) { return known }
        let guess = try await detect(sound)
        memory.keep(guess, for: key)
        return guess
    }

    private func detect(_ sound: SentSound) async throws(Fault) -> LanguageGuess {
        var settings = CaptionSettings()
        settings.alignsWords = false
        // One clip after the other: what is not needed is not heard.
        settings.givesContext = true
        var (text, told, length) = ("", [String: Duration](), Duration.zero)
        do throws(Fault) {
            try await workshop.hearing.run(settings, on: sound) { step throws(Fault) in
                text += step.words.written + " "
                length += step.sent
                if let language = step.language { told[Languages.code(of: language), default: .zero] += step.sent }
                guard length < Self.enough else { throw Self.isEnough }
            }
        } catch {
            guard error == Self.isEnough else { throw error }
        }
        return LanguageGuess(told: told, of: length) ?? LanguageGuess(text: text)
    }

    /// What ends the hearing once there is enough.
    private static let isEnough = Fault(.clientLeft, "a minute of speech is enough")

    private struct Found: Encodable {
        let name: String
        let code: String
        let confidence: Double

        init(code: String, confidence: Double) {
            self.code = code
            self.confidence = (confidence * 100).rounded() / 100
            name = Languages.name(of: code)
        }

        enum CodingKeys: String, CodingKey {
            case name = "detected_language"
            case code = "language_code"
            case confidence
        }
    }
}

/// A language, and how sure it is.
struct LanguageGuess: Sendable {
    let code: String
    let confidence: Double

    /// The language that the engine told for most of the sound.
    init?(told: [String: Duration], of length: Duration) {
        guard let most = told.max(by: { $0.value < $1.value }), length > .zero else { return nil }
        code = most.key
        confidence = most.value / length
    }

    /// The language that the letters and the small words of a text tell.
    init(text: String) {
        let likely = WrittenLanguage.likely(of: text)
        code = likely?.language ?? "und"
        confidence = likely?.confidence ?? 0
    }
}

/// Recordings whose language was told: clients send a film once to ask for it and once for its subtitles, and ask again.
final class LanguageMemory: Sendable {
    private let state = Mutex((guesses: [[UInt8]: LanguageGuess](), order: [[UInt8]]()))
    private static let most = 500

    /// What tells a recording from others: its bytes.
    static func key(of sound: SentSound) async throws(Fault) -> [UInt8] {
        var digest = SHA256()
        var place = 0
        while place < sound.spool.byteCount {
            let piece = try sound.spool.bytes(from: place, count: 1 << 20)
            guard !piece.isEmpty else { break }
            digest.update(piece.span)
            // A film is a second of work, which others need not wait for, and nobody once the client has left.
            await Task.yield()
            guard !Task.isCancelled else { throw Fault(.clientLeft, "nobody waits for it any more") }
            place += piece.count
        }
        return digest.finish() + [sound.isHeaderless ? 1 : 0]
    }

    func guess(for key: [UInt8]) -> LanguageGuess? { state.withLock { $0.guesses[key] } }

    func keep(_ guess: LanguageGuess, for key: [UInt8]) {
        state.withLock { state in
            if state.guesses.updateValue(guess, forKey: key) == nil { state.order.append(key) }
            if state.order.count > Self.most { state.guesses[state.order.removeFirst()] = nil }
        }
    }
}
