internal import AudioCore
internal import Platform
internal import Speech

/// Why a request does not get what it asked for; each family of routes has words of its own for it.
struct Fault: Error, Equatable, Sendable {
    let kind: Kind
    let message: String
    /// What to do about it.
    var hint: String?
    /// Which part of the request is wrong.
    var parameter: String?
    /// The service's own code, where one is known.
    var code: String?
    /// After how many seconds it may go better.
    var retryAfter: Int?
    /// Whether nobody can say where the request ends, so that nothing more can be read from the connection.
    var endsConnection = false

    init(
        _ kind: Kind, _ message: String, hint: String? = nil, parameter: String? = nil, code: String? = nil,
        retryAfter: Int? = nil
    ) {
        self.kind = kind
        self.message = message
        self.hint = hint
        self.parameter = parameter
        self.code = code
        self.retryAfter = retryAfter
    }

    /// What kinds there are, each with its status.
    enum Kind: Int, Sendable {
        case invalid = 400
        case unauthorized = 401
        case forbidden = 403
        case notFound = 404
        case wrongMethod = 405
        case tooLarge = 413
        case rateLimited = 429
        /// Nobody reads the answer.
        case clientLeft = 499
        case failed = 500
        case unsupported = 501
        case engineFailed = 502
        case busy = 503
        case timedOut = 504
    }

    var status: Int { kind.rawValue }

    /// One line: what is wrong and what to do.
    var text: String { hint.map { "\(message); \($0)" } ?? message }
}

extension Fault {
    /// What an engine failed with, seen from outside.
    init(_ error: RemoteError) {
        let kinds: [RemoteError.Code: Kind] = [
            .invalidRequest: .invalid, .limitExceeded: .invalid, .contentRefused: .invalid, .unusableAudio: .invalid,
            .notFound: .notFound, .rateLimited: .rateLimited, .timedOut: .timedOut, .unsupported: .invalid,
            .missingProgram: .unsupported, .cancelled: .clientLeft,
        ]
        // A key that is refused is ours, not that of whoever asks.
        self.init(
            kinds[error.code] ?? .engineFailed, error.message, hint: error.hint, code: error.businessCode,
            retryAfter: error.retryAfter.map { Int(($0 / .seconds(1)).rounded(.up)) })
    }

    init(_ error: AudioError) { self.init(RemoteError(error)) }

    init(_ error: SystemError) { self.init(.failed, error.text) }
}

/// Turns an engine's failure into a fault.
func withFaults<Value: ~Copyable>(
    _ body: () async throws(RemoteError) -> Value
) async throws(Fault) -> Value {
    do throws(RemoteError) {
        return try await body()
    } catch {
        throw Fault(error)
    }
}

extension Fault {
    /// A member that must be there is not.
    static func missing(_ name: String) -> Fault {
        Fault(.invalid, "‘\(name)’ is missing", parameter: name, code: "1213")
    }

    /// A member has a value that is not taken.
    static func wrong(_ name: String, _ reason: String) -> Fault {
        Fault(.invalid, "‘\(name)’ \(reason)", parameter: name, code: "1214")
    }

    /// A model that nobody has.
    static func unknown(model: String) -> Fault {
        Fault(.invalid, "there is no model ‘\(model.prefix(100))’", parameter: "model", code: "1211")
    }
}
