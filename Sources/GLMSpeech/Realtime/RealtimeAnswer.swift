internal import HTTPTransport
internal import Speech

/// Puts an answer together from events whose order nobody promises: within an answer, only events of one type follow each other.
struct RealtimeAnswer {
    /// A piece of it.
    enum Piece: Equatable {
        /// What the user is understood to have said.
        case heard(String)
        case text(String)
        case sound([UInt8])
    }

    /// How it ended; nil while it goes on.
    private(set) var ending: Ending?
    /// What the model wants done, in order.
    private(set) var calls: [RealtimeServerEvent.Call] = []
    /// What did not go meanwhile: most such faults end nothing.
    private(set) var fault: RealtimeFault?
    /// Its number, once it is known.
    private var number: String?
    /// Answers before this one: what still comes of them is nobody's.
    private var former: Set<String>
    /// Which of two writings of the answer is given: each is whole.
    private var writing: Writing?

    enum Ending: Equatable {
        case done(RealtimeServerEvent.Response)
        case cancelled
    }

    private enum Writing {
        case text, transcript
    }

    /// Waits for an answer behind others.
    init(after former: Set<String> = []) { self.former = former }

    /// The numbers of this answer and those before it.
    var known: Set<String> { number.map { former.union([$0]) } ?? former }

    /// Takes an event in, and gives what it adds.
    ///
    /// - Throws: what the service says is wrong before there is an answer, since none will come then.
    mutating func take(_ kind: RealtimeServerEvent.Kind) throws(RemoteError) -> Piece? {
        switch kind {
        case .heard(let text, _): return text.isEmpty ? nil : .heard(text)
        case .responseCreated(let response): _ = isOwn(response.id)
        case .responseDone(let response):
            if isOwn(response.id) { ending = response.status == "cancelled" ? .cancelled : .done(response) }
        case .responseCancelled(let response):
            if isOwn(response.id) { ending = .cancelled }
        case .text(let text, let place): return written(text, .text, place)
        case .transcript(let text, let place): return written(text, .transcript, place)
        // Who sends no pieces sends all of it at the end.
        case .textDone(let text, let place): return writing == nil ? written(text, .text, place) : nil
        case .transcriptDone(let text, let place): return writing == nil ? written(text, .transcript, place) : nil
        case .audio(let bytes, let place): return isOwn(place.responseID) ? .sound(bytes) : nil
        case .call(let call, let place):
            if isOwn(place.responseID) { calls.append(call) }
        case .error(let fault): try note(fault)
        default: break
        }
        return nil
    }

    private mutating func written(_ text: String, _ kind: Writing, _ place: RealtimeServerEvent.Place) -> Piece? {
        guard isOwn(place.responseID), !text.isEmpty, writing == nil || writing == kind else { return nil }
        writing = kind
        return .text(text)
    }

    /// Whether something belongs to this answer; the first that belongs to no other gives it its number.
    private mutating func isOwn(_ id: String) -> Bool {
        guard !id.isEmpty else { return true }
        if number == nil, !former.contains(id) { number = id }
        return number == id
    }

    private mutating func note(_ fault: RealtimeFault) throws(RemoteError) {
        // There was nothing to be cancelled.
        guard fault.code != "stop_task_error" else { return }
        guard number != nil else { throw RemoteError(fault) }
        self.fault = fault
    }
}

extension RemoteError {
    /// What the service says over a call.
    init(_ fault: RealtimeFault) {
        let stated = ServiceFailure.Stated(
            code: LooseText(fault.code), message: fault.message.isEmpty ? fault.code : fault.message, type: fault.type)
        self = ServiceFailure(HTTPHead(status: 200, headers: []), stated).error(secret: nil)
    }
}
