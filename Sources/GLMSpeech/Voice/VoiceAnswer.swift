internal import AudioCore
internal import Platform
internal import Speech

/// A part of a spoken answer: a whole one, or what is new in a stream.
struct VoiceAnswer: Decodable {
    let text: String?
    let audio: Audio?
    let finishReason: String?
    let error: ServiceFailure.Stated?

    /// Sound, and the id by which the service knows it for a while.
    struct Audio: Decodable {
        var id: String?
        var data: String?
        /// Seconds since 1970, which some servers write as text.
        var expiry: LooseText?

        private enum CodingKeys: String, CodingKey {
            case id, data
            case expiry = "expires_at"
        }
    }

    private struct Choice: Decodable {
        var message: Message?
        var delta: Message?
        var finishReason: String?

        private enum CodingKeys: String, CodingKey {
            case message, delta
            case finishReason = "finish_reason"
        }
    }

    private struct Message: Decodable {
        var content: String?
        var audio: Audio?
    }

    private enum CodingKeys: String, CodingKey {
        case choices, error
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        error = try? members.decodeIfPresent(ServiceFailure.Stated.self, forKey: .error)
        let choices = try members.decodeIfPresent([Choice].self, forKey: .choices)
        guard error != nil || choices != nil else {
            let context = DecodingError.Context(codingPath: [], debugDescription: "neither choices nor an error")
            throw DecodingError.keyNotFound(CodingKeys.choices, context)
        }
        let choice = choices?.first
        let message = choice?.message ?? choice?.delta
        text = message?.content
        audio = message?.audio
        finishReason = choice?.finishReason
    }
}

/// Makes events of the parts of an answer: its sound is a WAVE file for each part, one WAVE file for all, or bare samples.
struct VoicePieces {
    private let rate: Int
    private let context: AnswerContext
    private var pieces = SpeechPieces()
    private var sound = SoundReader()
    private var ready: ArraySlice<VoiceEvent> = []
    /// What has been said of the sound: under which id it is known, and until when.
    private var reference: (id: String, end: Int?)?

    /// Whether there was text or sound.
    private(set) var isAnswer = false

    /// The rate of sound that does not tell it.
    init(rate: Int, _ context: AnswerContext) {
        self.rate = rate
        self.context = context
    }

    mutating func next() -> VoiceEvent? { ready.popFirst() }

    /// The events of a whole answer.
    static func events(
        of answer: VoiceAnswer, rate: Int, _ context: AnswerContext
    ) throws(RemoteError) -> [VoiceEvent] {
        if let reason = answer.finishReason, let failure = context.failure(finish: reason) { throw failure }
        var pieces = VoicePieces(rate: rate, context)
        try pieces.add(answer, at: .now)
        try pieces.finish(at: .now)
        return Array(pieces.ready)
    }

    mutating func add(_ answer: VoiceAnswer, at arrival: ContinuousClock.Instant) throws(RemoteError) {
        if let text = answer.text, !text.isEmpty {
            isAnswer = true
            ready.append(.text(text))
        }
        guard let audio = answer.audio else { return }
        let bytes = try audio.data.map { (data) throws(RemoteError) in try self.bytes(of: data) } ?? []
        note(id: audio.id, end: audio.expiry?.number)
        guard !bytes.isEmpty else { return }
        isAnswer = true
        let rate = rate
        defer { gatherSound() }
        try context.reading { () throws(AudioError) in
            try sound.readPart(bytes, rate: rate, into: &pieces, at: arrival)
        }
    }

    /// Tells the reference when it is new, or when its end is.
    private mutating func note(id: String?, end: Int?) {
        guard let id = id ?? reference?.id, id != reference?.id || (end != nil && end != reference?.end) else { return }
        reference = (id, end)
        ready.append(.audioReference(id: id, expiresAt: end))
    }

    /// Gives what was held back until the end.
    ///
    /// - Throws: `endedEarly` when the sound's header promised more, or when there was nothing at all.
    mutating func finish(at arrival: ContinuousClock.Instant) throws(RemoteError) {
        defer { gatherSound() }
        let rate = rate
        let ending = try context.reading { () throws(AudioError) in
            try sound.finish(rate: rate, into: &pieces, at: arrival)
        }
        guard ending == .complete else { throw context.cutSound }
        guard isAnswer else { throw context.error(.endedEarly, "the service answered nothing", mayRetry: true) }
    }

    private mutating func gatherSound() {
        while let piece = pieces.next() { ready.append(.audio(piece)) }
    }

    private func bytes(of text: String) throws(RemoteError) -> [UInt8] {
        try context.reading { () throws(AudioError) in
            var bytes: [UInt8] = []
            var decoder = Base64Decoder()
            _ = try decoder.decode(Array(text.utf8).span, appendingTo: &bytes)
            try decoder.finish(appendingTo: &bytes)
            return bytes
        }
    }
}

/// An answer that streams.
final class EventAnswer: AnswerDecoding {
    private let context: AnswerContext
    private var events = EventReader()
    private var pieces: VoicePieces
    private var isWhole = false

    init(_ context: AnswerContext, rate: Int) {
        self.context = context
        pieces = VoicePieces(rate: rate, context)
    }

    func next() -> VoiceEvent? { pieces.next() }

    var isOver: Bool { events.failure != nil || isWhole }

    func read(_ bytes: Span<UInt8>, at arrival: ContinuousClock.Instant) throws(RemoteError) {
        try events.read(bytes) { data throws(RemoteError) in try take(Array(copying: data), at: arrival) }
    }

    func finish() throws(RemoteError) {
        try events.finish { data throws(RemoteError) in try take(Array(copying: data), at: .now) }
        guard isWhole else {
            // What has come is given all the same.
            try? pieces.finish(at: .now)
            throw context.error(.endedEarly, "the answer stopped before its end", mayRetry: true)
        }
        try pieces.finish(at: .now)
    }

    private func take(_ data: [UInt8], at arrival: ContinuousClock.Instant) throws(RemoteError) {
        if data.isEmpty || isWhole { return }
        if data == EventReader.doneMark { return isWhole = true }
        let answer: VoiceAnswer = try context.decode(data)
        if let stated = answer.error { throw context.failure(stated) }
        try pieces.add(answer, at: arrival)
        guard let reason = answer.finishReason else { return }
        if let failure = context.failure(finish: reason) { throw failure }
        isWhole = true
    }
}
