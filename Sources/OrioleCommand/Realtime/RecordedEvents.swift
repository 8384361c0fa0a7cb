internal import AudioCore
internal import Platform
internal import Synchronization

/// Everything that is said over a call, a line for each event, written as it is said; the file has its name once the call has ended,
/// however it did.
final class RecordedEvents: Sendable {
    private let state: Mutex<State>

    private struct State: ~Copyable {
        var file: OutputFile?
        var isEmpty = true
        var failure: SystemError?
    }

    /// Begins the file, under another name.
    init(path: String) throws(CommandError) {
        do throws(SystemError) {
            state = Mutex(State(file: try OutputFile(path)))
        } catch {
            throw CommandError(AudioError(error))
        }
    }

    /// Notes an event; line ends in it, which JSON allows between its members, become blanks.
    func note(isFromService: Bool, _ json: [UInt8]) {
        let line =
            Array("{\"from\":\"\(isFromService ? "service" : "client")\",\"event\":".utf8)
            + json.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 } + Array("}\n".utf8)
        state.withLock { state in
            state.isEmpty = false
            do throws(SystemError) {
                try state.file?.write(line.span)
            } catch {
                state.failure = state.failure ?? error
            }
        }
    }

    /// Gives the file its name, unless nothing was said.
    func finish() throws(CommandError) {
        let failure = state.withLock { state -> SystemError? in
            let file = state.file.take()
            guard state.failure == nil, !state.isEmpty, let file else { return state.failure }
            do throws(SystemError) { try file.commit() } catch { return error }
            return nil
        }
        if let failure { throw CommandError(AudioError(failure)) }
    }
}
