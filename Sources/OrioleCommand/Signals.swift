internal import Dispatch

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What the command does when the system or the user signals.
enum Signals {
    /// A reader that leaves becomes an error of `write`, which ends the command quietly.
    static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }

    /// Calls back at the first Ctrl-C or request to end; the second one ends the process at once.
    static func onInterrupt(_ body: @escaping @Sendable () -> Void) {
        for number in [SIGINT, SIGTERM, SIGHUP] {
            let former = signal(number, SIG_IGN)
            // What we were started to ignore (nohup, a job in the background), we go on ignoring.
            if unsafe unsafeBitCast(former, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self) { continue }
            let source = DispatchSource.makeSignalSource(signal: number)
            source.setEventHandler {
                signal(number, SIG_DFL)
                body()
                // Kept by its own handler, since it must live as long as the process.
                _ = source
            }
            source.resume()
        }
    }
}
