public import AudioCore

/// A failure of a speech engine: of a service behind the network, of a program beside us, or of what was asked of them.
///
/// Match on ``code``, show ``description``, offer ``hint``, and log the ids, by which a service's support finds the
/// request. Nothing in it is secret.
public struct RemoteError: Error, Equatable, Sendable {
    /// All that is known, behind one reference: errors are rare, but every function that may fail keeps room for one.
    var facts: Facts

    /// The kind of failure, stable across releases.
    public var code: Code { facts.code }
    /// What went wrong, in the service's words where it said something.
    public var message: String { facts.message }
    /// What to do about it, when there is something to do.
    public var hint: String? {
        get { facts.hint }
        set { facts.hint = newValue }
    }
    /// The status of the answer, when there was one.
    public var httpStatus: Int? {
        get { facts.httpStatus }
        set { facts.httpStatus = newValue }
    }
    /// The service's own code, such as `1302`.
    public var businessCode: String? {
        get { facts.businessCode }
        set { facts.businessCode = newValue }
    }
    /// The number of the request that we or the service gave it.
    public var requestID: String? {
        get { facts.requestID }
        set { facts.requestID = newValue }
    }
    /// The number by which the service's log knows the answer (`X-Log-Id`).
    public var logID: String? {
        get { facts.logID }
        set { facts.logID = newValue }
    }
    /// Whether the same request may fare better later.
    public var mayRetry: Bool {
        get { facts.mayRetry }
        set { facts.mayRetry = newValue }
    }
    /// How long the service wants us to wait before that.
    public var retryAfter: Duration? {
        get { facts.retryAfter }
        set { facts.retryAfter = newValue }
    }
    /// What was wrong with the sound, when it was the sound.
    public var audio: AudioError? {
        get { facts.audio }
        set { facts.audio = newValue }
    }

    /// Makes a failure, for an engine of one's own.
    public init(
        _ code: Code, _ message: String, hint: String? = nil, httpStatus: Int? = nil, businessCode: String? = nil,
        requestID: String? = nil, logID: String? = nil, mayRetry: Bool = false, retryAfter: Duration? = nil
    ) {
        let known = Facts.Known(
            code: code, message: message, hint: hint, httpStatus: httpStatus, businessCode: businessCode,
            requestID: requestID, logID: logID, mayRetry: mayRetry, retryAfter: retryAfter)
        facts = .known(known)
    }

    /// Makes a failure from one of the sound's.
    public init(_ error: AudioError) {
        let codes: [AudioError.Code: Code] = [
            .cancelled: .cancelled, .missingProgram: .missingProgram, .limitExceeded: .limitExceeded,
            .notFound: .notFound,
        ]
        self.init(codes[error.code] ?? .unusableAudio, error.message, hint: error.remedy)
        audio = error
    }
}

extension RemoteError {
    /// Whether the next request may fare better, though this one never will.
    package var concernsThisRequest: Bool {
        [.contentRefused, .unusableAudio, .malformedAnswer].contains(code)
    }
}

extension RemoteError {
    /// What is known of a failure, as one reference to a value.
    @dynamicMemberLookup
    indirect enum Facts: Equatable, Sendable {
        case known(Known)

        struct Known: Equatable, Sendable {
            let code: Code
            let message: String
            var hint: String?
            var httpStatus: Int?
            var businessCode: String?
            var requestID: String?
            var logID: String?
            var mayRetry: Bool
            var retryAfter: Duration?
            var audio: AudioError?
        }

        private var known: Known {
            get {
                switch self {
                case .known(let known): known
                }
            }
            set { self = .known(newValue) }
        }

        subscript<Value>(dynamicMember path: KeyPath<Known, Value>) -> Value { known[keyPath: path] }

        subscript<Value>(dynamicMember path: WritableKeyPath<Known, Value>) -> Value {
            get { known[keyPath: path] }
            set { known[keyPath: path] = newValue }
        }
    }

    /// The kind of failure of an engine.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        /// A name without any variable part, fit for a log field or a metric's label.
        public let description: String

        /// What was asked for is not what the engine takes; nothing was sent, or the service said so.
        public static let invalidRequest = Code(description: "invalid request")
        /// What was asked for is more than a limit allows.
        public static let limitExceeded = Code(description: "limit exceeded")
        /// The key is missing, wrong or too old.
        public static let unauthorized = Code(description: "unauthorized")
        /// The account may not do this: no balance, no plan, no permission.
        public static let accountRefused = Code(description: "account refused")
        /// The service refuses to speak or hear what it finds sensitive.
        public static let contentRefused = Code(description: "content refused")
        /// There is no such file, voice or model.
        public static let notFound = Code(description: "not found")
        /// Too many requests at once or in a time, or a service that is too busy.
        public static let rateLimited = Code(description: "rate limited")
        /// The service failed.
        public static let serviceFailed = Code(description: "service failed")
        /// Nobody answers, or the connection broke.
        public static let unreachable = Code(description: "unreachable")
        /// A limit of time was passed.
        public static let timedOut = Code(description: "timed out")
        /// The answer is not what the service is known to send.
        public static let malformedAnswer = Code(description: "malformed answer")
        /// The answer stopped before its end.
        public static let endedEarly = Code(description: "ended early")
        /// The engine cannot do this.
        public static let unsupported = Code(description: "unsupported")
        /// A program that the engine runs is not installed.
        public static let missingProgram = Code(description: "missing program")
        /// The sound cannot be used.
        public static let unusableAudio = Code(description: "unusable audio")
        /// The task was cancelled.
        public static let cancelled = Code(description: "cancelled")
    }
}

extension RemoteError: CustomStringConvertible {
    /// One line for a person: the kind, the reason, and the numbers that the service gave.
    public var description: String {
        let numbers = [
            httpStatus.map { "status \($0)" }, businessCode.map { "code \($0)" }, requestID.map { "request \($0)" },
            logID.map { "log \($0)" },
        ].compactMap { $0 }.joined(separator: ", ")
        return numbers.isEmpty ? "\(code): \(message)" : "\(code): \(message) (\(numbers))"
    }
}
