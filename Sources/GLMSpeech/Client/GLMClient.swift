internal import HTTPTransport
public import Speech

/// Speaks, listens and converses through the GLM audio models, or through a server of one's own that understands one of
/// the dialects.
///
/// ```swift
/// let glm = try GLMClient(GLMSettings(credential: .key(key)))
/// for try await chunk in try glm.speak(SpeechRequest("你好", voice: "tongtong")) { player.play(chunk.audio) }
/// ```
///
/// One client keeps the connections; share it. A reader is woken on the pool of Swift's tasks; one that wants its sound 20 µs
/// sooner runs on the client's thread: `withTaskExecutorPreference(glm.executor) { … }`.
public final class GLMClient: Sendable {
    /// Where, who and how.
    public let settings: GLMSettings
    let http: HTTPClient
    private let signer: TokenSigner?

    /// Makes a client.
    ///
    /// - Throws: `invalidRequest` for an address that is none, `unreachable` when the system has no thread left.
    public convenience init(_ settings: GLMSettings) throws(RemoteError) {
        try self.init(settings, signer: settings.credential.key.flatMap { TokenSigner($0) })
    }

    init(_ settings: GLMSettings, signer: TokenSigner?) throws(RemoteError) {
        guard settings.baseURL.hasPrefix("http://") || settings.baseURL.hasPrefix("https://") else {
            throw RemoteError(
                .invalidRequest, "the address of the service is ‘\(Redaction.redact(settings.baseURL))’",
                hint: "it begins with https://, such as \(GLMSettings.mainlandURL)")
        }
        guard settings.concurrentRequests > 0 else {
            throw RemoteError(
                .invalidRequest, "no request could ever be made with \(settings.concurrentRequests) at once")
        }
        self.settings = settings
        self.signer = settings.credential.isSigned ? signer : nil
        do throws(TransportError) {
            http = try HTTPClient(log: settings.log)
        } catch {
            throw RemoteError(error, without: nil)
        }
    }

    /// The client's thread, as an executor for readers who want to be woken on it.
    public var executor: any TaskExecutor { http.executor }
}

// MARK: - Requests

extension GLMClient {
    /// What goes with every request.
    func headers(accept: String) -> [HTTPHeader] {
        var headers = [HTTPHeader("Accept", accept), HTTPHeader("User-Agent", "oriole")]
        if let languages = settings.messageLanguages { headers.append(HTTPHeader("Accept-Language", languages)) }
        if let token = signer?.token() ?? settings.credential.key {
            headers.append(HTTPHeader("Authorization", "Bearer \(token)"))
        }
        return headers
    }

    /// The address of a path, which begins with a slash or is empty.
    func url(_ path: String) -> String {
        (settings.baseURL.hasSuffix("/") ? String(settings.baseURL.dropLast()) : settings.baseURL) + path
    }

    /// Makes a request once and throws what its answer says is wrong.
    func open(
        _ method: String, _ path: String, body: HTTPRequest.Body = .none, accept: String = "application/json"
    ) async throws(RemoteError) -> HTTPAnswer {
        let request = HTTPRequest(
            method, url(path), headers: headers(accept: accept), body: body, limits: settings.limits)
        var answer = try await translated { () async throws(TransportError) in try await http.send(request) }
        guard !answer.head.isSuccess else { return answer }
        let bytes = try await translated { () async throws(TransportError) in
            try await answer.body.collect(upTo: Self.longestError)
        }
        throw ServiceFailure(answer.head, bytes).error(secret: settings.credential.key)
    }

    /// Makes a request once and decodes its answer.
    func ask<Answer: Decodable>(
        _ method: String, _ path: String, body: HTTPRequest.Body = .none, as type: Answer.Type = Answer.self
    ) async throws(RemoteError) -> Answer {
        var answer = try await open(method, path, body: body)
        let bytes = try await translated { () async throws(TransportError) in
            try await answer.body.collect(upTo: AnswerContext.longest)
        }
        return try AnswerContext(head: answer.head, secret: settings.credential.key, requestID: nil).decodeWhole(bytes)
    }

    private static let longestError = 1 << 20
}

// MARK: - Manners

extension GLMClient {
    /// Waits for leave to make a request to a model.
    func enter(_ model: String) async throws(RemoteError) -> RequestGate.Pass {
        try await gate(model).enter()
    }

    /// Where requests to a model wait for their turn.
    func gate(_ model: String) -> RequestGate {
        let account = "\(url("")) \(settings.credential.account)"
        return RequestGate.shared(account: account, model: model, limit: settings.concurrentRequests)
    }

    /// Makes a request as often as the policy allows; a token that has ended is renewed once, at once.
    ///
    /// What fails knows the request by the number that the asker gave it, unless the service gave another.
    func attempt<Result>(
        _ requestID: String?, _ body: () async throws(RemoteError) -> sending Result
    ) async throws(RemoteError) -> sending Result {
        var renewals = signer
        do throws(RemoteError) {
            return try await settings.retry.run { _ throws(RemoteError) in
                do throws(RemoteError) {
                    return try await body()
                } catch {
                    guard error.businessCode == "1003", let signer = renewals.take() else { throw error }
                    signer.renew()
                    return try await body()
                }
            }
        } catch {
            var error = error
            error.requestID = error.requestID ?? requestID
            throw error
        }
    }

    /// The same with leave: for requests whose answer is read at once.
    func attempt<Result>(
        model: String, requestID: String? = nil, _ body: () async throws(RemoteError) -> sending Result
    ) async throws(RemoteError) -> sending Result {
        let pass = try await enter(model)
        defer { pass.leave() }
        return try await attempt(requestID, body)
    }

    /// Runs a call of the transport and turns its failure into ours.
    func translated<Result: ~Copyable>(
        _ body: () async throws(TransportError) -> Result
    ) async throws(RemoteError) -> Result {
        do throws(TransportError) {
            return try await body()
        } catch {
            throw RemoteError(error, without: settings.credential.key)
        }
    }
}

extension RemoteError {
    /// What the transport says, which may repeat what a server said: without a secret.
    init(_ error: TransportError, without secret: String?) {
        let codes: [TransportError.Kind: Code] = [
            .unusable: .invalidRequest, .unresolved: .unreachable, .unreachable: .unreachable, .insecure: .unreachable,
            .timedOut: .timedOut, .broken: .endedEarly, .unreadable: .unusableAudio, .tooLarge: .malformedAnswer,
            .cancelled: .cancelled,
        ]
        let hints: [TransportError.Kind: String] = [
            .unresolved: "check the address and the network",
            .unreachable: "check that the server runs, the address and the network",
            .insecure: "check the address, the date of this machine and its certificates",
        ]
        let message = Redaction.redact(error.message, secret)
        self.init(codes[error.kind] ?? .unreachable, message, hint: hints[error.kind], mayRetry: error.mayPass)
    }
}
