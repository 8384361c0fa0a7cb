/// Whatever answers requests: over a socket, or in process.
protocol HTTPService: Sendable {
    /// How long the body of a request may be.
    ///
    /// - Throws: why the request gets nothing, whatever its body is.
    func longestBody(of head: RequestHead) throws(Fault) -> Int

    /// Answers a request, and ends the answer.
    func respond(to request: Request, with answer: Answer) async

    /// Answers what cannot be answered otherwise.
    func refuse(_ fault: Fault, _ head: RequestHead, with answer: Answer)

    /// Hears what became of a request, once it is over.
    func note(_ record: AccessRecord)
}

/// What became of a request.
struct AccessRecord: Sendable {
    let head: RequestHead
    /// The status that went out; nil when the client left before.
    let status: Int?
    let receivedByteCount: Int
    let sentByteCount: Int
    let duration: Duration
    /// Whether the client had all of the answer.
    let isComplete: Bool
}
