internal import CCurl
internal import Platform

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The turns of the event thread: what others left, then what the sockets bring.
enum EventThread {
    /// What the thread begins with.
    @safe
    private final class Start {
        let inbox: LoopInbox
        let executor: UnownedTaskExecutor
        let driver: TransferDriver

        init(_ inbox: LoopInbox, _ executor: UnownedTaskExecutor, _ driver: TransferDriver) {
            self.inbox = inbox
            unsafe self.executor = executor
            self.driver = driver
        }
    }

    /// What tools call the thread.
    static let name = "oriole-events"

    static func start(
        _ inbox: LoopInbox, executor: UnownedTaskExecutor, waitingBy wait: SocketWait
    ) throws(SystemError) {
        let driver = try TransferDriver(inbox.alarm, waitingBy: wait)
        let start = unsafe Unmanaged.passRetained(unsafe Start(inbox, executor, driver))
        let status = unsafe create(start.toOpaque())
        guard status == 0 else {
            unsafe start.release()
            throw SystemError("pthread_create", number: status, subject: "the event thread")
        }
    }

    /// Creates a thread that nobody waits for.
    private static func create(_ argument: UnsafeMutableRawPointer) -> Int32 {
        #if canImport(Glibc)
            var thread = pthread_t()
            let status = unsafe pthread_create(&thread, nil, enterEventThread, argument)
            if status == 0 { pthread_detach(thread) }
        #else
            var thread: pthread_t?
            let status = unsafe pthread_create(&thread, nil, enterEventThread, argument)
            if status == 0, let thread = unsafe thread { unsafe pthread_detach(thread) }
        #endif
        return status
    }

    fileprivate static func enter(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument = unsafe argument else { return nil }
        #if os(Linux)
            unsafe oriole_name_thread(name)
        #endif
        let start = unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue()
        unsafe run(start.inbox, executor: start.executor, driver: start.driver)
        return nil
    }

    private static func run(_ inbox: LoopInbox, executor: UnownedTaskExecutor, driver: TransferDriver) {
        var contents = LoopInbox.Contents()
        while true {
            inbox.take(into: &contents)
            for command in contents.commands { driver.perform(command) }
            for job in contents.jobs { unsafe job.runSynchronously(on: executor) }
            if contents.isClosed && contents.jobs.isEmpty && contents.commands.isEmpty { return driver.stopAll() }
            // A command keeps its transfer, and that the loop, which could not go away while this thread sleeps.
            contents.removeAll()
            driver.turn(mayWait: inbox.mayFallAsleep(), awake: inbox.noteAwake)
        }
    }
}

/// Where the thread begins; a function of its own, since the compiler crashes over a closure here.
private func enterEventThread(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    unsafe EventThread.enter(argument)
}
