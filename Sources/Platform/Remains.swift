internal import Synchronization

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What would be left behind if the process ended at this moment: programs that run for it, and temporary files.
package enum Remains {
    private static let state = Mutex(State())

    private struct State {
        var leaders: Set<pid_t> = []
        var paths: Set<String> = []
    }

    static func add(leader: pid_t) { state.withLock { _ = $0.leaders.insert(leader) } }
    static func remove(leader: pid_t) { state.withLock { _ = $0.leaders.remove(leader) } }
    static func add(path: String) { state.withLock { _ = $0.paths.insert(path) } }
    static func remove(path: String) { state.withLock { _ = $0.paths.remove(path) } }

    /// Kills and removes all of it, for a process that ends without winding up.
    package static func clear() {
        let remains = state.withLock { $0 }
        for leader in remains.leaders { _ = systemKill(-leader, SIGKILL) }
        for path in remains.paths { _ = unsafe unlink(path) }
    }
}
