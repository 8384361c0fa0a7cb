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

/// How fast sound goes out.
public enum RealtimePace: String, Hashable, Sendable, CaseIterable {
    /// As it would be spoken.
    case spoken
    /// As fast as the service takes it: it drops what comes more than 50 times a second.
    case fast
}

extension RealtimeCall {
    /// The longest turn that the service takes at once.
    public static let longestTurn = Duration.seconds(30)

    /// Says a recording and asks for an answer.
    ///
    /// - Throws: what is wrong with the recording, and what has ended the call.
    public func say(_ clip: AudioClip, at pace: RealtimePace = .fast) async throws(RemoteError) {
        let frames = try await frames(of: clip)
        let gap = pace == .spoken ? Self.frame : Self.shortestGap
        var due = ContinuousClock.now
        for frame in frames {
            if due > .now {
                guard (try? await Task.sleep(until: due)) != nil else {
                    throw RemoteError(.cancelled, "the task was cancelled")
                }
            }
            due = max(due, .now) + gap
            try await send(.append(bytes(of: frame)))
        }
        try await send(.commit)
        try await send(.respond)
    }

    /// Says something in writing and asks for an answer.
    public func say(_ text: String) async throws(RemoteError) {
        try await send(.create(.user(text)))
        try await send(.respond)
    }

    /// The answer to what was said last, as it comes; what the model wants done is done by the one that is given.
    ///
    /// A reader that leaves ends its listening; ``interrupt()`` ends the answer.
    public func answer(
        calling perform: (@Sendable (RealtimeServerEvent.Call) async -> String)? = nil
    ) -> EngineStream<RealtimePiece> {
        EngineStream(RealtimeAnswerSource(self, perform))
    }

    /// Ends the answer that is being given: what still comes of it is left out of the next.
    public func interrupt() async throws(RemoteError) { try await send(.cancel) }

    private static let frame = Duration.milliseconds(100)
    /// A little more than a fiftieth of a second.
    private static let shortestGap = Duration.milliseconds(21)

    private var inputRate: Int {
        if case .pcm(let rate) = settings.inputFormat { rate } else { 16_000 }
    }

    /// Pieces of a tenth of a second.
    private func frames(of clip: AudioClip) async throws(RemoteError) -> [ArraySlice<Float>] {
        let rate = inputRate
        let most = rate * Int(Self.longestTurn / .seconds(1))
        var samples: [Float] = []
        do throws(AudioError) {
            try await clip.read(as: PCMFormat(rate: rate, channels: 1)) { chunk throws(AudioError) in
                samples += chunk.samples
                guard samples.count <= most else {
                    throw AudioError(
                        .limitExceeded, "the service takes \(Self.longestTurn) of sound at once",
                        remedy: "a shorter recording")
                }
            }
        } catch {
            throw RemoteError(error)
        }
        return stride(from: 0, to: samples.count, by: rate / 10).map {
            samples[$0..<min($0 + rate / 10, samples.count)]
        }
    }

    private func bytes(of frame: ArraySlice<Float>) -> [UInt8] {
        let samples = Array(frame)
        guard settings.inputFormat != .wave else {
            return WAVWriter.file(
                of: samples.span, format: PCMFormat(rate: inputRate, channels: 1), encoding: .signed16)
        }
        var bytes: [UInt8] = []
        PCMEncoder(.signed16).encode(samples.span, appendingTo: &bytes)
        return bytes
    }
}

/// The pieces of an answer, and of those behind it that tools make necessary.
private final class RealtimeAnswerSource: EngineSource {
    private let call: RealtimeCall
    private let perform: (@Sendable (RealtimeServerEvent.Call) async -> String)?
    private var answer: RealtimeAnswer
    /// Calls whose tools have not been asked yet.
    private var calls: ArraySlice<RealtimeServerEvent.Call> = []
    private var isOver = false
    private var frames = 0
    private var index = 0
    /// The first byte of a sample whose second is still to come.
    private var half: [UInt8] = []

    /// One channel at 24 kHz, whatever came in.
    private static let format = PCMFormat(rate: 24_000, channels: 1)
    /// Answers to tools in a row: a model that asks for ever is stopped.
    private static let mostRounds = 16
    private var rounds = 0

    init(_ call: RealtimeCall, _ perform: (@Sendable (RealtimeServerEvent.Call) async -> String)?) {
        (self.call, self.perform) = (call, perform)
        answer = RealtimeAnswer(after: call.formerAnswers)
    }

    func next() async throws(RemoteError) -> RealtimePiece? {
        while !isOver {
            if let next = calls.popFirst() { return try await done(next) }
            guard answer.ending == nil else {
                try endAnswer()
                continue
            }
            guard let event = try await call.next() else {
                throw answer.fault.map { RemoteError($0) }
                    ?? RemoteError(.endedEarly, "the service ended the call before its answer")
            }
            guard let piece = try answer.take(event.kind) else { continue }
            switch piece {
            case .heard(let text): return .heard(text)
            case .text(let text): return .text(text)
            case .sound(let bytes): if let chunk = chunk(of: bytes) { return .audio(chunk) }
            }
        }
        return nil
    }

    /// An answer is over when the service says so, whatever of it was missing; tools are asked then.
    private func endAnswer() throws(RemoteError) {
        call.note(answer)
        if answer.ending != .cancelled, perform != nil { calls = answer.calls[...] }
        guard !calls.isEmpty else {
            isOver = true
            return
        }
        rounds += 1
        guard rounds <= Self.mostRounds else {
            throw RemoteError(.serviceFailed, "the model asks for tools without end")
        }
        answer = RealtimeAnswer(after: call.formerAnswers)
    }

    /// Asks a tool, tells the model, and once all were asked wants its answer.
    private func done(_ wanted: RealtimeServerEvent.Call) async throws(RemoteError) -> RealtimePiece {
        let output = await perform?(wanted) ?? ""
        try await call.send(.create(.output(output, callID: wanted.id)))
        if calls.isEmpty { try await call.send(.respond) }
        return .called(wanted, output: output)
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
