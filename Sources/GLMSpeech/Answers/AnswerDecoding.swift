internal import AudioCore
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
    /// The number that the asker gave the request.
    let requestID: String?

    /// The most bytes of an answer that is read as a whole.
    static let longest = 64 << 20

    /// Whether the answer comes in events.
    var isStream: Bool { head.mediaType == "text/event-stream" }
    /// Whether the answer is JSON, or a page of a proxy.
    var isText: Bool { head.mediaType.map { $0.contains("json") || $0 == "text/html" } ?? false }

    var cutSound: RemoteError { error(.endedEarly, "the speech stopped before its end", mayRetry: true) }

    var tooLong: RemoteError {
        error(.malformedAnswer, "the answer is larger than \(Self.longest) bytes")
    }

    /// What is wrong with sound that the service sent: nobody here can mend it, but another answer may be better.
    func malformed(_ error: AudioError) -> RemoteError {
        self.error(.malformedAnswer, "the sound of the answer cannot be read: \(error.message)", mayRetry: true)
    }

    /// What the transport says of an answer that has begun.
    func failure(_ error: TransportError) -> RemoteError {
        var failure = RemoteError(error, without: secret)
        (failure.httpStatus, failure.logID) = (head.status, head.logID(without: secret))
        failure.requestID = requestNumber
        return failure
    }

    /// Runs what reads sound, whose failure is the answer's.
    func reading<Result>(_ body: () throws(AudioError) -> Result) throws(RemoteError) -> Result {
        do throws(AudioError) { return try body() } catch { throw malformed(error) }
    }

    /// The failure that a frame states.
    func failure(_ stated: ServiceFailure.Stated) -> RemoteError { error(ServiceFailure(head, stated)) }

    /// The failure that is all of an answer.
    func refusal(_ body: [UInt8]) -> RemoteError { error(ServiceFailure(head, body)) }

    private func error(_ failure: ServiceFailure) -> RemoteError {
        var error = failure.error(secret: secret)
        error.requestID = error.requestID ?? requestNumber
        return error
    }

    private var requestNumber: String? { head.requestID(without: secret) ?? requestID }

    /// Decodes an event of the answer.
    func decode<Value: Decodable>(_ data: [UInt8]) throws(RemoteError) -> Value {
        do {
            return try JSON.decode(data)
        } catch {
            let failure = ServiceFailure(head, data)
            if failure.isStated { throw self.error(failure) }
            throw self.error(
                .malformedAnswer, "the answer is not what the service is known to send: \(JSON.complaint(error))",
                mayRetry: true)
        }
    }

    /// Decodes all of the answer, which may be an error in spite of its status.
    func decodeWhole<Value: Decodable>(_ body: [UInt8]) throws(RemoteError) -> Value {
        let failure = ServiceFailure(head, body)
        if failure.isStated { throw error(failure) }
        return try decode(body)
    }

    func error(_ code: RemoteError.Code, _ message: String, hint: String? = nil, mayRetry: Bool = false) -> RemoteError
    {
        RemoteError(
            code, message, hint: hint, httpStatus: head.status, requestID: requestNumber,
            logID: head.logID(without: secret), mayRetry: mayRetry)
    }

    /// What it means for speech and transcripts, which are whole or worthless, that the model had no room for more.
    func failure(cut reason: String) -> RemoteError? {
        guard reason == "length" else { return nil }
        return error(
            .limitExceeded, "the service stopped at the longest answer that its model gives",
            hint: "ask for less at once")
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
