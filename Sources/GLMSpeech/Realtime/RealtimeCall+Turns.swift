public import AudioCore
public import Speech

/// How fast sound goes out.
public enum RealtimePace: String, Hashable, Sendable, CaseIterable {
    /// As it would be spoken: somebody may speak into an answer.
    case spoken
    /// As fast as the service takes it, which drops what comes more than 50 times a second; a turn waits for the answer to the one
    /// before it.
    case fast
}

extension RealtimeCall {
    /// The longest turn that the service takes at once.
    public static let longestTurn = Duration.seconds(30)

    /// Says a recording as one turn and asks for an answer.
    ///
    /// - Throws: what is wrong with the recording, and what has ended the call.
    public func say(_ clip: AudioClip, at pace: RealtimePace = .fast) async throws(RemoteError) {
        switch clip {
        case .samples(let chunk): try await say(OneChunk(chunk), at: pace)
        case .file(let path):
            try await say(
                try await remotely { () async throws(AudioError) in try await AudioInput(path: path) }, at: pace)
        case .bytes(let bytes):
            try await say(
                try await remotely { () async throws(AudioError) in try await AudioInput(bytes: bytes) }, at: pace)
        }
    }

    /// The same with sound that may still be coming: it goes out as it comes.
    public func say<Sound: PCMSource & ~Copyable>(
        _ sound: consuming Sound, at pace: RealtimePace = .fast
    ) async throws(RemoteError) {
        var voice = RealtimeVoice(over: self, at: pace)
        var source = try await voice.reading(sound)
        while let samples = try await voice.next(of: &source) {
            guard voice.length + samples.count <= voice.longestTurn else {
                try await send(.clear)
                throw RemoteError(
                    .limitExceeded, "the service takes \(Self.longestTurn) of sound at once",
                    hint: "a shorter recording, or turns that are told by voice activity")
            }
            try await voice.send(samples)
        }
        guard voice.length > 0 else { throw RemoteError(.unusableAudio, "the clip has no sound") }
        try await voice.flush()
        try await send(.commit)
        try await send(.respond)
    }

    /// Says something in writing and asks for an answer.
    public func say(_ text: String) async throws(RemoteError) {
        try await send(.create(.user(text)))
        try await send(.respond)
    }

    /// Shows a picture (JPEG) to go with the turn that is said next; the call is one of video (`RealtimeSettings.mode`).
    public func show(_ picture: [UInt8]) async throws(RemoteError) { try await send(.appendPicture(picture)) }

    /// The answer to what was said last, or the greeting, as it comes; what the model wants done is done by the one that is given.
    ///
    /// A reader that leaves ends its listening; ``interrupt()`` ends the answer.
    ///
    /// - Throws: `timedOut` when the service is there and says nothing for as long as two of its signs of life.
    public func answer(calling perform: RealtimePerformer? = nil) -> EngineStream<RealtimePiece> {
        EngineStream(RealtimeAnswerSource(RealtimeReader(self, perform)))
    }

    /// Ends the answer that is being given: what still comes of it is left out of the next.
    public func interrupt() async throws(RemoteError) { try await send(.cancel) }
}

/// Sends sound in tenths of a second, at a pace.
struct RealtimeVoice: ~Copyable {
    private let call: RealtimeCall
    private var gap: Duration
    private let rate: Int
    private var due = ContinuousClock.now
    private var rest: [Float] = []
    private var resampler: Optional<Resampler> = nil
    /// Samples that were given.
    private(set) var length = 0

    private static let frame = Duration.milliseconds(100)
    /// A little more than a fiftieth of a second.
    private static let shortestGap = Duration.milliseconds(21)

    init(over call: RealtimeCall, at pace: RealtimePace) {
        self.call = call
        gap = Self.gap(pace)
        if case .pcm(let rate) = call.settings.inputFormat { self.rate = rate } else { rate = 16_000 }
    }

    /// Sends what follows at another pace.
    mutating func set(_ pace: RealtimePace) { gap = Self.gap(pace) }

    private static func gap(_ pace: RealtimePace) -> Duration { pace == .spoken ? frame : shortestGap }

    /// Samples of the longest turn.
    var longestTurn: Int { rate * Int(RealtimeCall.longestTurn / .seconds(1)) }

    /// Sound in the form in which it is sent.
    func reading<Sound: PCMSource & ~Copyable>(
        _ sound: consuming Sound, rate: Int? = nil
    ) async throws(RemoteError) -> ConvertedSource<Sound> {
        let format = PCMFormat(rate: rate ?? self.rate, channels: 1)
        do throws(AudioError) {
            return try ConvertedSource(sound, to: format, mode: .lowLatency)
        } catch {
            throw RemoteError(error)
        }
    }

    /// What comes next of a source.
    func next<Sound: PCMSource & ~Copyable>(of source: inout Sound) async throws(RemoteError) -> [Float]? {
        do throws(AudioError) { return try await source.next()?.samples } catch { throw RemoteError(error) }
    }

    /// Sends what fills tenths of a second, and keeps the rest.
    mutating func send(_ samples: [Float]) async throws(RemoteError) {
        length += samples.count
        rest += samples
        var begin = 0
        while rest.count - begin >= rate / 10 {
            try await send(frame: Array(rest[begin..<begin + rate / 10]))
            begin += rate / 10
        }
        rest.removeFirst(begin)
    }

    /// The same with sound at the rate of voice detectors.
    mutating func send(heard samples: [Float]) async throws(RemoteError) {
        guard rate != VoiceFrame.rate else { return try await send(samples) }
        var converted: [Float] = []
        do throws(AudioError) {
            if resampler == nil {
                resampler = try Resampler(from: VoiceFrame.rate, to: rate, channels: 1, mode: .lowLatency)
            }
            try resampler?.convert(samples.span, appendingTo: &converted)
        } catch {
            throw RemoteError(error)
        }
        try await send(converted)
    }

    /// Sends the rest.
    mutating func flush() async throws(RemoteError) {
        if !rest.isEmpty { try await send(frame: rest) }
        rest = []
        length = 0
    }

    private mutating func send(frame: [Float]) async throws(RemoteError) {
        if due > .now, (try? await Task.sleep(until: due)) == nil {
            throw RemoteError(.cancelled, "the task was cancelled")
        }
        due = max(due, .now - gap) + gap
        try await call.offer(.append(bytes(of: frame)))
    }

    private func bytes(of frame: [Float]) -> [UInt8] {
        guard call.settings.inputFormat != .wave else {
            return WAVWriter.file(of: frame.span, format: PCMFormat(rate: rate, channels: 1), encoding: .signed16)
        }
        var bytes: [UInt8] = []
        PCMEncoder(.signed16).encode(frame.span, appendingTo: &bytes)
        return bytes
    }
}

private func remotely<Value: ~Copyable>(
    _ body: () async throws(AudioError) -> Value
) async throws(RemoteError) -> Value {
    do throws(AudioError) { return try await body() } catch { throw RemoteError(error) }
}
