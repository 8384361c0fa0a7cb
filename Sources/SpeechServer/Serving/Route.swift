internal import HTTPTransport

/// One thing that the server does: where, how it is described, and how it is done.
struct Route: Sendable {
    let method: String
    let path: String
    let family: Family
    let operation: RouteDescription
    let handle: Handler

    /// Answers a request.
    ///
    /// - Throws: why it cannot, before the answer has begun or in its middle.
    typealias Handler = @Sendable (Request, Answer) async throws(Fault) -> Void

    /// Whose words errors are told in.
    enum Family: String, Sendable {
        case glm, openAI, plain
    }

    init(
        _ method: String, _ path: String, _ family: Family, _ operation: RouteDescription, _ handle: @escaping Handler
    ) {
        self.method = method
        self.path = path
        self.family = family
        self.operation = operation
        self.handle = handle
    }
}

/// What a route does, for people and programs: the description is made of it, and tests hold the route against it.
struct RouteDescription: Sendable {
    let summary: String
    var parameters: [Parameter] = []
    /// The kinds of body that the answer may have.
    var answers: [String] = ["application/json"]
    /// The longest body that is read into memory; files of forms go to disk.
    var longestBody: Int?
    /// Where its requests wait.
    var lane: Lane?

    enum Lane: Sendable { case hearing, speaking }

    /// Something that a request may say.
    struct Parameter: Sendable {
        let name: String
        let place: Place
        var type = Kind.string
        var isRequired = false
        var values: [String] = []
        let about: String

        enum Place: String, Sendable { case query, form, json }
        enum Kind: String, Sendable { case string, number, integer, boolean, file, list, object }

        init(
            _ name: String, in place: Place, as type: Kind = .string, isRequired: Bool = false, values: [String] = [],
            _ about: String
        ) {
            self.name = name
            self.place = place
            self.type = type
            self.isRequired = isRequired
            self.values = values
            self.about = about
        }
    }
}

/// The routes, found by what a request asks for.
struct Router: Sendable {
    let routes: [Route]

    /// The route of a request.
    ///
    /// - Throws: `notFound`, and `wrongMethod` with what the path takes.
    func route(of head: RequestHead) throws(Fault) -> Route {
        let here = routes.filter { $0.path == head.path }
        if let route = here.first(where: { $0.method == head.routeMethod }) { return route }
        guard let first = here.first else {
            throw Fault(.notFound, "there is nothing at \(head.path)", hint: "GET /openapi.json lists what there is")
        }
        throw Fault(
            .wrongMethod, "\(head.path) is asked with \(here.map(\.method).joined(separator: " or "))",
            hint: "\(first.method) \(first.path): \(first.operation.summary)")
    }

    /// In whose words errors at a path are told.
    func family(of path: String) -> Route.Family {
        if let route = routes.first(where: { $0.path == path }) { return route.family }
        if path.hasPrefix("/api/paas/") { return .glm }
        return path.hasPrefix("/v1/") ? .openAI : .plain
    }
}

extension Answer {
    /// Answers with a value.
    func send(_ status: Int = 200, json value: some Encodable, _ fields: [RequestHead.Field] = []) {
        send(status, "application/json", JSON.bytes(value), fields)
    }
}

extension Request {
    /// The body, read as JSON.
    func decoded<Value: Decodable>(limit: Int = 1 << 20) throws(Fault) -> Value {
        let bytes = try bytes(limit: limit)
        guard !bytes.isEmpty else { throw Fault(.invalid, "the body is empty; JSON is expected", code: "1213") }
        do {
            return try JSON.decode(bytes)
        } catch {
            throw Fault(.invalid, "the body cannot be read: \(JSON.complaint(error))", code: "1210")
        }
    }
}
