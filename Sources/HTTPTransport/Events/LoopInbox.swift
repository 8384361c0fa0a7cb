package import Platform
internal import Synchronization

/// What others leave for the event thread, and the alarm that wakes it.
final class LoopInbox: Sendable {
    /// Becomes readable when the thread sleeps and something came.
    let alarm: Alarm
    private let state = Mutex(Contents())

    struct Contents {
        var commands: [EventLoop.Command] = []
        var jobs: [UnownedJob] = []
        /// Nobody will leave anything more.
        var isClosed = false
        fileprivate var isAsleep = false

        mutating func removeAll() {
            commands.removeAll(keepingCapacity: true)
            jobs.removeAll(keepingCapacity: true)
        }
    }

    init() throws(SystemError) { alarm = try Alarm() }

    func add(_ command: EventLoop.Command) { put { $0.commands.append(command) } }

    func add(_ job: UnownedJob) { put { $0.jobs.append(job) } }

    func close() { put { $0.isClosed = true } }

    private func put(_ change: (inout Contents) -> Void) {
        let mustWake = state.withLock { contents in
            change(&contents)
            defer { contents.isAsleep = false }
            return contents.isAsleep
        }
        if mustWake { alarm.ring() }
    }

    /// Exchanges the contents for empty lists, which keep their memory.
    func take(into contents: inout Contents) {
        contents.removeAll()
        state.withLock { state in
            contents.isClosed = state.isClosed
            swap(&state.commands, &contents.commands)
            swap(&state.jobs, &contents.jobs)
        }
    }

    /// Notes that the thread goes to sleep, unless there is something to do.
    func mayFallAsleep() -> Bool {
        state.withLock { state in
            state.isAsleep = state.commands.isEmpty && state.jobs.isEmpty && !state.isClosed
            return state.isAsleep
        }
    }

    /// Notes that the thread is awake: what comes now needs no alarm.
    func noteAwake() { state.withLock { $0.isAsleep = false } }
}

/// A pipe that wakes a thread which waits for descriptors.
package final class Alarm: Sendable {
    private let pipe: Pipe

    package init() throws(SystemError) { pipe = try Pipe() }

    package var descriptor: Int32 { pipe.reading.descriptor }

    package func ring() {
        let note: [UInt8] = [0]
        try? pipe.writing.write(note.span)
    }

    /// Takes the ring away, after the descriptor became readable.
    package func silence() {
        var notes: [UInt8] = []
        _ = try? pipe.reading.read(upTo: 64, appendingTo: &notes)
    }
}
