/// The routes as OpenAPI 3.1 describes them, made of what the routes say of themselves.
struct OpenAPIDocument: Encodable {
    var openapi = "3.1.0"
    let info: Info
    let paths: [String: [String: Described]]

    init(_ routes: [Route], version: String) {
        info = Info(version: version)
        paths = Dictionary(grouping: routes, by: \.path).mapValues { routes in
            Dictionary(uniqueKeysWithValues: routes.map { ($0.method.lowercased(), Described($0)) })
        }
    }

    struct Info: Encodable {
        var title = "Oriole"
        let version: String
    }

    /// A route.
    struct Described: Encodable {
        let summary: String
        let tags: [String]
        let parameters: [Query]?
        let requestBody: Body?
        let responses: [String: Response]

        init(_ route: Route) {
            let operation = route.operation
            summary = operation.summary
            tags = [route.family.rawValue]
            let queries = operation.parameters.filter { $0.place == .query }
            parameters = queries.isEmpty ? nil : queries.map(Query.init)
            requestBody = Body(operation.parameters.filter { $0.place != .query })
            let content = Dictionary(uniqueKeysWithValues: operation.answers.map { ($0, Media()) })
            responses = [
                "200": Response(description: "the answer", content: content),
                "default": Response(description: "what is wrong", content: ["application/json": Media()]),
            ]
        }
    }

    struct Query: Encodable {
        let name: String
        var place = "query"
        let description: String
        let required: Bool
        let schema: Schema

        init(_ parameter: RouteDescription.Parameter) {
            (name, description, required) = (parameter.name, parameter.about, parameter.isRequired)
            schema = Schema(parameter)
        }

        enum CodingKeys: String, CodingKey {
            case name, description, required, schema
            case place = "in"
        }
    }

    struct Body: Encodable {
        var required = true
        let content: [String: Media]

        init?(_ parameters: [RouteDescription.Parameter]) {
            guard let first = parameters.first else { return nil }
            let type = first.place == .form ? "multipart/form-data" : "application/json"
            content = [type: Media(schema: Schema(members: parameters))]
        }
    }

    struct Response: Encodable {
        let description: String
        let content: [String: Media]
    }

    struct Media: Encodable { var schema = Schema() }

    /// What a value looks like.
    final class Schema: Encodable {
        private var type: String?
        private var format: String?
        private var values: [String]?
        private var description: String?
        private var items: Schema?
        private var properties: [String: Schema]?
        private var required: [String]?

        enum CodingKeys: String, CodingKey {
            case type, format, description, items, properties, required
            case values = "enum"
        }

        /// Anything.
        init() {}

        /// An object with members.
        init(members: [RouteDescription.Parameter]) {
            type = "object"
            properties = Dictionary(uniqueKeysWithValues: members.map { ($0.name, Schema($0)) })
            required = members.filter(\.isRequired).map(\.name)
        }

        init(_ parameter: RouteDescription.Parameter) {
            description = parameter.about
            let values = parameter.values.isEmpty ? nil : parameter.values
            switch parameter.type {
            case .file: (type, format) = ("string", "binary")
            case .list:
                type = "array"
                items = Schema()
                items?.type = values == nil ? nil : "string"
                items?.values = values
            default:
                type = parameter.type.rawValue
                self.values = values
            }
        }
    }
}
