import AudioCore
import Speech
import Synchronization
import TestSupport

/// An engine that does what a test tells it: it speaks so many pieces, hears the same words in every clip, and fails or waits
/// where it is told to.
final class FakeEngine: SpeechSynthesizer, Transcriber, VoiceConversation, VoiceCatalog, Translator {
    /// What a test may set.
    struct Behaviour: Sendable {
        /// How many pieces of a tenth of a second a speech has.
        var pieceCount = 3
        /// Before which piece, clip or event the engine fails.
        var failsAt: Int?
        var failure = RemoteError(.serviceFailed, "the service is down", businessCode: "1234")
        /// What it waits for before that.
        var latch: Latch?
        /// What it hears in a clip, by the clip's number; it tells when each word is said.
        var heard: @Sendable (Int) -> Transcript = { number in
            let words = ["hello", "world", "\(number)"]
            let spans = words.enumerated().map { index, word in
                Transcript.Span(
                    text: word, start: .milliseconds(200 + index * 400), end: .milliseconds(500 + index * 400))
            }
            return Transcript(text: words.joined(separator: " "), language: "en", words: spans)
        }
        var limits = EngineLimits(concurrentRequests: 2, textCharacters: 1_024, clipDuration: .seconds(30))
    }

    private struct State {
        var behaviour = Behaviour()
        var spoken: [SpeechRequest] = []
        var heard: [TranscriptionOptions] = []
        var asked: [VoiceRequest] = []
        var clipCount = 0
        var pieceCount = 0
        var workCount = 0
    }

    private let state: Mutex<State>

    init(_ behaviour: Behaviour = Behaviour()) { state = Mutex(State(behaviour: behaviour)) }

    var behaviour: Behaviour { state.withLock { $0.behaviour } }
    var spoken: [SpeechRequest] { state.withLock { $0.spoken } }
    var heard: [TranscriptionOptions] { state.withLock { $0.heard } }
    var asked: [VoiceRequest] { state.withLock { $0.asked } }
    /// How many pieces have been made in all.
    var pieceCount: Int { state.withLock { $0.pieceCount } }
    /// How much work is under way.
    var workCount: Int { state.withLock { $0.workCount } }

    let translationLimits = EngineLimits(concurrentRequests: 2)
    var speechLimits: EngineLimits { behaviour.limits }
    var transcriptionLimits: EngineLimits { behaviour.limits }

    fileprivate func begin() { state.withLock { $0.workCount += 1 } }
    fileprivate func end() { state.withLock { $0.workCount -= 1 } }

    /// Fails or waits where it was told to.
    fileprivate func pass(_ index: Int) async throws(RemoteError) {
        let behaviour = behaviour
        guard index == behaviour.failsAt ?? (behaviour.latch == nil ? -1 : 0) else { return }
        if let latch = behaviour.latch { while !latch.isOpen && !Task.isCancelled { await Task.yield() } }
        guard !Task.isCancelled else { throw RemoteError(.cancelled, "the task was cancelled") }
        if behaviour.failsAt == index { throw behaviour.failure }
    }

    func speak(_ request: SpeechRequest) throws(RemoteError) -> sending EngineStream<SpeechChunk> {
        state.withLock { $0.spoken.append(request) }
        return EngineStream(Pieces(self))
    }

    func transcribe(_ clip: AudioClip, _ options: TranscriptionOptions) async throws(RemoteError) -> Transcript {
        begin()
        defer { end() }
        let (index, heard) = state.withLock { state in
            defer { state.clipCount += 1 }
            state.heard.append(options)
            return (state.clipCount, state.behaviour.heard)
        }
        try await pass(index)
        return heard(index)
    }

    func transcribeAsItComes(
        _ clip: AudioClip, _ options: TranscriptionOptions
    ) async throws(RemoteError) -> sending EngineStream<String> {
        let text = try await transcribe(clip, options).text
        return EngineStream(Given(text.split(separator: " ").enumerated().map { ($0 == 0 ? "" : " ") + $1 }))
    }

    func answer(_ request: VoiceRequest) async throws(RemoteError) -> sending EngineStream<VoiceEvent> {
        state.withLock { $0.asked.append(request) }
        let sound = Self.piece(0)
        return EngineStream(
            Given([.text("Good "), .text("day."), .audio(sound), .audioReference(id: "audio-1", expiresAt: 99)]))
    }

    func voices(_ kind: Voice.Kind?, named name: String?) async throws(RemoteError) -> [Voice] {
        [
            Voice(id: "tongtong", name: "彤彤", kind: .official),
            Voice(id: "own-1", name: "anna", kind: .own, created: "2026-11-01 10:00:00"),
        ].filter { voice in (kind == nil || voice.kind == kind) && (name.map { voice.name.contains($0) } ?? true) }
    }

    func clone(_ sample: VoiceSample) async throws(RemoteError) -> ClonedVoice { ClonedVoice(id: sample.name) }

    func deleteVoice(_ id: String) async throws(RemoteError) {}

    func translate(_ request: TranslationRequest) async throws(RemoteError) -> [String] {
        request.lines.map { $0.uppercased() }
    }

    /// A tenth of a second, every sample of which is the piece's number.
    static func piece(_ index: Int) -> SpeechChunk {
        let format = PCMFormat(rate: 24_000, channels: 1)
        let start = MediaTime(frames: index * 2_400, rate: 24_000)
        return SpeechChunk(
            audio: PCMChunk(
                format: format, start: start, samples: [Int16](repeating: Int16(index + 1), count: 2_400)),
            index: index, arrival: .now)
    }

    fileprivate func nextPiece(_ index: Int) async throws(RemoteError) -> SpeechChunk? {
        try await pass(index)
        guard index < behaviour.pieceCount else { return nil }
        state.withLock { $0.pieceCount += 1 }
        return Self.piece(index)
    }
}

/// The pieces of a speech, each made when it is asked for.
private final class Pieces: EngineSource {
    private let engine: FakeEngine
    private var index = 0

    init(_ engine: FakeEngine) {
        self.engine = engine
        engine.begin()
    }

    deinit { engine.end() }

    func next() async throws(RemoteError) -> SpeechChunk? {
        defer { index += 1 }
        return try await engine.nextPiece(index)
    }
}

/// Elements that are there already.
private final class Given<Element: Sendable>: EngineSource {
    private var rest: ArraySlice<Element>

    init(_ elements: [Element]) { rest = elements[...] }

    func next() async throws(RemoteError) -> Element? { rest.popFirst() }
}
