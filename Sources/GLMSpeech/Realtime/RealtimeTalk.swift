public import AudioCore
public import Speech
internal import Synchronization

/// What happens in a conversation hands free.
public enum RealtimeMoment: Sendable {
    /// Somebody begins to speak: what is still played of an answer is to be left out.
    case turnBegan
    /// Somebody has ended, and is to be answered.
    case turnEnded
    /// A piece of an answer.
    case piece(RealtimePiece)
    /// The answer is over; not whole when somebody spoke into it.
    case answerEnded(isWhole: Bool)
    /// The service does not do what was wanted, such as an answer; the conversation goes on.
    case refused(RemoteError)
    /// The connection broke and was made anew: the service knows nothing of what was said before.
    case reconnected(reason: String)
}

extension RealtimeCall {
    /// Converses hands free: sound goes out as it comes, whoever detects turns tells when somebody has spoken, and answers come until
    /// the sound has ended and all is answered.
    ///
    /// Where turns are told by the client, voice activity is looked for here (``TurnDetector``), and only speech goes out; where the
    /// service tells them, everything does. Speech into an answer ends it; `whenSpoken` hears of it at once, for a player that has
    /// sound in hand.
    ///
    /// ```swift
    /// for try await moment in call.converse(hearing: microphone, whenSpoken: { player.stop() }) { … }
    /// ```
    public func converse<Sound: PCMSource & ~Copyable & SendableMetatype>(
        hearing sound: consuming sending Sound, by rules: TurnDetector.Rules = TurnDetector.Rules(),
        at pace: RealtimePace = .fast, calling perform: RealtimePerformer? = nil,
        whenSpoken: @escaping @Sendable () -> Void = {}
    ) -> EngineStream<RealtimeMoment> {
        let talk = RealtimeTalk(self, whenSpoken)
        let speaking = OneUse(sound)
        return EngineStream(
            RealtimeTalkSource(RealtimeReader(self, perform), talk) {
                await talk.speak(speaking.take(), by: rules, at: pace)
            })
    }
}

/// What the two sides of a conversation know of each other: the one that speaks, and the one that reads answers.
final class RealtimeTalk: Sendable {
    private let call: RealtimeCall
    private let whenSpoken: @Sendable () -> Void
    private let state = Mutex(State())

    private struct State {
        /// Turns that are not answered.
        var awaitedCount = 0
        /// Turns that the service has heard to their ends.
        var heardCount = 0
        /// Turns that we heard in what we sent.
        var spokenCount = 0
        var soundHasEnded = false
        /// Why no more sound goes out, if that is a fault.
        var failure: RemoteError?
        /// Whether the service is hearing somebody.
        var isHeard = false
        /// Who speaks, and waits for an answer.
        var speaker: CheckedContinuation<Void, Never>?
    }

    init(_ call: RealtimeCall, _ whenSpoken: @escaping @Sendable () -> Void) {
        (self.call, self.whenSpoken) = (call, whenSpoken)
    }

    /// How the service tells turns; nil where we do.
    private var detection: RealtimeSettings.ServerDetection? {
        if case .server(let detection) = call.settings.turnDetection { detection } else { nil }
    }

    /// Whether somebody waits for the service.
    var isAwaited: Bool { state.withLock { $0.awaitedCount > 0 || $0.soundHasEnded } }

    /// Whether there is nothing more to come; a service that has heard nothing of what we heard may still be about to.
    var isOver: Bool {
        isQuiet && state.withLock { detection == nil || $0.heardCount > 0 || $0.spokenCount == 0 }
    }

    /// Whether everything is said, and what the service has heard of it is answered.
    var isQuiet: Bool { state.withLock { $0.soundHasEnded && $0.awaitedCount == 0 && !$0.isHeard } }

    /// Whether anybody has spoken, as far as anybody noticed.
    var hasTurns: Bool { state.withLock { $0.spokenCount + $0.heardCount > 0 } }

    var failure: RemoteError? { state.withLock { $0.failure } }

    /// Notes what the service did.
    func note(_ step: RealtimeReader.Step) {
        let (isBarge, speaker) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
            switch step {
            case .turnBegan:
                state.isHeard = true
                return (state.awaitedCount > 0 && detection?.interrupts ?? true, nil)
            case .turnEnded:
                state.isHeard = false
                state.heardCount += 1
                if detection?.answers ?? false { state.awaitedCount += 1 }
            case .answerEnded, .refused: state.awaitedCount = max(state.awaitedCount - 1, 0)
            // What was heard of it the service knows no more, and what it has not heard it will not.
            case .reconnected: (state.awaitedCount, state.isHeard, state.heardCount) = (0, false, state.spokenCount)
            case .piece, .over: break
            }
            return (false, state.awaitedCount == 0 ? state.speaker.take() : nil)
        }
        if isBarge { whenSpoken() }
        speaker?.resume()
    }

    /// Waits until everything is answered, where that is not sound as it is spoken.
    private func waitForAnswers(_ pace: RealtimePace) async throws(RemoteError) {
        guard pace == .fast else { return }
        await withTaskCancellationHandler {
            await withCheckedContinuation { speaker in
                let mustWait = state.withLock { state in
                    guard state.awaitedCount > 0, !Task.isCancelled else { return false }
                    state.speaker = speaker
                    return true
                }
                if !mustWait { speaker.resume() }
            }
        } onCancel: {
            let speaker = state.withLock { $0.speaker.take() }
            speaker?.resume()
        }
        guard !Task.isCancelled else { throw RemoteError(.cancelled, "the task was cancelled") }
    }

    /// Speaks until the sound has ended.
    func speak<Sound: PCMSource & ~Copyable>(
        _ sound: consuming Sound?, by rules: TurnDetector.Rules, at pace: RealtimePace
    ) async {
        guard let sound else { return }
        do throws(RemoteError) {
            if detection != nil {
                try await speakAll(sound, rules, pace)
            } else {
                try await speakTurns(sound, rules, pace)
            }
        } catch {
            state.withLock { $0.failure = error }
        }
        state.withLock { $0.soundHasEnded = true }
        // A reader that waits for nothing more is told so by the end of the call.
        if isOver || failure != nil { await call.close() }
    }

    /// Sends everything, and behind it the silence that ends a turn.
    ///
    /// We listen too, to know whether there is anything to be heard.
    private func speakAll<Sound: PCMSource & ~Copyable>(
        _ sound: consuming Sound, _ rules: TurnDetector.Rules, _ pace: RealtimePace
    ) async throws(RemoteError) {
        var voice = RealtimeVoice(over: call, at: pace)
        var source = try await voice.reading(sound, rate: VoiceFrame.rate)
        var detector = TurnDetector(rules)
        /// Whether a turn ends in it.
        func listen(to samples: [Float]) -> Bool {
            let ends = detector.add(samples.span).count { if case .ended = $0 { true } else { false } }
            state.withLock { $0.spokenCount += ends }
            return ends > 0
        }
        while let samples = try await voice.next(of: &source) {
            // Pieces of a tenth of a second: nothing of the next turn goes out before its time.
            for begin in stride(from: 0, to: samples.count, by: VoiceFrame.rate / 10) {
                try await waitForAnswers(pace)
                let piece = Array(samples[begin..<min(begin + VoiceFrame.rate / 10, samples.count)])
                let ends = listen(to: piece)
                try await voice.send(heard: piece)
                if ends, pace == .fast { try await letServiceHear(&voice) }
            }
        }
        let silence = [Float](repeating: 0, count: VoiceFrame.rate * 3)
        _ = listen(to: silence)
        // The service has as much time to notice what was said last, however fast the rest went out.
        voice.set(.spoken)
        try await voice.send(heard: silence)
        try await voice.flush()
    }

    /// Is silent as long as the service needs to hear that a turn has ended, and two seconds at most: it may have heard none.
    ///
    /// What goes out faster than it is spoken would be spoken into the answer.
    private func letServiceHear(_ voice: inout RealtimeVoice) async throws(RemoteError) {
        voice.set(.spoken)
        for _ in 0..<20 where state.withLock({ $0.heardCount < $0.spokenCount }) {
            try await voice.send(heard: [Float](repeating: 0, count: VoiceFrame.rate / 10))
        }
        voice.set(.fast)
    }
}

// MARK: - Turns of our own

extension RealtimeTalk {
    /// Sends what is spoken, each turn with a little of what was before it.
    private func speakTurns<Sound: PCMSource & ~Copyable>(
        _ sound: consuming Sound, _ rules: TurnDetector.Rules, _ pace: RealtimePace
    ) async throws(RemoteError) {
        var voice = RealtimeVoice(over: call, at: pace)
        var source = try await voice.reading(sound, rate: VoiceFrame.rate)
        var cutter = TurnCutter(rules)
        while let samples = try await voice.next(of: &source) {
            for event in cutter.add(samples) {
                switch event {
                case .began: try await beginTurn(pace)
                case .sound(let sound): try await voice.send(heard: sound)
                case .ended: try await endTurn(&voice)
                }
            }
        }
        if cutter.isInTurn { try await endTurn(&voice) }
    }

    private func beginTurn(_ pace: RealtimePace) async throws(RemoteError) {
        try await waitForAnswers(pace)
        guard state.withLock({ $0.awaitedCount > 0 }) else { return }
        whenSpoken()
        try await call.offer(.cancel)
    }

    private func endTurn(_ voice: inout RealtimeVoice) async throws(RemoteError) {
        try await voice.flush()
        state.withLock { state in
            state.awaitedCount += 1
            state.spokenCount += 1
        }
        try await call.offer(.commit)
        try await call.offer(.respond)
    }
}

/// The moments of a conversation; the one that speaks ends with its reader.
private final class RealtimeTalkSource: EngineSource {
    private let reader: RealtimeReader
    private let talk: RealtimeTalk
    private let speak: @Sendable () async -> Void
    private var speaking: Task<Void, Never>?
    private var isOver = false

    init(_ reader: RealtimeReader, _ talk: RealtimeTalk, _ speak: @escaping @Sendable () async -> Void) {
        (self.reader, self.talk, self.speak) = (reader, talk, speak)
    }

    deinit { speaking?.cancel() }

    func next() async throws(RemoteError) -> RealtimeMoment? {
        if speaking == nil { speaking = Task { [speak] in await speak() } }
        guard !isOver else { return nil }
        guard !talk.isOver else { return try end() }
        let step: RealtimeReader.Step
        do throws(RemoteError) {
            step = try await reader.next { talk.isAwaited }
        } catch {
            // The service has heard less than we did.
            if error.code == .timedOut, talk.isQuiet, talk.failure == nil { return try end() }
            isOver = true
            throw talk.failure ?? error
        }
        talk.note(step)
        switch step {
        case .refused(let error): return .refused(error)
        case .piece(let piece): return .piece(piece)
        case .turnBegan: return .turnBegan
        case .turnEnded: return .turnEnded
        case .answerEnded(let isWhole): return .answerEnded(isWhole: isWhole)
        case .reconnected(let reason): return .reconnected(reason: reason)
        case .over(let fault):
            isOver = true
            if let failure = talk.failure ?? fault { throw failure }
            guard talk.isOver else {
                throw RemoteError(.endedEarly, "the service ended the call in the middle of the conversation")
            }
            return try end()
        }
    }

    private func end() throws(RemoteError) -> RealtimeMoment? {
        isOver = true
        guard talk.hasTurns else { throw RemoteError(.unusableAudio, "nobody speaks in the recording") }
        return nil
    }
}

/// Something that is handed to another task, once.
private final class OneUse<Value: ~Copyable>: Sendable {
    private let value: Mutex<Value?>

    init(_ value: consuming sending Value) { self.value = Mutex(consume value) }

    func take() -> sending Value? { value.withLock { $0.take() } }
}
