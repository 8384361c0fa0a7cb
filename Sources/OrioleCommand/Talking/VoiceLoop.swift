internal import AudioCore
internal import Platform
internal import Speech

/// A conversation with the microphone and the loudspeaker, turn after turn.
///
/// Turns are told by voice activity, and speech into an answer ends it; or by a key, which is pressed before and behind them.
struct VoiceLoop {
    let session: VoiceSession
    let talk: AnswerTalk
    /// Keeps the conversation, after each answer.
    let keep: @Sendable (VoiceRecord) throws(CommandError) -> Void

    /// Converses until the microphone ends, or the task does.
    func run(waitsForKey: Bool) async throws(CommandError) {
        // What is missing is told before anybody speaks.
        _ = try SoundProgram.recorder()
        _ = try SoundProgram.player(PCMFormat(rate: 24_000, channels: 1))
        if waitsForKey { try await runByKey() } else { try await runByVoice() }
    }

    // MARK: - By voice

    private func runByVoice() async throws(CommandError) {
        talk.note("speak; Ctrl-C ends")
        var microphone = try Microphone()
        var cutter = TurnCutter()
        var turn: [Float] = []
        var answering: Answering?
        do throws(CommandError) {
            while let samples = try await microphone.next() {
                for event in cutter.add(samples) {
                    switch event {
                    case .began: await answering.take()?.interrupt()
                    case .sound(let sound): turn += sound
                    case .ended:
                        answering = answer(to: turn)
                        turn = []
                    }
                }
            }
            if cutter.isInTurn { answering = answer(to: turn) }
            try await answering.take()?.finish()
            try await microphone.finish()
        } catch {
            await answering.take()?.interrupt()
            throw error
        }
    }

    // MARK: - By a key

    private func runByKey() async throws(CommandError) {
        talk.note("Enter begins a turn, Enter ends it; Ctrl-C ends")
        var lines = KeyPresses().makeAsyncIterator()
        var answering: Answering?
        while await lines.next(isolation: #isolation) != nil {
            await answering.take()?.interrupt()
            let turn = try await record(until: &lines)
            if !turn.isEmpty { answering = answer(to: turn) }
        }
        guard !Task.isCancelled else {
            await answering.take()?.interrupt()
            throw CommandError(.interrupted, "interrupted")
        }
        try await answering.take()?.finish()
    }

    /// What is said until the key is pressed again, or the microphone ends.
    private func record(until lines: inout KeyPresses.AsyncIterator) async throws(CommandError) -> [Float] {
        talk.note("listening")
        let recording = Task { await Self.recorded() }
        _ = await lines.next(isolation: #isolation)
        recording.cancel()
        return try await recording.value.get()
    }

    /// What is said until the task is cancelled, or the microphone ends.
    private static func recorded() async -> Result<[Float], CommandError> {
        var turn: [Float] = []
        do throws(CommandError) {
            var microphone = try Microphone()
            while let samples = try await microphone.next() { turn += samples }
            try await microphone.finish()
        } catch {
            guard error.code == .interrupted else { return .failure(error) }
        }
        return .success(turn)
    }

    // MARK: - Answers

    private func answer(to turn: [Float]) -> Answering {
        let clip = AudioClip.samples(
            PCMChunk(format: Microphone.format, start: MediaTime(frames: 0, rate: 16_000), samples: turn))
        let answering = Answering()
        answering.begin { () async throws(CommandError) in
            try await answer(to: clip, answering)
            try keep(session.record)
        }
        return answering
    }

    private func answer(to clip: AudioClip, _ answering: Answering) async throws(CommandError) {
        let session = session
        var events = try await withEngineErrors { () async throws(RemoteError) in try await session.say(clip: clip) }
            .makeAsyncIterator()
        while let event = try await withEngineErrors({ () async throws(RemoteError) in try await events.next() }) {
            switch event {
            case .text(let text): try talk.tell(text)
            case .audio(let chunk): try answering.play(chunk.audio)
            case .audioReference: break
            }
        }
        try talk.tell("\n")
        await answering.finishPlaying()
    }
}
