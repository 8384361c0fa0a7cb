internal import Platform

/// The turns of the event thread: what others left, then what the sockets bring.
enum EventThread {
    /// What tools call the thread.
    static let name = "oriole-events"

    static func start(
        _ inbox: LoopInbox, executor: UnownedTaskExecutor, waitingBy wait: SocketWait
    ) throws(SystemError) {
        let driver = try TransferDriver(inbox.alarm, waitingBy: wait)
        try SystemThread.start(name) { unsafe run(inbox, executor: executor, driver: driver) }
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
