internal import Platform

/// The thread that drives all transfers of a client, and an executor for readers who want to be woken on it.
///
/// The thread ends when the loop goes away; whoever prefers the loop as an executor keeps it.
final class EventLoop: TaskExecutor {
    private let inbox: LoopInbox

    init(waitingBy wait: SocketWait = .best) throws(SystemError) {
        inbox = try LoopInbox()
        unsafe try EventThread.start(inbox, executor: asUnownedTaskExecutor(), waitingBy: wait)
    }

    deinit { inbox.close() }

    func enqueue(_ job: consuming ExecutorJob) { inbox.add(UnownedJob(job)) }

    /// Asks the thread to do something with an exchange.
    func submit(_ command: Command) { inbox.add(command) }

    /// What the thread does with an exchange.
    enum Command: Sendable {
        case start(any Exchange)
        case goOn(any Exchange)
        case stop(any Exchange)
    }
}
