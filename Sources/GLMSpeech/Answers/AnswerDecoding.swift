@_spi(Measuring) internal import HTTPTransport
internal import Speech

/// Makes what a reader wants from the bytes of an answer.
protocol AnswerDecoding<Element>: AnyObject {
    associatedtype Element: Sendable

    /// The next element of those that have been read.
    func next() -> Element?
    /// Reads bytes of the answer.
    func read(_ bytes: Span<UInt8>, at arrival: ContinuousClock.Instant) throws(RemoteError)
    /// Whether nothing more is to be read: an error, or the end.
    var isOver: Bool { get }
    /// Ends the answer, once, and throws what was wrong with it; either way there may be more elements then.
    func finish() throws(RemoteError)
}

/// Hands the data of each event to a reader, and keeps what went wrong until all that came before it has been taken.
struct EventReader {
    private var events = ServerSentEvents(endingAt: .line)
    private(set) var failure: RemoteError?

    /// Reads bytes; after a failure nothing more is read.
    mutating func read(
        _ bytes: Span<UInt8>, _ body: (Span<UInt8>) throws(RemoteError) -> Void
    ) throws(RemoteError) {
        var failure = failure
        do throws(ServerSentEvents.LineTooLong) {
            try events.read(bytes) { _, data in
                guard failure == nil else { return }
                do throws(RemoteError) { try body(data) } catch { failure = error }
            }
        } catch {
            throw RemoteError(.malformedAnswer, "a line of the answer is longer than \(error.limit) bytes")
        }
        self.failure = failure
    }

    /// Reads a last line without an end, and throws what went wrong.
    mutating func finish(_ body: (Span<UInt8>) throws(RemoteError) -> Void) throws(RemoteError) {
        var failure = failure
        events.finish { _, data in
            guard failure == nil else { return }
            do throws(RemoteError) { try body(data) } catch { failure = error }
        }
        self.failure = failure
        if let failure { throw failure }
    }

    /// What ends a stream of OpenAI's servers, and some of the service's.
    static let doneMark = Array("[DONE]".utf8)
}

/// What an answer's stream can say of an error of its own.
struct AnswerContext {
    let head: HTTPHead
    let secret: String?

    /// The most bytes of an answer that is read as a whole.
    static let longest = 64 << 20

    /// Whether the answer comes in events.
    var isStream: Bool { head.mediaType == "text/event-stream" }
    /// Whether the answer is JSON, or a page of a proxy.
    var isText: Bool { head.mediaType.map { $0.contains("json") || $0 == "text/html" } ?? false }

    var tooLong: RemoteError {
        error(.malformedAnswer, "the answer is larger than \(Self.longest) bytes")
    }

    /// The failure that a frame states.
    func failure(_ stated: ServiceFailure.Stated) -> RemoteError { ServiceFailure(head, stated).error(secret: secret) }

    /// Decodes an event of the answer.
    func decode<Value: Decodable>(_ data: [UInt8]) throws(RemoteError) -> Value {
        do {
            return try JSON.decode(data)
        } catch {
            let failure = ServiceFailure(head, data)
            if failure.isStated { throw failure.error(secret: secret) }
            throw self.error(
                .malformedAnswer, "the answer is not what the service is known to send: \(JSON.complaint(error))",
                mayRetry: true)
        }
    }

    /// Decodes all of the answer, which may be an error in spite of its status.
    func decodeWhole<Value: Decodable>(_ body: [UInt8]) throws(RemoteError) -> Value {
        let failure = ServiceFailure(head, body)
        if failure.isStated { throw failure.error(secret: secret) }
        return try decode(body)
    }

    func error(_ code: RemoteError.Code, _ message: String, hint: String? = nil, mayRetry: Bool = false) -> RemoteError
    {
        RemoteError(
            code, message, hint: hint, httpStatus: head.status, logID: head.logID(without: secret), mayRetry: mayRetry)
    }

    /// Why a stream ended, when that was no good end.
    func failure(finish reason: String) -> RemoteError? {
        switch reason {
        case "sensitive":
            error(.contentRefused, "the service stopped, since it finds the content sensitive", hint: "change it")
        case "network_error":
            error(.serviceFailed, "the service stopped with an error of its network", mayRetry: true)
        case "model_context_window_exceeded":
            error(
                .limitExceeded, "the conversation is too long for the model", hint: "begin anew, or leave out old turns"
            )
        default: nil
        }
    }
}
