/// A place where an embedder hears what the transport does, with nothing secret in it.
///
/// ```swift
/// let log = TransportLog { event in logger.debug("\(event)") }
/// ```
public struct TransportLog: Sendable {
    private let hear: @Sendable (Event) -> Void

    /// Makes a log from what is to be done with an event; it is called on the task that made the request.
    public init(_ hear: @escaping @Sendable (Event) -> Void) { self.hear = hear }

    /// One exchange, when its answer begins, and when it fails before or after that.
    public struct Event: Sendable, CustomStringConvertible {
        /// The method, such as `POST`.
        public let method: String
        /// The address, without what looks like a key.
        public let url: String
        /// The status of the answer, or nil when there was none.
        public let status: Int?
        /// The number by which the service knows the request (`X-Log-Id`), when it tells one.
        public let logID: String?
        /// Why there was no answer.
        public let failure: String?
        /// From the call to the beginning of the answer, or to the failure.
        public let duration: Duration
        /// How much of that it took until there was a connection; nil where an earlier request had made it.
        public let connecting: Duration?

        /// One line for a person.
        public var description: String {
            let outcome = status.map(String.init) ?? failure ?? "failed"
            let milliseconds = (duration / .milliseconds(0.1)).rounded() / 10
            return "\(method) \(url): \(outcome) after \(milliseconds) ms\(logID.map { " (\($0))" } ?? "")"
        }
    }
}

extension TransportLog {
    enum Outcome {
        case answered(HTTPHead, after: Duration, connecting: Duration? = nil)
        case failed(TransportError, after: Duration)
    }

    func note(_ request: HTTPRequest, _ outcome: Outcome) {
        let secret = request.secret
        let url = Redaction.redact(request.url, secret)
        switch outcome {
        case .answered(let head, let duration, let connecting):
            hear(
                Event(
                    method: request.method, url: url, status: head.status,
                    logID: head.value("x-log-id").map { Redaction.redact($0, secret) }, failure: nil,
                    duration: duration, connecting: connecting))
        case .failed(let error, let duration):
            hear(
                Event(
                    method: request.method, url: url, status: nil, logID: nil,
                    failure: Redaction.redact(error.message, secret), duration: duration, connecting: nil))
        }
    }
}

extension HTTPRequest {
    /// What the request proves itself with, which nothing that is kept may hold.
    fileprivate var secret: String? {
        let value = headers.first { $0.name.lowercased() == "authorization" }?.value
        return value.map { $0.hasPrefix("Bearer ") ? String($0.dropFirst("Bearer ".count)) : $0 }
    }
}
