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
        /// Answers so far.
        var answerCount = 0
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

    private var isServersWork: Bool {
        if case .server = call.settings.turnDetection { true } else { false }
    }

    /// Whether somebody waits for the service.
    var isAwaited: Bool { state.withLock { $0.awaitedCount > 0 || $0.soundHasEnded } }

    /// Whether there is nothing more to come.
    var isOver: Bool {
        state.withLock { state in
            guard state.soundHasEnded, state.awaitedCount == 0, !state.isHeard else { return false }
            // The service may still be about to notice what was said last.
            return !isServersWork || state.answerCount > 0
        }
    }

    var failure: RemoteError? { state.withLock { $0.failure } }

    /// Notes what the service did.
    func note(_ step: RealtimeReader.Step) {
        let (isBarge, speaker) = state.withLock { state -> (Bool, CheckedContinuation<Void, Never>?) in
            switch step {
            case .turnBegan:
                state.isHeard = true
                return (state.awaitedCount > 0, nil)
            case .turnEnded:
                state.isHeard = false
                if isServersWork { state.awaitedCount += 1 }
            case .answerEnded:
                state.awaitedCount = max(state.awaitedCount - 1, 0)
                state.answerCount += 1
            case .reconnected: (state.awaitedCount, state.isHeard) = (0, false)
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
            if isServersWork { try await speakAll(sound, pace) } else { try await speakTurns(sound, rules, pace) }
        } catch {
            state.withLock { $0.failure = error }
        }
        state.withLock { $0.soundHasEnded = true }
        // A reader that waits for nothing more is told so by the end of the call.
        if isOver || failure != nil { await call.close() }
    }

    /// Sends everything, and behind it the silence that ends a turn.
    private func speakAll<Sound: PCMSource & ~Copyable>(
        _ sound: consuming Sound, _ pace: RealtimePace
    ) async throws(RemoteError) {
        var voice = RealtimeVoice(over: call, at: pace)
        var source = try await voice.reading(sound)
        while let samples = try await voice.next(of: &source) {
            // Pieces of a tenth of a second: nothing of the next turn goes out before its time.
            for begin in stride(from: 0, to: samples.count, by: voice.longestTurn / 300) {
                try await waitForAnswers(pace)
                try await voice.send(Array(samples[begin..<min(begin + voice.longestTurn / 300, samples.count)]))
            }
        }
        try await voice.send([Float](repeating: 0, count: voice.longestTurn / 10))
        try await voice.flush()
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
        state.withLock { $0.awaitedCount += 1 }
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
        guard !isOver, !talk.isOver else { return nil }
        let step: RealtimeReader.Step
        do throws(RemoteError) {
            step = try await reader.next { talk.isAwaited }
        } catch {
            isOver = true
            throw talk.failure ?? error
        }
        talk.note(step)
        switch step {
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
            return nil
        }
    }
}

/// Something that is handed to another task, once.
private final class OneUse<Value: ~Copyable>: Sendable {
    private let value: Mutex<Value?>

    init(_ value: consuming sending Value) { self.value = Mutex(consume value) }

    func take() -> sending Value? { value.withLock { $0.take() } }
}
