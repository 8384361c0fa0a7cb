internal import AudioCore
internal import Synchronization

/// An answer while it is given and played.
final class Answering: Sendable {
    private let state = Mutex(State())

    private struct State {
        var task: Task<Result<Void, CommandError>, Never>?
        var speaker: LoudSpeaker?
        var isOver = false
    }

    /// Begins to give it.
    func begin(_ give: @escaping @Sendable () async throws(CommandError) -> Void) {
        let task = Task { () -> Result<Void, CommandError> in
            do throws(CommandError) { return .success(try await give()) } catch { return .failure(error) }
        }
        state.withLock { $0.task = task }
    }

    /// Plays more of it.
    func play(_ audio: PCMChunk<Int16>) throws(CommandError) {
        let speaker = try state.withLock { state throws(CommandError) -> LoudSpeaker? in
            guard !state.isOver else { return nil }
            if state.speaker == nil { state.speaker = try LoudSpeaker(audio.format) }
            return state.speaker
        }
        speaker?.play(audio.samples)
    }

    /// Waits until what there is is played.
    func finishPlaying() async { await state.withLock { $0.speaker }?.finish() }

    /// Ends it in the middle of a word.
    func interrupt() async {
        let (task, speaker) = state.withLock { state in
            state.isOver = true
            return (state.task, state.speaker)
        }
        task?.cancel()
        speaker?.silence()
        _ = await task?.value
    }

    /// Waits for its end.
    ///
    /// - Throws: what it failed with.
    func finish() async throws(CommandError) { try await state.withLock { $0.task }?.value.get() }
}
