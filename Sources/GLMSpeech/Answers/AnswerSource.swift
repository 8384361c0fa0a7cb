internal import HTTPTransport
internal import Speech

/// One answer: asked for when its first element is wanted, and as often as the policy allows until that element has come.
///
/// Leave to be in flight is held from the request to the end of the answer, though somebody may keep the stream.
final class AnswerSource<Element: Sendable>: EngineSource {
    /// What is asked, and how its answer is read.
    struct Question: Sendable {
        let model: String
        let path: String
        let body: HTTPRequest.Body
        let accept: String
        /// The number that the asker gave the request.
        let requestID: String?
        /// How to read an answer.
        let decoding: @Sendable (AnswerContext) -> sending any AnswerDecoding<Element>
    }

    private let client: GLMClient
    private let question: Question
    private var state = State.notBegun

    private enum State: ~Copyable {
        case notBegun
        case streaming(HTTPBody, any AnswerDecoding<Element>, AnswerContext, RequestGate.Pass)
        /// All bytes have come; what they still give, and what was wrong with them, is to be told.
        case ending(any AnswerDecoding<Element>, Result<Void, RemoteError>)
        case ended
    }

    init(_ client: GLMClient, _ question: Question) {
        self.client = client
        self.question = question
    }

    func next() async throws(RemoteError) -> Element? {
        guard !Task.isCancelled else {
            state = .ended
            throw RemoteError(.cancelled, "the task was cancelled")
        }
        return switch takeState() {
        case .notBegun: try await first()
        case .streaming(let answer, let decoding, let context, let leave):
            try await next(answer, decoding, context, leave)
        case .ending(let decoding, let result): try last(decoding, result)
        case .ended: nil
        }
    }

    /// Takes the state out; whoever fails leaves the answer ended.
    private func takeState() -> State {
        var taken = State.ended
        swap(&taken, &state)
        return taken
    }

    /// Asks, and reads until the first element.
    ///
    /// Not inlined: what a question needs of a task's memory, an answer would keep for as long as it comes.
    @inline(never)
    private func first() async throws(RemoteError) -> Element? {
        let leave = try await client.enter(question.model)
        return try await client.attempt(question.requestID) { () async throws(RemoteError) -> Element? in
            let answer = try await client.open("POST", question.path, body: question.body, accept: question.accept)
            let context = AnswerContext(
                head: answer.head, secret: client.settings.credential.key, requestID: question.requestID)
            return try await next(answer.takeBody(), question.decoding(context), context, leave)
        }
    }

    /// The next element of an answer, or of its end.
    private func next(
        _ answer: consuming HTTPBody, _ decoding: any AnswerDecoding<Element>, _ context: AnswerContext,
        _ leave: RequestGate.Pass
    ) async throws(RemoteError) -> Element? {
        // Not kept from call to call: thousands of streams wait most of the time, and need no memory for that.
        var piece = ReceivedBytes()
        while true {
            if let ready = decoding.next() {
                state = .streaming(answer, decoding, context, leave)
                return ready
            }
            do throws(TransportError) {
                guard !decoding.isOver, try await answer.next(into: &piece) else { break }
            } catch {
                throw context.failure(error)
            }
            do throws(RemoteError) {
                try piece.read { (part, arrival) throws(RemoteError) in try decoding.read(part, at: arrival) }
            } catch {
                return try last(decoding, .failure(error))
            }
        }
        let result = Result { () throws(RemoteError) in try decoding.finish() }
        // Only the transport's own end is left, and the connection may serve again.
        if case .success = result { answer.letEnd() }
        return try last(decoding, result)
    }

    /// What comes to light at the end is given before what went wrong.
    private func last(
        _ decoding: any AnswerDecoding<Element>, _ result: Result<Void, RemoteError>
    ) throws(RemoteError) -> Element? {
        guard let element = decoding.next() else {
            try result.get()
            return nil
        }
        state = .ending(decoding, result)
        return element
    }
}
