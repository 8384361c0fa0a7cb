internal import AudioCore
internal import Captioning
internal import Platform
internal import Speech
internal import Subtitles

/// A recording that was sent, and how to read it.
struct SentSound: Sendable {
    let spool: Spool
    /// Whether it is samples alone: 16 bits, 16 kHz, one channel.
    let isHeaderless: Bool

    /// What a file begins with says more than what was said of it.
    init(_ spool: Spool, isHeaderless: Bool = false) throws(Fault) {
        guard spool.byteCount > 0 else { throw Fault(.invalid, "the file is empty", parameter: "file") }
        self.spool = spool
        let head = try spool.bytes(from: 0, count: 4)
        self.isHeaderless = isHeaderless && head != Array("RIFF".utf8)
    }

    /// Opens it.
    func open() async throws(AudioError) -> SentSource {
        isHeaderless ? SentSource(headerless: spool) : SentSource(try await spool.open(), spool)
    }
}

/// What a recording that was sent is read from.
struct SentSource: ~Copyable, PCMSource {
    let format: PCMFormat
    /// Held as long as somebody reads.
    private let spool: Spool
    private var file: Optional<AudioInput>
    private var place = 0
    private var frameCount = 0

    /// What is read at once: a second.
    private static let pieceByteCount = 32_000

    fileprivate init(_ input: consuming AudioInput, _ spool: Spool) {
        format = input.format
        self.spool = spool
        file = consume input
    }

    fileprivate init(headerless spool: Spool) {
        format = PCMFormat(rate: 16_000, channels: 1)
        self.spool = spool
        file = nil
    }

    /// The next chunk, or nil at the end.
    mutating func next() async throws(AudioError) -> PCMChunk<Float>? {
        if file != nil { return try await nextOfFile() }
        let bytes: [UInt8]
        do throws(Fault) {
            bytes = try spool.bytes(from: place, count: Self.pieceByteCount)
        } catch {
            throw AudioError(.systemFailure, error.message)
        }
        // Half a sample at the end is none.
        guard bytes.count >= 2 else { return nil }
        place += bytes.count
        var samples: [Float] = []
        var decoder = PCMDecoder(.signed16)
        try decoder.decode(bytes.span, appendingTo: &samples)
        defer { frameCount += samples.count }
        return PCMChunk(format: format, start: MediaTime(frames: frameCount, rate: format.rate), samples: samples)
    }
}

extension SentSource {
    /// Messages do not name the file that the recording was kept in.
    private mutating func nextOfFile() async throws(AudioError) -> PCMChunk<Float>? {
        do throws(AudioError) {
            return try await file?.next()
        } catch {
            throw AudioError(error.code, spool.withoutPath(error.message), remedy: error.remedy, cause: error.cause)
        }
    }
}

/// Writes down what is said in recordings.
struct Hearing: Sendable {
    private let engine: any Transcriber
    private let metrics: Metrics
    private let allowsHoles: Bool

    init(_ engine: any Transcriber, _ metrics: Metrics, allowsHoles: Bool) {
        self.engine = engine
        self.metrics = metrics
        self.allowsHoles = allowsHoles
    }

    /// What is said in a recording of any length, clip by clip; nothing of the work outlives the call.
    ///
    /// - Throws: what is wrong with the sound, what the engine fails with, and what `take` throws.
    func hear(
        _ sound: SentSound, _ options: TranscriptionOptions, alignsWords: Bool, from start: Duration = .zero,
        _ take: (CaptionStep) async throws(Fault) -> Void
    ) async throws(Fault) {
        var settings = CaptionSettings(options: options, start: start)
        settings.alignsWords = alignsWords
        try await run(settings, on: sound, take)
    }

    /// The same with settings of one's own.
    func run(
        _ settings: CaptionSettings, on sound: SentSound, _ take: (CaptionStep) async throws(Fault) -> Void
    ) async throws(Fault) {
        var (heard, fault) = (Duration.zero, Fault?.none)
        do throws(RemoteError) {
            try await Captioner(engine, settings).run(on: { () async throws(AudioError) in try await sound.open() }) {
                step async throws(RemoteError) in
                do throws(Fault) {
                    // A part that is missing would not be missed by who reads the rest.
                    if let failure = step.failure, !allowsHoles { throw Fault(failure) }
                    metrics.addHeard(step.end - heard)
                    heard = step.end
                    try await take(step)
                } catch {
                    fault = error
                    throw RemoteError(.cancelled, "nothing more is wanted")
                }
            }
        } catch {
            throw fault ?? Fault(error)
        }
    }

    /// All of it: words and cues, and how long the recording is.
    func whole(
        _ sound: SentSound, _ options: TranscriptionOptions, alignsWords: Bool, from start: Duration = .zero
    ) async throws(Fault) -> HeardRecording {
        var heard = HeardRecording(language: options.language)
        try await hear(sound, options, alignsWords: alignsWords, from: start) { step throws(Fault) in heard.add(step) }
        return heard
    }
}

/// What was heard of a recording so far.
struct HeardRecording: Sendable {
    private(set) var words: [TimedWord] = []
    private(set) var cues: [Cue] = []
    private(set) var duration = Duration.zero
    private var told: String?
    /// The text of cues that stand for the words.
    private var translation: String?

    init(language: String?) { told = language }

    mutating func add(_ step: CaptionStep) {
        words += step.words
        cues += step.cues
        duration = step.end
        told = told ?? step.language
    }

    var text: String { translation ?? words.written }

    /// The same cues in English.
    ///
    /// - Throws: `unsupported` where nobody translates.
    func inEnglish(by translator: (any Translator)?) async throws(Fault) -> HeardRecording {
        guard let translator else { throw .noTranslator }
        let translation = CueTranslation(by: translator, to: "en", rules: LayoutRules(language: "en"))
        var heard = self
        let cues = cues
        heard.cues = try await withFaults { () async throws(RemoteError) in try await translation.translate(cues) }
        heard.told = "en"
        heard.words = []
        heard.translation = heard.cues.map(\.text).joined(separator: " ")
        return heard
    }

    /// The language that was told, or that the text is in.
    var language: String? { told.map(Languages.code) ?? WrittenLanguage.guess(of: text) }
}

extension Fault {
    /// Nobody translates.
    static let noTranslator = Fault(
        .unsupported, "nobody here translates", hint: "start the server with an engine that does, such as --engine glm")
}
