internal import HTTPTransport
public import Speech
internal import Synchronization

/// A call to GLM-Realtime: what is said goes out and comes in at the same time, in events.
///
/// ```swift
/// let call = try await glm.call(RealtimeSettings())
/// try await call.say(.file(path: "question.wav"))
/// for try await piece in call.answer() { … }
/// await call.close()
/// ```
///
/// Any task may send; one at a time reads. A call that goes away ends at once.
public final class RealtimeCall: Sendable {
    /// How the call is.
    public let settings: RealtimeSettings
    private let socket: WebSocket
    private let secret: String?
    private let note: Note?
    private let state = Mutex(State())

    /// Hears every event as it goes over the wire, in JSON.
    public typealias Note = @Sendable (_ isFromService: Bool, _ json: [UInt8]) -> Void

    private struct State {
        var eventCount = 0
        /// The answers so far, of which something may still come.
        var answers: Set<String> = []
    }

    fileprivate init(_ settings: RealtimeSettings, _ socket: WebSocket, secret: String?, _ note: Note?) {
        (self.settings, self.socket, self.secret, self.note) = (settings, socket, secret, note)
    }

    /// Says something to the service.
    ///
    /// - Throws: what has ended the call.
    public func send(_ event: RealtimeClientEvent) async throws(RemoteError) {
        let number = state.withLock { state in
            state.eventCount += 1
            return state.eventCount
        }
        let bytes = event.json(id: "event_\(number)", milliseconds: TokenSigner.systemTime())
        note?(false, bytes)
        try await translated { () async throws(TransportError) in
            try await socket.send(WebSocketMessage(isText: true, bytes: bytes))
        }
    }

    /// What the service says next, signs of life left out; nil once it has ended the call.
    ///
    /// - Throws: what has ended the call, and what is no event.
    public func next() async throws(RemoteError) -> RealtimeServerEvent? {
        while let event = try await nextOfAll() {
            if case .heartbeat = event.kind { continue }
            return event
        }
        return nil
    }

    /// Ends the call.
    public func close() async { await socket.close() }

    private func nextOfAll() async throws(RemoteError) -> RealtimeServerEvent? {
        let message = try await translated { () async throws(TransportError) in try await socket.next() }
        guard let message else {
            // An ordinary end needs no word; another has a reason.
            guard let last = socket.lastWord, ![1000, 1001, 1005].contains(last.code) else { return nil }
            throw RemoteError(
                .serviceFailed, "the service ended the call: \(Redaction.redact(last.reason, secret)) (\(last.code))")
        }
        note?(true, message.bytes)
        return try RealtimeServerEvent(reading: message.bytes)
    }

    private func translated<Result>(
        _ body: () async throws(TransportError) -> Result
    ) async throws(RemoteError) -> Result {
        do throws(TransportError) { return try await body() } catch { throw RemoteError(error, without: secret) }
    }

    /// Waits until the service agrees to how the call is to be.
    ///
    /// - Throws: what it says is wrong; a service that is there and never agrees has failed.
    fileprivate func begin() async throws(RemoteError) {
        var (isCreated, heartbeats) = (false, 0)
        while let event = try await nextOfAll() {
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

    /// Answers so far, of which something may still come.
    var formerAnswers: Set<String> { state.withLock { $0.answers } }

    func note(_ answer: RealtimeAnswer) { state.withLock { $0.answers = answer.known } }
}

extension GLMClient {
    /// Calls GLM-Realtime.
    ///
    /// - Throws: `invalidRequest` for a call that would lock up: with tools the service hears speech begin and never end when it
    ///   is left to tell, so that the client must (`TurnDetection.client`).
    public func call(
        _ settings: RealtimeSettings = RealtimeSettings(), noting note: RealtimeCall.Note? = nil
    ) async throws(RemoteError) -> RealtimeCall {
        guard !settings.meetsDeadLock else {
            throw RemoteError(
                .invalidRequest, "with tools the service never hears that somebody has ended",
                hint: "tell it yourself (turn detection by the client)")
        }
        let request = HTTPRequest(
            "GET", url("/realtime"), headers: headers(accept: "application/json"), limits: self.settings.limits)
        let opening = try await translated { () async throws(TransportError) in try await http.openWebSocket(request) }
        switch opening {
        case .refused(let head, let body):
            throw ServiceFailure(head, body).error(secret: self.settings.credential.key)
        case .open(let socket):
            let call = RealtimeCall(settings, socket, secret: self.settings.credential.key, note)
            try await call.begin()
            return call
        }
    }
}
