/// What a request says before its body.
struct RequestHead: Sendable {
    /// The number by which logs and answers name the request.
    let id: String
    let method: String
    /// The path, decoded, without empty parts.
    let path: String
    let query: [Field]
    let fields: [Field]
    /// The address of whoever asks.
    let client: String

    /// A name and its value.
    struct Field: Hashable, Sendable {
        let name: String
        let value: String

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    init(
        id: String, method: String, path: String, query: [Field] = [], fields: [Field] = [],
        client: String = "127.0.0.1"
    ) {
        self.id = id
        self.method = method
        // Clients join addresses with one slash too many.
        self.path = "/" + path.split(separator: "/").joined(separator: "/")
        self.query = query
        self.fields = fields
        self.client = client
    }

    /// The method whose route it is: who asks for the head alone asks for the same thing.
    var routeMethod: String { method == "HEAD" ? "GET" : method }

    /// The value of a header field, whatever letters its name is written in.
    func field(_ name: String) -> String? {
        let name = name.lowercased()
        return fields.first { $0.name.lowercased() == name }?.value
    }

    /// The value of a parameter in the address; an empty one says nothing.
    func parameter(_ name: String) -> String? { query.first { $0.name == name && !$0.value.isEmpty }?.value }

    /// How long the body says that it is.
    var contentLength: Int? { field("content-length").flatMap { Int($0) } }
}

/// A request that is all there.
struct Request: Sendable {
    let head: RequestHead
    let body: Body

    /// What came after the head.
    enum Body: Sendable {
        /// Bytes of some kind.
        case bytes(Spool)
        /// The parts of a form.
        case form(Form)
    }

    /// The parts of a form; none of a body that is no form.
    var form: Form {
        if case .form(let form) = body { return form }
        return Form(parts: [])
    }

    /// The bytes of a body that is to be understood at once.
    ///
    /// - Throws: what is wrong with a body that is too long, or is a form.
    func bytes(limit: Int) throws(Fault) -> [UInt8] {
        guard case .bytes(let spool) = body else {
            throw Fault(.invalid, "a form was sent where JSON is expected", hint: "Content-Type: application/json")
        }
        guard spool.byteCount <= limit else {
            throw Fault(.tooLarge, "the body has \(spool.byteCount) bytes, \(limit) at most are taken")
        }
        return try spool.bytes()
    }
}

/// The parts of a form, in their order.
struct Form: Sendable {
    let parts: [Part]

    /// One part: a field, or a file.
    struct Part: Sendable {
        let name: String
        let fileName: String?
        let type: String?
        let content: Spool
    }

    /// A field's text: the first one of that name; an empty one says nothing.
    func text(_ name: String) throws(Fault) -> String? { try texts(name).first { !$0.isEmpty } }

    /// All texts of a field that may be there more than once, with or without brackets behind its name.
    func texts(_ name: String) throws(Fault) -> [String] {
        var texts: [String] = []
        for part in parts where part.name == name || part.name == name + "[]" {
            guard part.content.byteCount <= Self.longestText else {
                throw Fault(.tooLarge, "‘\(name)’ is longer than \(Self.longestText) bytes", parameter: name)
            }
            texts.append(String(decoding: try part.content.bytes(), as: UTF8.self))
        }
        return texts
    }

    /// The file of a name.
    func file(_ name: String) -> Part? { parts.first { $0.name == name } }

    /// The longest text of a field.
    static let longestText = 1 << 20
}
