internal import Platform

/// Talks to servers over HTTP: one thread drives all of its transfers and keeps their connections.
///
/// ```swift
/// let client = try HTTPClient()
/// var answer = try await client.send(HTTPRequest("GET", "https://example.org/voices"))
/// let bytes = try await answer.body.collect(upTo: 1 << 20)
/// ```
///
/// A reader is woken on the pool of Swift's tasks, 20 to 30 µs after the bytes came. One that wants them at once prefers the
/// event thread: `withTaskExecutorPreference(client.executor) { … }`. What it computes there keeps the transfers waiting.
package final class HTTPClient: Sendable {
    let loop: EventLoop
    let log: TransportLog?

    /// Starts the thread.
    ///
    /// - Throws: `unusable` when the system has no thread or descriptor left.
    package convenience init(log: TransportLog? = nil) throws(TransportError) {
        try self.init(log: log, waitingBy: .best)
    }

    init(log: TransportLog? = nil, waitingBy wait: SocketWait) throws(TransportError) {
        do throws(SystemError) {
            loop = try EventLoop(waitingBy: wait)
        } catch {
            throw TransportError(.unusable, "\(error)")
        }
        self.log = log
    }

    /// The event thread as an executor.
    package var executor: any TaskExecutor { loop }

    /// Sends a request and waits for the beginning of the answer.
    ///
    /// - Throws: `TransportError` when there is no answer; an answer of any status is one.
    package func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPAnswer {
        guard !Task.isCancelled else { throw .cancelled }
        let transfer = Transfer(request, on: loop)
        let started = ContinuousClock.now
        let body = HTTPBody(transfer, log: log, since: started)
        transfer.start()
        do throws(TransportError) {
            let head = try await transfer.head()
            log?.note(
                request, .answered(head, after: ContinuousClock.now - started, connecting: transfer.connecting))
            return HTTPAnswer(head: head, body: body)
        } catch {
            log?.note(request, .failed(error, after: ContinuousClock.now - started))
            throw error
        }
    }
}

/// An answer whose body is still to come.
package struct HTTPAnswer: ~Copyable {
    package let head: HTTPHead
    package var body: HTTPBody

    /// The body alone, for who has seen the head.
    package consuming func takeBody() -> HTTPBody { body }
}

/// The bytes of an answer, at the pace of their reader; the transfer ends when it goes away.
package struct HTTPBody: ~Copyable {
    private let transfer: Transfer
    private let log: TransportLog?
    private let started: ContinuousClock.Instant

    init(_ transfer: Transfer, log: TransportLog?, since started: ContinuousClock.Instant) {
        self.transfer = transfer
        self.log = log
        self.started = started
    }

    deinit { transfer.leave() }

    /// Leaves an answer of which all that matters has been read: its connection serves again when its end is near.
    package consuming func letEnd() { transfer.letEnd() }

    /// Replaces the buffer's bytes by those that came next.
    ///
    /// - Returns: false at the end.
    /// - Throws: `TransportError` when the connection broke, a limit was passed or the task was cancelled.
    package mutating func next(into buffer: inout ReceivedBytes) async throws(TransportError) -> Bool {
        do throws(TransportError) {
            return try await transfer.take(into: &buffer)
        } catch {
            log?.note(transfer.request, .failed(error, after: ContinuousClock.now - started))
            throw error
        }
    }

    /// All bytes to the end.
    ///
    /// - Throws: `tooLarge` past a limit.
    package mutating func collect(upTo limit: Int) async throws(TransportError) -> [UInt8] {
        var bytes: [UInt8] = []
        var piece = ReceivedBytes()
        while try await next(into: &piece) {
            guard bytes.count + piece.bytes.count <= limit else {
                throw TransportError(.tooLarge, "the answer is larger than \(limit) bytes")
            }
            bytes += piece.bytes
        }
        return bytes
    }
}
