internal import HTTPTransport
internal import Speech

/// One answer: asked for when its first element is wanted, and as often as the policy allows until that element has come.
///
/// Leave to be in flight is held from the request to the end of the answer.
final class AnswerSource<Element: Sendable>: EngineSource {
    /// What is asked, and how its answer is read.
    struct Question: Sendable {
        let model: String
        let path: String
        let body: HTTPRequest.Body
        let accept: String
        /// How to read an answer; nil for one that must be read whole, for what it says.
        let decoding: @Sendable (AnswerContext) -> sending (any AnswerDecoding<Element>)?
    }

    private let client: GLMClient
    private let question: Question
    private var state = State.notBegun
    private var pass: RequestGate.Pass?

    private enum State: ~Copyable {
        case notBegun
        case streaming(HTTPBody, any AnswerDecoding<Element>)
        case ended
    }

    init(_ client: GLMClient, _ question: Question) {
        self.client = client
        self.question = question
    }

    func next() async throws(RemoteError) -> Element? {
        switch takeState() {
        case .notBegun: return try await first()
        case .ended: return nil
        case .streaming(var answer, let decoding):
            // Whatever ends the answer gives the leave back, though somebody may keep the stream.
            let leave = pass.take()
            guard let element = try await next(&answer, decoding) else { return nil }
            state = .streaming(answer, decoding)
            pass = leave
            return element
        }
    }

    /// Takes the state out; whoever fails leaves the answer ended.
    private func takeState() -> State {
        var taken = State.ended
        swap(&taken, &state)
        return taken
    }

    private func first() async throws(RemoteError) -> Element? {
        let leave = try await client.enter(question.model)
        let element: Element? = try await client.attempt { () async throws(RemoteError) -> Element? in
            let answer = try await client.open("POST", question.path, body: question.body, accept: question.accept)
            let context = AnswerContext(head: answer.head, secret: client.settings.credential.key)
            var rest = answer.takeBody()
            guard let decoding = question.decoding(context) else { throw try await failure(&rest, context) }
            let element = try await next(&rest, decoding)
            if element != nil { state = .streaming(rest, decoding) }
            return element
        }
        if element != nil { pass = leave }
        return element
    }

    /// What an answer says that is not of the form that was asked for.
    private func failure(_ rest: inout HTTPBody, _ context: AnswerContext) async throws(RemoteError) -> RemoteError {
        do throws(TransportError) {
            let text = try await rest.collect(upTo: 1 << 20)
            return ServiceFailure(context.head, text).error(secret: context.secret)
        } catch {
            return RemoteError(error)
        }
    }

    /// The next element of an answer, or nil after the last.
    private func next(
        _ answer: inout HTTPBody, _ decoding: any AnswerDecoding<Element>
    ) async throws(RemoteError) -> Element? {
        // Not kept from call to call: thousands of streams wait most of the time, and need no memory for that.
        var piece: [UInt8] = []
        while true {
            if let ready = decoding.next() { return ready }
            do throws(TransportError) {
                guard !decoding.isOver, try await answer.next(into: &piece) else { break }
            } catch {
                throw RemoteError(error)
            }
            try decoding.read(piece.span, at: .now)
        }
        // What comes to light at the end is given before what went wrong.
        do throws(RemoteError) {
            try decoding.finish()
        } catch {
            guard let last = decoding.next() else { throw error }
            return last
        }
        return decoding.next()
    }
}
