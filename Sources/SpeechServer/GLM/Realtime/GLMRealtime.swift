internal import HTTPTransport
internal import Platform
internal import Speech
internal import Synchronization

/// Calls, as GLM-Realtime takes them: events go both ways over a web socket.
struct GLMRealtime: Sendable {
    private let workshop: Workshop

    init(_ workshop: Workshop) { self.workshop = workshop }

    static let operation = RouteDescription(
        summary: "converse in sound as it is spoken, as GLM-Realtime does: a web socket with its events",
        parameters: [
            .init("Authorization", in: .query, "the token, for pages, which can set no header")
        ],
        answers: ["application/json"], longestBody: 0)

    /// A piece of sound is a tenth of a second; half a minute of it may come at once.
    private static let limits = WebSocketLimits(messageByteCount: 4 << 20)

    func handle(_ request: Request, _ answer: Answer) async throws(Fault) {
        guard let conversation = workshop.engines.conversation else {
            throw Fault(.unsupported, "the engine behind this server does not converse")
        }
        let fields: [RequestHead.Field]
        switch WebSocketAgreement(asked: request.head.field) {
        case .refused(let reason): throw Fault(.invalid, reason)
        case .agreed(let headers): fields = headers.map { RequestHead.Field($0.name, $0.value) }
        }
        let turn = try await workshop.callLane.enter()
        defer { turn.leave() }
        let host = try workshop.webSockets.get()
        let socket = host.serve(try await answer.becomeSocket(fields), Self.limits)
        let talk = RealtimeTalk(workshop, conversation, over: socket)
        await converse(socket, talk)
        await talk.end()
        await socket.close(Task.isCancelled ? .goingAway : .normal)
    }

    /// Until the client has said good-bye, or has gone.
    private func converse(_ socket: WebSocket, _ talk: RealtimeTalk) async {
        await talk.begin()
        await withDiscardingTaskGroup { group in
            group.addTask {
                while !Task.isCancelled {
                    await workshop.callHeartbeat()
                    if !Task.isCancelled { await talk.tellHeartbeat() }
                }
            }
            while let message = try? await socket.next() { await talk.take(message) }
            group.cancelAll()
        }
    }
}

/// The thread that moves the bytes of all calls, begun with the first.
final class WebSocketDesk: Sendable {
    private let host = Mutex<WebSocketHost?>(nil)

    /// The host.
    ///
    /// - Throws: when the system has no thread left.
    func get() throws(Fault) -> WebSocketHost {
        try host.withLock { host throws(Fault) in
            if let host { return host }
            do throws(SystemError) {
                let new = try WebSocketHost()
                host = new
                return new
            } catch {
                throw Fault(error)
            }
        }
    }
}
