/// A conversation with a server in messages, both ways at once (RFC 6455).
///
/// ```swift
/// switch try await client.openWebSocket(HTTPRequest("GET", "wss://example.org/talk")) {
/// case .open(let socket):
///     try await socket.send(WebSocketMessage("hello"))
///     while let message = try await socket.next() { … }
/// case .refused(let head, let body): …
/// }
/// ```
///
/// Any task may send; one at a time reads. The reader sets the pace: what it does not read the server does not send. A
/// socket that goes away ends its connection at once; ``close(_:)`` ends it politely.
package final class WebSocket: Sendable {
    private let line: WebSocketLine

    init(_ line: WebSocketLine) { self.line = line }

    deinit { if line.ending == nil { line.cancel() } }

    /// Sends a message, and waits while what was sent before has not left.
    ///
    /// - Throws: `TransportError` when the conversation has ended, or the task was cancelled.
    package func send(_ message: WebSocketMessage) async throws(TransportError) { try await line.send(message) }

    /// The next message, or nil once the conversation was ended politely.
    ///
    /// - Throws: `TransportError` when the connection broke, a limit was passed or the task was cancelled; a task that is
    ///   cancelled ends its waiting, not the conversation.
    package func next() async throws(TransportError) -> WebSocketMessage? { try await line.next() }

    /// How many messages have come so far, and how many of them were read.
    package var messageCounts: (received: Int, read: Int) { line.counts }

    /// Says the last word and waits for that of the server, as long as its patience lasts.
    package func close(_ close: WebSocketClose = .normal) async { await line.close(close) }

    /// The server's last word, or ours where it had none; nil while the conversation goes on, and when it broke.
    package var lastWord: WebSocketClose? {
        guard case .success(let close) = line.ending else { return nil }
        return close
    }
}

/// What a server makes of the request for a web socket.
package enum WebSocketOpening: Sendable {
    case open(WebSocket)
    /// Another answer, with the beginning of what it says.
    case refused(HTTPHead, body: [UInt8])
}

extension HTTPClient {
    /// Asks a server for a web socket, at an address that begins with `ws://` or `wss://`.
    ///
    /// - Throws: `TransportError` when there is no answer, or one against the rules; a refusal is an answer.
    package func openWebSocket(
        _ request: HTTPRequest, _ limits: WebSocketLimits = WebSocketLimits()
    ) async throws(TransportError) -> WebSocketOpening {
        guard !Task.isCancelled else { throw .cancelled }
        let line = WebSocketLine(.asked(request), limits, on: loop)
        let started = ContinuousClock.now
        line.start()
        do throws(TransportError) {
            switch try await line.answer() {
            case .open:
                log?.note(request, .answered(HTTPHead(status: 101, headers: []), after: ContinuousClock.now - started))
                return .open(WebSocket(line))
            case .refused(let head, let body):
                log?.note(request, .answered(head, after: ContinuousClock.now - started))
                return .refused(head, body: body)
            }
        } catch {
            log?.note(request, .failed(error, after: ContinuousClock.now - started))
            throw error
        }
    }
}
