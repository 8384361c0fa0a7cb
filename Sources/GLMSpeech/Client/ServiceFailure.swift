internal import HTTPTransport
internal import Speech

/// What a service says is wrong: in a body of its own, wrapped or bare, with a code that is text or a number, or in none.
struct ServiceFailure {
    private let head: HTTPHead
    private let stated: Stated?
    /// The number that the body gives the request.
    private var requestID: String?

    /// An error as servers write it.
    struct Stated: Decodable {
        var code: LooseText?
        var message: String?
        /// How OpenAI's servers name the kind.
        var type: String?
    }

    private struct Wrapped: Decodable {
        let error: Stated
    }

    private struct Numbered: Decodable {
        let requestID: String

        private enum CodingKeys: String, CodingKey {
            case requestID = "request_id"
        }
    }

    private struct WrappedText: Decodable {
        let error: String
    }

    init(_ head: HTTPHead, _ body: [UInt8]) {
        self.head = head
        stated = Self.stated(in: body, isSuccess: head.isSuccess)
        if stated != nil { requestID = (try? JSON.decode(body) as Numbered)?.requestID }
    }

    /// An error that came within a stream.
    init(_ head: HTTPHead, _ stated: Stated) {
        self.head = head
        self.stated = stated
    }

    /// Whether the body itself says that something is wrong.
    var isStated: Bool { stated != nil }

    private static func stated(in body: [UInt8], isSuccess: Bool) -> Stated? {
        if let wrapped: Wrapped = try? JSON.decode(body) { return wrapped.error }
        if let wrapped: WrappedText = try? JSON.decode(body) { return Stated(message: wrapped.error) }
        guard let bare: Stated = try? JSON.decode(body), let code = bare.code?.text, bare.message != nil else {
            return nil
        }
        // A bare code and message are an error, whatever the status, unless the code is that of success.
        return isSuccess && ["0", "200"].contains(code) ? nil : bare
    }

    /// The failure as callers see it.
    func error(secret: String?) -> RemoteError {
        let business = stated?.code?.text
        let known = business.flatMap { KnownCode($0) } ?? stated?.type.flatMap { KnownCode($0) }
        // Within a stream, whose own status was good, a code may be that of HTTP.
        let inner = business.flatMap { Int($0) }.flatMap { head.isSuccess && (400..<600).contains($0) ? $0 : nil }
        let status = KnownStatus(inner ?? head.status)
        let words = stated?.message ?? "the service answered with status \(head.status)"
        let message = Redaction.redact(Self.line(words), secret)
        return RemoteError(
            known?.code ?? (isStated && head.isSuccess && inner == nil ? .serviceFailed : status.code), message,
            hint: known?.hint ?? status.hint, httpStatus: head.status,
            businessCode: business.map { Redaction.redact($0, secret) },
            requestID: head.requestID(without: secret) ?? requestID.map { Redaction.redact($0, secret) },
            logID: head.logID(without: secret),
            mayRetry: known?.mayRetry ?? status.mayRetry, retryAfter: retryAfter)
    }

    /// Text as one line, whatever a service wrote into it.
    private static func line(_ text: String) -> String {
        String(
            String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : $0 }))
    }

    /// Seconds, as the field says, or those until its date by the server's own clock.
    private var retryAfter: Duration? {
        guard let text = head.value("retry-after") else { return nil }
        if let seconds = Double(text) { return seconds >= 0 && seconds < 1e6 ? .seconds(seconds) : nil }
        guard let date = HTTPDate.seconds(text), let now = head.value("date").flatMap(HTTPDate.seconds) else {
            return nil
        }
        return .seconds(max(0, date - now))
    }
}

extension HTTPHead {
    /// The number that the service gave the request.
    func requestID(without secret: String?) -> String? {
        value("x-request-id").map { Redaction.redact($0, secret) }
    }

    /// The number by which the service's log knows the answer.
    func logID(without secret: String?) -> String? { value("x-log-id").map { Redaction.redact($0, secret) } }
}

/// What a code of the service means (its page of errors of July 2026, and an older one).
private struct KnownCode {
    let code: RemoteError.Code
    var hint: String?
    var mayRetry = false

    init?(_ business: String) {
        switch business {
        case "1000", "1001", "1002", "1004", "1005":
            self.init(.unauthorized, "check the key in ORIOLE_API_KEY")
        case "1003": self.init(.unauthorized, "the token has ended; check this machine's clock")
        case "1110", "1111", "1112", "1120", "1121": self.init(.accountRefused, "look at the state of the account")
        case "1113": self.init(.accountRefused, "the account has no balance or plan for this model: top it up")
        case "1200", "1230", "1234": self.init(.serviceFailed, nil, mayRetry: true)
        case "1211", "1221", "1222":
            self.init(.notFound, "check the model's name and the base URL: api.z.ai has no speech")
        case "1210", "1212", "1213", "1214", "1215", "1231", "1261":
            self.init(.invalidRequest, "check the voice, the format and the lengths of what is sent")
        case "1220": self.init(.accountRefused, "the account may not use this model")
        case "insufficient_quota": self.init(.accountRefused, "the account's quota is used up")
        case "invalid_api_key", "authentication_error": self.init(.unauthorized, "check the key in ORIOLE_API_KEY")
        case "1301": self.init(.contentRefused, "the service finds the text sensitive: change it")
        case "1302": self.init(.rateLimited, "ask less at once, or later", mayRetry: true)
        case "1305": self.init(.rateLimited, "the model is busy: try later", mayRetry: true)
        case "1308", "1309", "1310", "1311": self.init(.accountRefused, "a limit of the plan is used up")
        default:
            guard let number = Int(business), (1313...1321).contains(number) else { return nil }
            self.init(.accountRefused, "the plan does not hold for this use")
        }
    }

    private init(_ code: RemoteError.Code, _ hint: String?, mayRetry: Bool = false) {
        self.code = code
        self.hint = hint
        self.mayRetry = mayRetry
    }
}

/// What a status means where there is no code.
private struct KnownStatus {
    let code: RemoteError.Code
    var hint: String?
    let mayRetry: Bool

    init(_ status: Int) {
        mayRetry = [408, 409, 425, 429].contains(status) || status >= 500
        switch status {
        case 401, 403: (code, hint) = (.unauthorized, "check the key in ORIOLE_API_KEY")
        case 402, 434: (code, hint) = (.accountRefused, "look at the state of the account")
        case 404: (code, hint) = (.notFound, "check the base URL and the model's name")
        case 408: code = .timedOut
        case 413, 435: (code, hint) = (.limitExceeded, "send less at once")
        case 429: (code, hint) = (.rateLimited, "ask less at once, or later")
        case 500...: code = .serviceFailed
        case 200..<300: code = .malformedAnswer
        default: code = .invalidRequest
        }
    }
}
