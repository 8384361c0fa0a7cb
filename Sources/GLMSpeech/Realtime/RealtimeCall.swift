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
    private let connect: Connect
    private let retry: RetryPolicy
    private let state: Mutex<State>

    /// Hears every event as it goes over the wire, in JSON.
    public typealias Note = @Sendable (_ isFromService: Bool, _ json: [UInt8]) -> Void
    /// Makes a connection on which the service has agreed to how the call is to be.
    typealias Connect = @Sendable () async throws(RemoteError) -> RealtimeWire

    private struct State {
        var wire: RealtimeWire
        /// How often the call may still be made anew.
        var reconnectionCount: Int
        var isReconnecting = false
        var isClosed = false
        /// The answers so far, of which something may still come.
        var answers: Set<String> = []
    }

    fileprivate init(
        _ settings: RealtimeSettings, _ wire: RealtimeWire, reconnecting count: Int, _ retry: RetryPolicy,
        _ connect: @escaping Connect
    ) {
        (self.settings, self.retry, self.connect) = (settings, retry, connect)
        state = Mutex(State(wire: wire, reconnectionCount: count))
    }

    private var wire: RealtimeWire { state.withLock { $0.wire } }

    /// Says something to the service.
    ///
    /// - Throws: what has ended the connection.
    public func send(_ event: RealtimeClientEvent) async throws(RemoteError) { try await wire.send(event) }

    /// The same for sound, which nobody sends again: what does not leave since the connection breaks is lost, where it will be made
    /// anew.
    func offer(_ event: RealtimeClientEvent) async throws(RemoteError) {
        let wire = wire
        do throws(RemoteError) {
            try await wire.send(event)
        } catch {
            let isHopeful = state.withLock { state in
                state.wire !== wire || state.isReconnecting || state.reconnectionCount > 0 && !state.isClosed
            }
            guard error.mayRetry, isHopeful else { throw error }
        }
    }

    /// What the service says next, signs of life left out; nil once it has ended the call.
    ///
    /// A connection that breaks is made anew as often as was asked for, and that is told as an event of its own
    /// (`reconnected`): the service knows nothing then of what was said before.
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
    public func close() async {
        let wire = state.withLock { state in
            state.isClosed = true
            return state.wire
        }
        await wire.close()
    }

    /// The same with signs of life.
    func nextOfAll() async throws(RemoteError) -> RealtimeServerEvent? {
        do throws(RemoteError) {
            return try await wire.next()
        } catch {
            let mayReconnect = state.withLock { state in
                guard error.mayRetry, state.reconnectionCount > 0, !state.isClosed else { return false }
                state.reconnectionCount -= 1
                state.isReconnecting = true
                return true
            }
            guard mayReconnect else { throw error }
            defer { state.withLock { $0.isReconnecting = false } }
            return try await reconnect(after: error)
        }
    }

    private func reconnect(after reason: RemoteError) async throws(RemoteError) -> RealtimeServerEvent? {
        var attempt = 1
        while true {
            do throws(RemoteError) {
                let wire = try await connect()
                let isClosed = state.withLock { state in
                    state.wire = wire
                    state.answers = []
                    return state.isClosed
                }
                guard isClosed else { return RealtimeServerEvent(.reconnected(reason: reason.message)) }
                await wire.close()
                return nil
            } catch {
                try await retry.wait(afterAttempt: attempt, error)
            }
            attempt += 1
        }
    }

    /// Answers so far, of which something may still come.
    var formerAnswers: Set<String> { state.withLock { $0.answers } }

    func note(_ answer: RealtimeAnswer) { state.withLock { $0.answers = answer.known } }
}

extension GLMClient {
    /// Calls GLM-Realtime; a connection that breaks is made anew so often, which the call tells.
    ///
    /// - Throws: `invalidRequest` for a call that would lock up: with tools the service hears speech begin and never end when it
    ///   is left to tell, so that the client must (`TurnDetection.client`).
    public func call(
        _ settings: RealtimeSettings = RealtimeSettings(), reconnecting count: Int = 0,
        noting note: RealtimeCall.Note? = nil
    ) async throws(RemoteError) -> RealtimeCall {
        guard !settings.meetsDeadLock else {
            throw RemoteError(
                .invalidRequest, "with tools the service never hears that somebody has ended",
                hint: "tell it yourself (turn detection by the client)")
        }
        let connect = { @Sendable (settings: RealtimeSettings) async throws(RemoteError) -> RealtimeWire in
            let wire = try await self.wire(note)
            try await wire.begin(settings)
            return wire
        }
        // Who has been greeted is not greeted again.
        var later = settings
        later.greeting = nil
        let again = later
        return RealtimeCall(settings, try await connect(settings), reconnecting: count, self.settings.retry) {
            () async throws(RemoteError) in try await connect(again)
        }
    }

    private func wire(_ note: RealtimeCall.Note?) async throws(RemoteError) -> RealtimeWire {
        let request = HTTPRequest(
            "GET", url("/realtime"), headers: headers(accept: "application/json"), limits: settings.limits)
        let opening = try await translated { () async throws(TransportError) in try await http.openWebSocket(request) }
        switch opening {
        case .refused(let head, let body):
            throw ServiceFailure(head, body).error(secret: settings.credential.key)
        case .open(let socket): return RealtimeWire(socket, secret: settings.credential.key, note)
        }
    }
}
