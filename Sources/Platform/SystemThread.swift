#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Threads that nobody waits for, for what blocks: tasks share a pool that must not.
package enum SystemThread {
    /// Starts a thread, under a name that tools show.
    package static func start(_ name: String, _ body: sending @escaping () -> Void) throws(SystemError) {
        let start = unsafe Unmanaged.passRetained(ThreadStart(name, body))
        let status = unsafe create(start.toOpaque())
        guard status == 0 else {
            unsafe start.release()
            throw SystemError("pthread_create", number: status, subject: "the thread \(name)")
        }
    }

    private static func create(_ argument: UnsafeMutableRawPointer) -> Int32 {
        #if canImport(Glibc)
            var thread = pthread_t()
            let status = unsafe pthread_create(&thread, nil, enterThread, argument)
            if status == 0 { pthread_detach(thread) }
        #else
            var thread: pthread_t?
            let status = unsafe pthread_create(&thread, nil, enterThread, argument)
            if status == 0, let thread = unsafe thread { unsafe pthread_detach(thread) }
        #endif
        return status
    }
}

/// What a thread begins with.
private final class ThreadStart {
    private let name: String
    private let body: () -> Void

    init(_ name: String, _ body: @escaping () -> Void) {
        self.name = name
        self.body = body
    }

    func run() {
        #if canImport(Glibc)
            // Glibc's own function is hidden from Swift; a thread without a name works as well.
            try? OpenFile("/proc/thread-self/comm", flags: O_WRONLY).write(Array(name.utf8).span)
        #else
            _ = unsafe pthread_setname_np(name)
        #endif
        body()
    }
}

/// Where a thread begins; a function of its own, since the compiler crashes over a closure here.
private func enterThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    if let argument = unsafe argument { unsafe Unmanaged<ThreadStart>.fromOpaque(argument).takeRetainedValue().run() }
    return nil
}
