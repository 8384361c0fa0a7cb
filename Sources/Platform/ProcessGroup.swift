internal import Dispatch
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What one wait on a program's pipes brought.
struct PipeTurn: Sendable {
    var output: [UInt8] = []
    var errors: [UInt8] = []
    var outputEnded = false
    var errorsEnded = false
    var failure: ChildProcess.Failure?
}

/// A program and its children, killed and waited for when it goes away.
///
/// It is a class, so that a task's cancellation handler can reach it while the task waits.
final class ProcessGroup: Sendable {
    private let leader: pid_t
    private let queue = DispatchQueue(label: "oriole.child-process")
    private let state = Mutex(State())

    private struct State: ~Copyable {
        var isReaped = false
        var isCancelled = false
        /// The write end of the pipe that ends a wait early.
        var alarm: Pipe?
    }

    init(leader: pid_t) {
        self.leader = leader
        Remains.add(leader: leader)
    }

    deinit {
        kill()
        Remains.remove(leader: leader)
        var status: Int32 = 0
        state.withLock { state in
            if !state.isReaped { while unsafe waitpid(leader, &status, 0) < 0 && errno == EINTR {} }
        }
    }

    /// Kills the program and whatever it started, unless it has ended already.
    func kill() {
        state.withLock { state in
            guard !state.isReaped else { return }
            signalGroup(SIGKILL)
        }
    }

    private func signalGroup(_ signal: Int32) { _ = systemKill(-leader, signal) }
}

// MARK: - Waiting for output

extension ProcessGroup {
    /// Waits until one of the pipes has something, ends, the deadline passes or the task is cancelled.
    func watch(output: Int32?, errors: Int32?, until deadline: ContinuousClock.Instant) async -> PipeTurn {
        let alarm: Int32
        do throws(ChildProcess.Failure) {
            alarm = try armed()
        } catch {
            return PipeTurn(failure: error)
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { waiting in
                queue.async {
                    waiting.resume(returning: Self.poll(output, errors, alarm: alarm, until: deadline))
                }
            }
        } onCancel: {
            ring()
        }
    }

    /// The read end of the alarm, which cancellation rings.
    private func armed() throws(ChildProcess.Failure) -> Int32 {
        try state.withLock { state throws(ChildProcess.Failure) in
            guard !state.isCancelled else { throw .cancelled }
            if let descriptor = state.alarm?.reading.descriptor { return descriptor }
            do throws(SystemError) {
                let alarm = try Pipe()
                let descriptor = alarm.reading.descriptor
                state.alarm = consume alarm
                return descriptor
            } catch {
                throw .system(error)
            }
        }
    }

    private func ring() {
        state.withLock { state in
            state.isCancelled = true
            let note: [UInt8] = [0]
            try? state.alarm?.writing.write(note.span)
        }
    }

    private static func poll(
        _ output: Int32?, _ errors: Int32?, alarm: Int32, until deadline: ContinuousClock.Instant
    ) -> PipeTurn {
        var watched = [output ?? -1, errors ?? -1, alarm].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        repeat {
            let left = max(ContinuousClock.now.duration(to: deadline), .zero)
            let milliseconds = left > .zero ? min(left / .milliseconds(1) + 1, Double(Int32.max)) : 0
            let count = unsafe watched.withUnsafeMutableBufferPointer { list in
                unsafe systemPoll(list.baseAddress, nfds_t(list.count), Int32(milliseconds))
            }
            // A program that ended in time is not late because its reader is; one that still writes is.
            if count > 0, left > .zero || hasEnded(watched) { break }
            guard left > .zero else { return PipeTurn(failure: .timedOut(after: left)) }
        } while true
        return turn(after: watched)
    }

    /// Whether nobody writes any more into the pipe that is waited for.
    private static func hasEnded(_ watched: [pollfd]) -> Bool {
        let pipe = watched[0].fd >= 0 ? watched[0] : watched[1]
        return pipe.revents & Int16(POLLHUP) != 0
    }

    private static func turn(after watched: [pollfd]) -> PipeTurn {
        var turn = PipeTurn()
        guard watched[2].revents == 0 else { return PipeTurn(failure: .cancelled) }
        do throws(SystemError) {
            if watched[0].revents != 0 { turn.outputEnded = try take(watched[0].fd, into: &turn.output) == 0 }
            if watched[1].revents != 0 { turn.errorsEnded = try take(watched[1].fd, into: &turn.errors) == 0 }
        } catch {
            turn.failure = .system(error)
        }
        return turn
    }

    private static func take(_ descriptor: Int32, into buffer: inout [UInt8]) throws(SystemError) -> Int {
        try OpenFile(descriptor: descriptor, name: "a pipe from a program", closing: false)
            .read(upTo: 65_536, appendingTo: &buffer)
    }
}

// MARK: - Waiting for the end

extension ProcessGroup {
    /// Waits for the leader, kills the group when it takes too long, and returns its exit status.
    func wait(until deadline: ContinuousClock.Instant) async -> Int32? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { waiting in
                queue.async { waiting.resume(returning: self.reap(until: deadline)) }
            }
        } onCancel: {
            kill()
        }
    }

    private func reap(until deadline: ContinuousClock.Instant) -> Int32? {
        var pause: UInt32 = 200
        while true {
            if let status = reapNow() { return Self.exitStatus(of: status) }
            if ContinuousClock.now >= deadline { kill() }
            usleep(pause)
            pause = min(pause * 2, 20_000)
        }
    }

    /// The wait status of the leader once it has ended.
    private func reapNow() -> Int32? {
        state.withLock { state in
            guard hasEnded else { return nil }
            // The leader is gone; what it may have started and left is not ours to leave behind. Until it is waited
            // for, the group's number cannot be given to another.
            signalGroup(SIGKILL)
            var status: Int32 = 0
            while unsafe waitpid(leader, &status, 0) < 0 {
                if errno != EINTR {
                    status = SIGKILL
                    break
                }
            }
            state.isReaped = true
            Remains.remove(leader: leader)
            return status
        }
    }

    /// Whether the leader has ended, asked without taking its status.
    private var hasEnded: Bool {
        var what = unsafe siginfo_t()
        let result = unsafe waitid(P_PID, id_t(leader), &what, WEXITED | WNOHANG | WNOWAIT)
        return result == 0 ? unsafe what.si_signo != 0 : errno != EINTR
    }

    /// The exit status within a wait status (POSIX WIFEXITED and WEXITSTATUS), nil after a signal.
    private static func exitStatus(of status: Int32) -> Int32? {
        status & 0x7F == 0 ? status >> 8 & 0xFF : nil
    }
}
