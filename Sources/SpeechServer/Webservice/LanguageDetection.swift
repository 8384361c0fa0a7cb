internal import AudioCore
internal import Captioning
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
        ])

    func handle(_ request: Request, _ answer: Answer) async throws(Fault) {
        guard let file = request.form.file("audio_file") else {
            throw Fault(.invalid, "there is no sound", hint: "send it as ‘audio_file’ of a form")
        }
        let isHeaderless = request.head.parameter("encode")?.lowercased() == "false"
        let sound = try SentSound(file.content, isHeaderless: isHeaderless)
        let key = try LanguageMemory.key(of: sound)
        let guess: LanguageGuess
        if let known = memory.guess(for: key) {
            guess = known
        } else {
            guess = try await detect(sound)
            memory.keep(guess, for: key)
        }
        let code = guess.confidence >= Self.leastConfidence ? guess.code : workshop.settings.fallbackLanguage
        answer.send(json: Found(code: code, confidence: guess.confidence))
    }

    /// Below this the default is the better answer.
    private static let leastConfidence = 0.6
    /// How much speech is listened to.
    private static let enough = Duration.seconds(60)

    private func detect(_ sound: SentSound) async throws(Fault) -> LanguageGuess {
        let pass = try await workshop.hearingLane.enter()
        defer { pass.leave() }
        var settings = CaptionSettings()
        settings.alignsWords = false
        // One clip after the other: what is not needed is not heard.
        settings.givesContext = true
        let steps = Captioner(workshop.engines.hearing, settings).captions { () async throws(AudioError) in
            try await sound.open()
        }
        var reader = steps.makeAsyncIterator()
        var (text, told, length) = ("", [String: Duration](), Duration.zero)
        do throws(RemoteError) {
            while length < Self.enough, let step = try await reader.next() {
                text += step.words.written + " "
                length += step.sent
                if let language = step.language { told[Languages.code(of: language), default: .zero] += step.sent }
            }
        } catch {
            throw Fault(error)
        }
        workshop.metrics.addHeard(length)
        return LanguageGuess(told: told, of: length) ?? LanguageGuess(text: text)
    }

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
    static func key(of sound: SentSound) throws(Fault) -> [UInt8] {
        var digest = SHA256()
        var place = 0
        while place < sound.spool.byteCount {
            let piece = try sound.spool.bytes(from: place, count: 1 << 20)
            guard !piece.isEmpty else { break }
            digest.update(piece.span)
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
