internal import AudioCore
internal import Synchronization

/// A conversation that goes on: each answer knows what was said before it.
///
/// ```swift
/// let session = VoiceSession(engine)
/// for try await event in try await session.say(clip: .file(path: "question.wav")) { player.play(event) }
/// try save(session.record)
/// ```
///
/// The reader sets the pace of an answer. One that leaves it, or whose task is cancelled, ends it at once: what was given
/// until then is what was answered. One thing is said at a time: a new one ends the answer to the last.
public final class VoiceSession: Sendable {
    private let engine: any VoiceConversation
    private let state: Mutex<State>

    private struct State {
        var record: VoiceRecord
        /// Which turn is being answered: answers to others are over.
        var turn = 0
        /// The answer as far as it was given; nil between turns.
        var answer: Answer?

        struct Answer {
            var text = ""
            var hasSound = false
        }

        /// Notes the answer as far as it was given, and the engine's name for all of it where it was given whole.
        mutating func endAnswer(_ audio: VoiceRecord.Reference? = nil) {
            guard let answer = answer.take() else { return }
            // What nobody answered was not said.
            guard !answer.text.isEmpty || answer.hasSound else { return record.removeUnanswered() }
            record.addAnswer(text: answer.text, audio: audio)
        }
    }

    /// Begins a conversation, or goes on with one that was kept.
    public init(
        _ engine: any VoiceConversation, _ record: VoiceRecord = VoiceRecord(),
        keeping memory: VoiceRecord.Memory = VoiceRecord.Memory()
    ) {
        self.engine = engine
        var record = record
        record.memory = memory
        state = Mutex(State(record: record))
    }

    /// Tells the engine how to behave from the next turn on.
    public func instruct(_ instructions: String?) { state.withLock { $0.record.instructions = instructions } }

    /// What was said so far.
    public var record: VoiceRecord { state.withLock { $0.record } }

    /// Says something, and gives the answer as it is made.
    ///
    /// - Throws: what is wrong with the clip, and why nobody answers; then nothing was said.
    public func say(
        text: String? = nil, clip: AudioClip? = nil
    ) async throws(RemoteError) -> sending EngineStream<VoiceEvent> {
        let sound = try await Self.sound(clip)
        let (turn, request) = state.withLock { state in
            state.endAnswer()
            state.turn += 1
            state.answer = State.Answer()
            state.record.addUser(text: text, sound: sound)
            return (state.turn, VoiceRequest(turns: state.record.request))
        }
        do throws(RemoteError) {
            return EngineStream(RecordedAnswer(try await engine.answer(request), self, turn))
        } catch {
            end(turn)
            throw error
        }
    }

    private static func sound(_ clip: AudioClip?) async throws(RemoteError) -> SpokenSound? {
        guard let clip else { return nil }
        do throws(AudioError) { return try await SpokenSound(clip) } catch { throw RemoteError(error) }
    }

    fileprivate func isAnswering(_ turn: Int) -> Bool { state.withLock { $0.turn == turn } }

    /// Notes a piece of an answer.
    fileprivate func note(_ event: VoiceEvent, of turn: Int) {
        state.withLock { state in
            guard state.turn == turn else { return }
            switch event {
            case .text(let text): state.answer?.text += text
            case .audio: state.answer?.hasSound = true
            case .audioReference: break
            }
        }
    }

    /// Notes that an answer is over.
    fileprivate func end(_ turn: Int, _ audio: VoiceRecord.Reference? = nil) {
        state.withLock { state in
            if state.turn == turn { state.endAnswer(audio) }
        }
    }
}

/// An answer that is noted as it is given.
private final class RecordedAnswer: EngineSource {
    private var reader: EngineStream<VoiceEvent>.Iterator?
    private let session: VoiceSession
    private let turn: Int
    private var audio: VoiceRecord.Reference?

    init(_ stream: EngineStream<VoiceEvent>, _ session: VoiceSession, _ turn: Int) {
        reader = stream.makeAsyncIterator()
        (self.session, self.turn) = (session, turn)
    }

    // An answer that is left is not what the engine remembers under its name.
    deinit { session.end(turn) }

    func next() async throws(RemoteError) -> VoiceEvent? {
        guard session.isAnswering(turn) else {
            reader = nil
            return nil
        }
        do throws(RemoteError) {
            guard let event = try await reader?.next() else {
                session.end(turn, audio)
                return nil
            }
            if case .audioReference(let id, let end) = event { audio = VoiceRecord.Reference(id: id, expiresAt: end) }
            session.note(event, of: turn)
            return event
        } catch {
            session.end(turn)
            throw error
        }
    }
}
