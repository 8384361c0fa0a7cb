internal import Platform
internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What the command does when the system or the user signals.
enum Signals {
    /// A reader that leaves becomes an error of `write`, which ends the command quietly.
    static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    /// Leaves Ctrl-C and requests to end to whoever waits for them, and returns those.
    ///
    /// To be called before there is another thread: those that come later leave the signals alone too, so that none is lost,
    /// however early it comes.
    static func hold() -> sigset_t {
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        // What we were started to ignore (nohup, a job in the background), we go on ignoring.
        for number in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(number) { unsafe sigaddset(&signals, number) }
        unsafe pthread_sigmask(SIG_BLOCK, &signals, nil)
        return signals
    }

    private static func isIgnored(_ number: Int32) -> Bool {
        let former = signal(number, SIG_IGN)
        if unsafe unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { return true }
        signal(number, former)
        return false
    }

    /// What the first signal does instead, where what has come so far is worth ending well.
    private static let gentleEnd = Mutex<(@Sendable () -> Void)?>(nil)

    /// Makes the first signal end standard input: who reads it sees its end, and finishes what it has.
    static func endInputFirst() {
        gentleEnd.withLock { end in
            end = {
                let nothing = unsafe open("/dev/null", O_RDONLY)
                if nothing >= 0 { dup2(nothing, 0) }
            }
        }
    }

    /// Waits for the signals: the first raises the interruption, the second ends the process at once.
    static func wait(for signals: sigset_t, raising interruption: Interruption) -> Never {
        var signals = signals
        var number: Int32 = 0
        unsafe sigwait(&signals, &number)
        if let end = gentleEnd.withLock({ $0 }) {
            end()
            unsafe sigwait(&signals, &number)
        }
        interruption.raise()
        unsafe sigwait(&signals, &number)
        Remains.clear()
        _exit(ExitCode.interrupted.number)
    }
}

/// The work that the first signal ends, whether it comes before the work or in the middle of it.
final class Interruption: Sendable {
    private let state = Mutex(State())

    private struct State {
        var isRaised = false
        var work: Task<ExitCode, Never>?
    }

    func raise() {
        let work = state.withLock { state in
            state.isRaised = true
            return state.work
        }
        work?.cancel()
    }

    /// Runs work that can be ended from now on.
    func run(_ body: @escaping @Sendable () async -> ExitCode) async -> ExitCode {
        let work = Task { await body() }
        let isRaised = state.withLock { state in
            state.work = work
            return state.isRaised
        }
        if isRaised { work.cancel() }
        return await work.value
    }
}
