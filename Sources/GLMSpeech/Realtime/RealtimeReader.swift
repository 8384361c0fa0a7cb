internal import AudioCore
public import Speech

/// A piece of an answer over a call.
public enum RealtimePiece: Sendable {
    /// What the user is understood to have said: a model of its own hears that, at any time, and may be wrong.
    case heard(String)
    /// New text.
    case text(String)
    /// New sound.
    case audio(SpeechChunk)
    /// A tool was asked for, and what came of it.
    case called(RealtimeServerEvent.Call, output: String)
}

/// Does what the model wants done, and says what came of it.
public typealias RealtimePerformer = @Sendable (RealtimeServerEvent.Call) async -> String

/// Puts answer after answer together from the events of a call, and has done what the model wants done.
final class RealtimeReader {
    let call: RealtimeCall
    private let perform: RealtimePerformer?
    private var answer: RealtimeAnswer
    /// Calls whose tools have not been asked yet.
    private var calls: ArraySlice<RealtimeServerEvent.Call> = []
    /// Answers to tools in a row.
    private var rounds = 0
    private var frames = 0
    private var index = 0
    /// The first byte of a sample whose second is still to come.
    private var half: [UInt8] = []
    /// Signs of life since something was said.
    private var heartbeats = 0
    /// Whether the service hears somebody speak.
    private var isSpoken = false

    /// What happens.
    enum Step {
        case piece(RealtimePiece)
        case turnBegan
        case turnEnded
        /// The answer is over, and no other follows by itself.
        case answerEnded(isWhole: Bool)
        case reconnected(reason: String)
        /// The service does not do what was wanted, and the call goes on.
        case refused(RemoteError)
        /// The service has ended the call.
        case over(RemoteError?)
    }

    /// One channel at 24 kHz, whatever came in.
    private static let format = PCMFormat(rate: 24_000, channels: 1)
    /// A model that asks for tools for ever is stopped.
    private static let mostRounds = 16
    /// One comes each half minute: who is silent for two of them will say nothing more.
    private static let mostHeartbeats = 2

    init(_ call: RealtimeCall, _ perform: RealtimePerformer?) {
        (self.call, self.perform) = (call, perform)
        answer = RealtimeAnswer(after: call.formerAnswers)
    }

    /// What happens next; a service that says nothing for too long is given up when somebody waits for it.
    func next(isAwaited: () -> Bool) async throws(RemoteError) -> Step {
        while true {
            if let next = calls.popFirst() { return .piece(try await done(next)) }
            if let ending = answer.ending {
                let fault = answer.fault
                try endAnswer()
                guard calls.isEmpty else { continue }
                rounds = 0
                if case .done(let response) = ending, response.status == "failed" {
                    return .refused(
                        fault.map { RemoteError($0) }
                            ?? RemoteError(.serviceFailed, "the service says that its answer failed, and not why"))
                }
                return .answerEnded(isWhole: ending != .cancelled)
            }
            guard let event = try await call.nextOfAll() else {
                return .over(answer.fault.map { RemoteError($0) })
            }
            do throws(RemoteError) {
                if let step = try step(event.kind, isAwaited) { return step }
            } catch {
                guard case .error = event.kind else { throw error }
                return .refused(error)
            }
        }
    }

    private func step(_ kind: RealtimeServerEvent.Kind, _ isAwaited: () -> Bool) throws(RemoteError) -> Step? {
        guard kind != .heartbeat else {
            heartbeats = isSpoken || isAwaited() ? heartbeats + 1 : 0
            guard heartbeats >= Self.mostHeartbeats else { return nil }
            throw isSpoken ? Self.deadLock : RemoteError(.timedOut, "the service is there, and does not answer")
        }
        heartbeats = 0
        switch kind {
        case .reconnected(let reason):
            answer = RealtimeAnswer(after: [])
            (calls, half, isSpoken) = ([], [], false)
            return .reconnected(reason: reason)
        case .speechStarted:
            isSpoken = true
            return .turnBegan
        case .speechStopped: isSpoken = false
        case .committed: return .turnEnded
        case .other(type: "response.audio.delta", _):
            throw RemoteError(.malformedAnswer, "the service sends sound that is no base64")
        default: break
        }
        return try answer.take(kind).flatMap(piece).map { .piece($0) }
    }

    private static var deadLock: RemoteError {
        RemoteError(
            .timedOut, "the service hears that somebody speaks, and never that it has ended",
            hint: "tell it yourself (turn detection by the client)")
    }

    /// An answer is over when the service says so, whatever of it was missing; tools are asked then.
    private func endAnswer() throws(RemoteError) {
        call.note(answer)
        if answer.ending != .cancelled, perform != nil { calls = answer.calls[...] }
        answer = RealtimeAnswer(after: call.formerAnswers)
        guard !calls.isEmpty else { return }
        rounds += 1
        guard rounds <= Self.mostRounds else {
            throw RemoteError(.serviceFailed, "the model asks for tools without end")
        }
    }

    /// Asks a tool, tells the model, and once all were asked wants its answer.
    private func done(_ wanted: RealtimeServerEvent.Call) async throws(RemoteError) -> RealtimePiece {
        let output = await perform?(wanted) ?? ""
        try await call.send(.create(.output(output, callID: wanted.id)))
        if calls.isEmpty { try await call.send(.respond) }
        return .called(wanted, output: output)
    }

    private func piece(_ piece: RealtimeAnswer.Piece) -> RealtimePiece? {
        switch piece {
        case .heard(let text): .heard(text)
        case .text(let text): .text(text)
        case .sound(let bytes): chunk(of: bytes).map { .audio($0) }
        }
    }

    private func chunk(of bytes: [UInt8]) -> SpeechChunk? {
        let all = half + bytes
        half = Array(all.suffix(all.count % 2))
        let samples = stride(from: 0, to: all.count - 1, by: 2).map {
            Int16(truncatingIfNeeded: Int(all[$0]) | Int(all[$0 + 1]) << 8)
        }
        guard !samples.isEmpty else { return nil }
        defer { (frames, index) = (frames + samples.count, index + 1) }
        return SpeechChunk(
            audio: PCMChunk(format: Self.format, start: MediaTime(frames: frames, rate: 24_000), samples: samples),
            index: index, arrival: .now)
    }
}

/// The pieces of one answer, and of those behind it that tools make necessary.
final class RealtimeAnswerSource: EngineSource {
    private let reader: RealtimeReader
    private var isOver = false

    init(_ reader: RealtimeReader) { self.reader = reader }

    func next() async throws(RemoteError) -> RealtimePiece? {
        while !isOver {
            switch try await reader.next(isAwaited: { true }) {
            case .piece(let piece): return piece
            case .turnBegan, .turnEnded: continue
            case .refused(let error):
                isOver = true
                throw error
            case .answerEnded: isOver = true
            case .reconnected(let reason):
                isOver = true
                throw RemoteError(
                    .endedEarly,
                    "the connection broke (\(reason)) and was made anew; what was said before is lost",
                    mayRetry: true)
            case .over(let fault):
                isOver = true
                throw fault ?? RemoteError(.endedEarly, "the service ended the call before its answer")
            }
        }
        return nil
    }
}
