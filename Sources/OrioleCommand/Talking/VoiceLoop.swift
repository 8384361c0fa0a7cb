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
        try await untilFailure { failed async throws(CommandError) in try await listen(failed) }
    }

    private func listen(_ failed: @escaping @Sendable (CommandError) -> Void) async throws(CommandError) {
        var microphone = try Microphone()
        var cutter = TurnCutter()
        var turn: [Float] = []
        var answering: Answering?
        do throws(CommandError) {
            while let samples = try await microphone.next() {
                for event in cutter.add(samples) {
                    switch event {
                    // Who goes on before anything was answered has not ended.
                    case .began: turn = await answering.take()?.interrupt() ?? []
                    case .sound(let sound): turn += sound
                    case .ended: answering = answer(to: turn, failed)
                    }
                }
            }
            if cutter.isInTurn { answering = answer(to: turn, failed) }
            try await answering.take()?.finish()
            try await microphone.finish()
        } catch {
            _ = await answering.take()?.interrupt()
            throw error
        }
    }

    /// Listens until an answer fails for a reason that will not go away; another failure is told, and the conversation goes on.
    private func untilFailure(
        _ listen: @escaping @Sendable (@escaping @Sendable (CommandError) -> Void) async throws(CommandError) -> Void
    ) async throws(CommandError) {
        let (failures, failure) = AsyncStream<CommandError>.makeStream()
        let talk = talk
        let listening = Task { () -> Result<Void, CommandError> in
            do throws(CommandError) {
                try await listen { error in
                    if error.code == .serviceFailed {
                        talk.note("note: \(error.message)")
                    } else {
                        failure.yield(error)
                    }
                }
                failure.finish()
                return .success(())
            } catch {
                failure.finish()
                return .failure(error)
            }
        }
        let fatal = await withTaskCancellationHandler {
            for await error in failures { return Optional(error) }
            return nil
        } onCancel: {
            listening.cancel()
        }
        if fatal != nil { listening.cancel() }
        let outcome = await listening.value
        if let fatal { throw fatal }
        try outcome.get()
    }

    // MARK: - By a key

    private func runByKey() async throws(CommandError) {
        talk.note("Enter begins a turn, Enter ends it; Ctrl-C ends")
        try await untilFailure { failed async throws(CommandError) in try await listenByKey(failed) }
    }

    private func listenByKey(_ failed: @escaping @Sendable (CommandError) -> Void) async throws(CommandError) {
        var lines = KeyPresses().makeAsyncIterator()
        var answering: Answering?
        while await lines.next(isolation: #isolation) != nil {
            _ = await answering.take()?.interrupt()
            let turn = try await record(until: &lines)
            if !turn.isEmpty { answering = answer(to: turn, failed) }
        }
        guard !Task.isCancelled else {
            _ = await answering.take()?.interrupt()
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

    private func answer(
        to turn: [Float], _ failed: @escaping @Sendable (CommandError) -> Void
    ) -> Answering {
        let clip = AudioClip.samples(
            PCMChunk(format: Microphone.format, start: MediaTime(frames: 0, rate: 16_000), samples: turn))
        let answering = Answering(to: turn, talk)
        answering.begin(
            { () async throws(CommandError) in
                try await answer(to: clip, answering)
                try keep(session.record)
            }, whenFailed: failed)
        return answering
    }

    private func answer(to clip: AudioClip, _ answering: Answering) async throws(CommandError) {
        let session = session
        var events = try await withEngineErrors { () async throws(RemoteError) in try await session.say(clip: clip) }
            .makeAsyncIterator()
        while let event = try await withEngineErrors({ () async throws(RemoteError) in try await events.next() }) {
            switch event {
            case .text(let text): try answering.tell(text)
            case .audio(let chunk): try await answering.play(chunk.audio)
            case .audioReference: break
            }
        }
        await answering.finishPlaying()
    }
}
