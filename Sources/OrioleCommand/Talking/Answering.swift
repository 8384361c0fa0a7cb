internal import AudioCore
internal import Synchronization

/// An answer while it is given and played.
final class Answering: Sendable {
    /// What is answered.
    let question: [Float]
    private let talk: AnswerTalk
    private let state = Mutex(State())

    private struct State {
        var task: Task<Result<Void, CommandError>, Never>?
        var speaker: LoudSpeaker?
        var isOver = false
        /// Whether anything of it was given.
        var hasBegun = false
        /// Whether words stand in a line that has not ended.
        var isLineOpen = false
    }

    init(to question: [Float], _ talk: AnswerTalk) { (self.question, self.talk) = (question, talk) }

    /// Begins to give it; what it fails with is told at once, unless it was interrupted.
    func begin(
        _ give: @escaping @Sendable () async throws(CommandError) -> Void,
        whenFailed: @escaping @Sendable (CommandError) -> Void
    ) {
        let task = Task { [self] () -> Result<Void, CommandError> in
            do throws(CommandError) {
                try await give()
                return .success(())
            } catch {
                endLine()
                if !state.withLock({ $0.isOver }) { whenFailed(error) }
                return .failure(error)
            }
        }
        state.withLock { $0.task = task }
    }

    /// Tells words of it.
    func tell(_ words: String) throws(CommandError) {
        let isWanted = state.withLock { state in
            guard !state.isOver else { return false }
            (state.hasBegun, state.isLineOpen) = (true, true)
            return true
        }
        if isWanted { try talk.tell(words) }
    }

    /// Plays more of it, at the pace of the loudspeaker.
    func play(_ audio: PCMChunk<Int16>) async throws(CommandError) {
        let speaker = try state.withLock { state throws(CommandError) -> LoudSpeaker? in
            guard !state.isOver else { return nil }
            state.hasBegun = true
            if state.speaker == nil { state.speaker = try LoudSpeaker(audio.format) }
            return state.speaker
        }
        await speaker?.play(audio.samples)
    }

    /// Waits until what there is is played.
    func finishPlaying() async {
        endLine()
        await state.withLock { $0.speaker }?.finish()
    }

    /// Ends it in the middle of a word.
    ///
    /// - Returns: the question, if nothing of its answer was given.
    func interrupt() async -> [Float] {
        let (task, speaker) = state.withLock { state in
            state.isOver = true
            return (state.task, state.speaker)
        }
        task?.cancel()
        speaker?.silence()
        _ = await task?.value
        endLine()
        return state.withLock { $0.hasBegun } ? [] : question
    }

    /// Waits for its end.
    ///
    /// - Throws: what it failed with.
    func finish() async throws(CommandError) { try await state.withLock { $0.task }?.value.get() }

    private func endLine() {
        let isOpen = state.withLock { state in
            defer { state.isLineOpen = false }
            return state.isLineOpen
        }
        if isOpen { try? talk.tell("\n") }
    }
}
