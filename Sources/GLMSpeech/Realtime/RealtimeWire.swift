internal import HTTPTransport
internal import Speech
internal import Synchronization

/// One connection of a call: events go out and come in on it.
final class RealtimeWire: Sendable {
    private let socket: WebSocket
    private let secret: String?
    private let note: RealtimeCall.Note?
    private let eventCount = Atomic(0)
    /// Messages that had come when something was last asked for: their signs of life say nothing of its answer.
    private let formerCount = Atomic(0)

    init(_ socket: WebSocket, secret: String?, _ note: RealtimeCall.Note?) {
        (self.socket, self.secret, self.note) = (socket, secret, note)
    }

    /// Says something to the service.
    ///
    /// - Throws: what has ended the connection.
    func send(_ event: RealtimeClientEvent) async throws(RemoteError) {
        let number = eventCount.add(1, ordering: .relaxed).newValue
        let bytes = event.json(id: "event_\(number)", milliseconds: TokenSigner.systemTime())
        note?(false, bytes)
        if event.wantsAnswer { formerCount.store(socket.messageCounts.received, ordering: .relaxed) }
        try await translated { () async throws(TransportError) in
            try await socket.send(WebSocketMessage(isText: true, bytes: bytes))
        }
    }

    /// What the service says next; nil once it has ended the call.
    ///
    /// Signs of life from before the last wish are left out.
    ///
    /// - Throws: what has ended the connection, and what is no event.
    func next() async throws(RemoteError) -> RealtimeServerEvent? {
        while let event = try await nextOfAll() {
            let isFormer = socket.messageCounts.read <= formerCount.load(ordering: .relaxed)
            if event.kind == .heartbeat, isFormer { continue }
            return event
        }
        return nil
    }

    private func nextOfAll() async throws(RemoteError) -> RealtimeServerEvent? {
        let message = try await translated { () async throws(TransportError) in try await socket.next() }
        guard let message else {
            // An ordinary end needs no word; another has a reason.
            guard let last = socket.lastWord, ![1000, 1005].contains(last.code) else { return nil }
            throw RemoteError(
                .serviceFailed, "the service ended the call: \(Redaction.redact(last.reason, secret)) (\(last.code))",
                // It goes away, comes again, or has too much to do.
                mayRetry: last.code == 1001 || (1011...1014).contains(last.code))
        }
        note?(true, message.bytes)
        return try RealtimeServerEvent(reading: message.bytes)
    }

    func close() async { await socket.close() }

    /// Waits until the service agrees to how the call is to be.
    ///
    /// - Throws: what it says is wrong; a service that is there and never agrees has failed.
    func begin(_ settings: RealtimeSettings) async throws(RemoteError) {
        var (isCreated, heartbeats) = (false, 0)
        while let event = try await next() {
            switch event.kind {
            case .sessionCreated where !isCreated:
                isCreated = true
                try await send(.updateSession(settings))
            case .sessionUpdated: return
            case .error(let fault): throw RemoteError(fault)
            case .heartbeat:
                heartbeats += 1
                // One comes each half minute.
                guard heartbeats < 3 else {
                    throw RemoteError(.timedOut, "the service did not begin the call", mayRetry: true)
                }
            default: break
            }
        }
        throw RemoteError(.endedEarly, "the service ended the call before it began", mayRetry: true)
    }

    private func translated<Result>(
        _ body: () async throws(TransportError) -> Result
    ) async throws(RemoteError) -> Result {
        do throws(TransportError) { return try await body() } catch { throw RemoteError(error, without: secret) }
    }
}
