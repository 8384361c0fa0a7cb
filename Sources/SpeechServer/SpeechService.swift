internal import HTTPTransport
internal import Platform
internal import Speech

/// Answers every request of the speech server, over a socket or in process.
struct SpeechService: HTTPService {
    let router: Router
    let workshop: Workshop
    private let authorization: Authorization

    init(
        _ engines: ServerEngines, _ settings: ServerSettings, heartbeat: @escaping Heartbeat = Heartbeats.usual,
        callHeartbeat: @escaping Heartbeat = Heartbeats.ofCalls
    ) {
        let workshop = Workshop(engines, settings, heartbeat: heartbeat, callHeartbeat: callHeartbeat)
        let routes =
            GLMRoutes(workshop).routes + OpenAIRoutes(workshop).routes + WebserviceRoutes(workshop).routes
        router = Router(routes: HouseRoutes(workshop, beside: routes).routes + routes)
        authorization = Authorization(token: settings.token, isForThisMachine: settings.isForThisMachine)
        self.workshop = workshop
    }

    func longestBody(of head: RequestHead) throws(Fault) -> Int {
        try Self.checkFrame(of: head)
        let route = try router.route(of: head)
        // Whoever watches over the server may always ask how it is.
        if route.path != "/health" { try authorization.check(head) }
        // Nobody sends gigabytes only to hear that there is no room.
        try workshop.lane(route.operation.lane)?.checkRoom()
        return min(route.operation.longestBody ?? workshop.settings.longestUpload, workshop.settings.longestUpload)
    }

    /// A body whose end can be understood in two ways is a way past whoever looks at requests before us.
    private static func checkFrame(of head: RequestHead) throws(Fault) {
        let lengths = head.fields.filter { $0.name.lowercased() == "content-length" }.map(\.value)
        let codings = head.fields.filter { $0.name.lowercased() == "transfer-encoding" }.map { $0.value.lowercased() }
        let isPlain = head.fields.allSatisfy { !$0.name.contains(where: \.isWhitespace) && !$0.name.isEmpty }
        let isLength = lengths.allSatisfy { Int($0).map { $0 >= 0 } ?? false }
        guard isPlain, isLength, lengths.count + codings.count <= 1, codings.allSatisfy({ $0 == "chunked" }) else {
            var fault = Fault(.invalid, "nobody can tell where the body ends")
            fault.endsConnection = true
            throw fault
        }
    }

    func respond(to request: Request, with answer: Answer) async {
        do throws(Fault) {
            try await router.route(of: request.head).handle(request, answer)
            answer.end()
        } catch {
            refuse(error, request.head, with: answer)
        }
    }

    func refuse(_ fault: Fault, _ head: RequestHead, with answer: Answer) {
        // What has begun can only break off; who reads sees that it is not whole.
        guard !answer.hasBegun else { return answer.end(isWhole: false) }
        let words = FaultWords(fault, router.family(of: head.path))
        var fields: [RequestHead.Field] = []
        if let seconds = fault.retryAfter { fields.append(RequestHead.Field("Retry-After", "\(seconds)")) }
        // Clients try again after any 5xx, with the whole upload.
        if fault.kind == .unsupported { fields.append(RequestHead.Field("x-should-retry", "false")) }
        if fault.endsConnection { fields.append(RequestHead.Field("Connection", "close")) }
        if fault.kind == .unauthorized { fields.append(RequestHead.Field("WWW-Authenticate", "Bearer")) }
        if fault.kind == .wrongMethod {
            let methods = router.routes.filter { $0.path == head.path }.map(\.method)
            let taken = methods.flatMap { $0 == "GET" ? ["GET", "HEAD"] : [$0] }
            fields.append(RequestHead.Field("Allow", taken.joined(separator: ", ")))
        }
        answer.send(words.status, "application/json", words.body, fields)
    }

    func note(_ record: AccessRecord) {
        let route = (try? router.route(of: record.head))?.path ?? "none"
        workshop.metrics.add(record, route: route)
        workshop.settings.log?(
            AccessLine(
                time: Moment.text, id: record.head.id, client: record.head.client, method: record.head.method,
                path: Redaction.redact(record.head.path, workshop.settings.token),
                status: record.isComplete ? record.status ?? 499 : 499,
                received: record.receivedByteCount, sent: record.sentByteCount,
                seconds: (record.duration / .milliseconds(1)).rounded() / 1_000))
    }
}

/// What the routes work with.
struct Workshop: Sendable {
    let engines: ServerEngines
    let settings: ServerSettings
    let metrics = Metrics()
    let hearing: Hearing
    let hearingLane: WaitingLane
    let speakingLane: WaitingLane
    /// Whose calls are taken: nobody waits for one.
    let callLane: WaitingLane
    let webSockets = WebSocketDesk()
    /// Waits until the next sign of life is due.
    let heartbeat: Heartbeat
    /// The same in calls, whose clients expect fewer.
    let callHeartbeat: Heartbeat

    init(
        _ engines: ServerEngines, _ settings: ServerSettings, heartbeat: @escaping Heartbeat,
        callHeartbeat: @escaping Heartbeat
    ) {
        self.engines = engines
        self.settings = settings
        self.heartbeat = heartbeat
        self.callHeartbeat = callHeartbeat
        hearing = Hearing(engines.hearing, metrics, allowsHoles: settings.allowsHoles)
        hearingLane = WaitingLane(settings.hearing)
        speakingLane = WaitingLane(settings.speaking)
        callLane = WaitingLane(ServerSettings.Lane(running: settings.calls, waiting: 0))
    }
}

extension Workshop {
    /// Where requests of a kind wait.
    func lane(_ kind: RouteDescription.Lane?) -> WaitingLane? {
        switch kind {
        case .hearing: hearingLane
        case .speaking: speakingLane
        case nil: nil
        }
    }
}

/// A fault in the words of a family of routes.
struct FaultWords {
    let status: Int
    let body: [UInt8]

    /// The longest text; what clients send may come back in it.
    private static let longest = 1_000

    init(_ fault: Fault, _ family: Route.Family) {
        let text = String(fault.text.prefix(Self.longest))
        switch family {
        case .glm:
            // The service knows no 5xx but 500, and tells most by its codes.
            let statuses: [Fault.Kind: Int] = [.engineFailed: 500, .timedOut: 500, .unsupported: 400, .tooLarge: 400]
            status = statuses[fault.kind] ?? fault.status
            body = JSON.bytes(["error": GLMError(code: fault.code ?? Self.glmCode(fault.kind), message: text)])
        case .openAI:
            status = fault.status
            body = JSON.bytes([
                "error": OpenAIError(
                    message: text, type: Self.openAIType(fault.kind), param: fault.parameter,
                    code: Self.openAICode(fault.kind))
            ])
        case .plain:
            status = fault.status
            body = JSON.bytes(["detail": text])
        }
    }

    private struct GLMError: Encodable {
        let code: String
        let message: String
    }

    /// Members that are not known are null, which clients expect.
    private struct OpenAIError: Encodable {
        let message: String
        let type: String
        let param: String?
        let code: String?

        enum CodingKeys: String, CodingKey { case message, type, param, code }

        func encode(to encoder: any Encoder) throws {
            var members = encoder.container(keyedBy: CodingKeys.self)
            try members.encode(message, forKey: .message)
            try members.encode(type, forKey: .type)
            try members.encode(param, forKey: .param)
            try members.encode(code, forKey: .code)
        }
    }

    private static func glmCode(_ kind: Fault.Kind) -> String {
        switch kind {
        case .invalid, .tooLarge: "1214"
        case .unauthorized: "1000"
        case .forbidden: "1220"
        case .notFound, .wrongMethod, .unsupported: "1212"
        case .rateLimited: "1302"
        case .busy: "1305"
        case .clientLeft, .failed: "1200"
        case .engineFailed, .timedOut: "1234"
        }
    }

    /// The codes that clients look for.
    private static func openAICode(_ kind: Fault.Kind) -> String? {
        switch kind {
        case .unauthorized: "invalid_api_key"
        case .rateLimited: "rate_limit_exceeded"
        case .notFound: "not_found"
        default: nil
        }
    }

    private static func openAIType(_ kind: Fault.Kind) -> String {
        switch kind {
        case .unauthorized: "authentication_error"
        case .forbidden: "permission_error"
        case .rateLimited: "rate_limit_error"
        case .failed, .engineFailed, .busy, .timedOut, .clientLeft: "server_error"
        default: "invalid_request_error"
        }
    }
}
