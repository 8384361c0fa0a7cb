internal import AudioCore
internal import Dispatch
internal import Platform
internal import Synchronization

/// Plays an answer as it comes, by a program that this machine has; it can be silenced in the middle of a word.
///
/// What is written to a full pipe waits, so that is done on a queue of its own.
final class LoudSpeaker: Sendable {
    private let queue = DispatchQueue(label: "oriole.loudspeaker")
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var child: ChildProcess?
        var pipe: PipeEnd?
        var isSilent = false
    }

    /// Where the program reads from; it ends there when this goes away.
    private final class PipeEnd: Sendable {
        let file: OpenFile

        init(_ file: consuming OpenFile) { self.file = file }
    }

    /// Begins to play.
    ///
    /// - Throws: `missingProgram` with what to install.
    init(_ format: PCMFormat) throws(CommandError) {
        let program = try SoundProgram.player(format)
        do throws(SystemError) {
            let pipe = try Pipe()
            let child = try ChildProcess(program.name, at: program.path, arguments: program.arguments, reading: pipe)
            state = Mutex(State(child: consume child, pipe: PipeEnd(pipe.takeWriting())))
        } catch {
            throw CommandError(AudioError(error))
        }
    }

    /// Plays samples behind those before them, and waits while the program has enough.
    func play(_ samples: [Int16]) async {
        let bytes = samples.littleEndianBytes
        await withCheckedContinuation { written in
            queue.async { [self] in
                write(bytes)
                written.resume()
            }
        }
    }

    /// Plays no more, at once.
    func silence() {
        // The program goes away, and with it whoever waits for its pipe.
        let child = state.withLock { state -> ChildProcess? in
            state.isSilent = true
            return state.child.take()
        }
        _ = consume child
    }

    /// Waits until all is played.
    func finish() async {
        await withCheckedContinuation { written in queue.async { written.resume() } }
        let child = state.withLock { state -> ChildProcess? in
            state.pipe = nil
            return state.child.take()
        }
        if let child { _ = try? await child.finish() }
    }

    private func write(_ bytes: [UInt8]) {
        let pipe = state.withLock { $0.isSilent ? nil : $0.pipe }
        try? pipe?.file.write(bytes.span)
    }
}
