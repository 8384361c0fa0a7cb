internal import AudioCore
internal import Platform
internal import Speech

/// A transcript in any of the shapes in which servers answer: bare, with segments or words, or like a chat.
struct TranscriptAnswer: Decodable {
    let transcript: Transcript

    private enum CodingKeys: String, CodingKey {
        case text, language, segments, words, choices
    }

    private struct Part: Decodable {
        var text: String?
        var word: String?
        var start: Double?
        var end: Double?

        /// Seconds that no clip lasts; more does not fit into a `Duration`.
        private static let longest = 1e9

        var span: Transcript.Span? {
            guard let text = text ?? word, let start, let end, abs(start) < Self.longest, abs(end) < Self.longest
            else { return nil }
            return Transcript.Span(text: text, start: .seconds(start), end: .seconds(end))
        }
    }

    private struct Choice: Decodable {
        let message: Message

        struct Message: Decodable {
            let content: String
        }
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        let chat = try? members.decodeIfPresent([Choice].self, forKey: .choices)
        let text = try members.decodeIfPresent(String.self, forKey: .text) ?? chat?.first?.message.content
        guard let text else {
            let context = DecodingError.Context(codingPath: [], debugDescription: "no text")
            throw DecodingError.keyNotFound(CodingKeys.text, context)
        }
        func parts(_ key: CodingKeys) -> [Transcript.Span] {
            ((try? members.decodeIfPresent([Part].self, forKey: key)) ?? nil)?.compactMap(\.span) ?? []
        }
        let language = (try? members.decodeIfPresent(String.self, forKey: .language)) ?? nil
        let told = language.flatMap { $0.isEmpty || $0 == "auto" ? nil : Languages.code(of: $0) }
        transcript = Transcript(
            // Some answers begin with a line end.
            text: String(text.drop(while: \.isNewline)), language: told,
            words: parts(.words), segments: parts(.segments))
    }
}

/// An event of a transcript that streams, in any of the shapes.
private struct TranscriptEvent: Decodable {
    var type: String?
    var delta: String?
    var text: String?
    var finishReason: String?
    var error: ServiceFailure.Stated?

    private enum CodingKeys: String, CodingKey {
        case type, delta, text, choices, error
    }

    private struct Choice: Decodable {
        var delta: Delta?
        var finishReason: String?

        struct Delta: Decodable {
            var content: String?
        }

        private enum CodingKeys: String, CodingKey {
            case delta
            case finishReason = "finish_reason"
        }
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        type = try? members.decodeIfPresent(String.self, forKey: .type)
        delta = try? members.decodeIfPresent(String.self, forKey: .delta)
        text = try? members.decodeIfPresent(String.self, forKey: .text)
        error = try? members.decodeIfPresent(ServiceFailure.Stated.self, forKey: .error)
        let choices = (try? members.decodeIfPresent([Choice].self, forKey: .choices)) ?? nil
        delta = delta ?? choices?.first?.delta?.content
        finishReason = choices?.first?.finishReason
        guard type != nil || delta != nil || text != nil || error != nil || choices != nil else {
            let context = DecodingError.Context(codingPath: [], debugDescription: "nothing of a transcript")
            throw DecodingError.keyNotFound(CodingKeys.delta, context)
        }
    }
}

/// Puts a streamed transcript together: what is new, piece by piece.
final class EventTranscript: AnswerDecoding {
    private let context: AnswerContext
    private var events = EventReader()
    private var text = ""
    private var ready: ArraySlice<String> = []
    private var isWhole = false

    init(_ context: AnswerContext) { self.context = context }

    func next() -> String? { ready.popFirst() }

    var isOver: Bool { events.failure != nil || isWhole }

    func read(_ bytes: Span<UInt8>, at arrival: ContinuousClock.Instant) throws(RemoteError) {
        try events.read(bytes) { data throws(RemoteError) in try take(Array(copying: data)) }
    }

    func finish() throws(RemoteError) {
        try events.finish { data throws(RemoteError) in try take(Array(copying: data)) }
        guard isWhole else {
            throw context.error(.endedEarly, "the transcript stopped before its end", mayRetry: true)
        }
    }

    private func take(_ data: [UInt8]) throws(RemoteError) {
        if data.isEmpty || isWhole { return }
        if data == EventReader.doneMark { return isWhole = true }
        let event: TranscriptEvent = try context.decode(data)
        if let stated = event.error { throw context.failure(stated) }
        if event.type == "transcript.text.done" { return end(with: event) }
        if let delta = event.delta { add(delta) }
        guard let reason = event.finishReason else { return }
        if let failure = context.failure(finish: reason) ?? context.failure(cut: reason) { throw failure }
        isWhole = true
    }

    /// The last event may bring nothing, one more piece, or all of the text again.
    ///
    /// A whole that does not go on from the pieces changes nothing: they have been read.
    private func end(with event: TranscriptEvent) {
        // Scalars are compared, since a mark that joins a letter makes another character of it.
        let given = text.unicodeScalars
        if let whole = event.text.map(Self.withoutFirstLineEnds)?.unicodeScalars, whole.starts(with: given) {
            add(String(String.UnicodeScalarView(whole.dropFirst(given.count))))
        } else if let delta = event.delta, Self.withoutFirstLineEnds(delta) != text {
            add(delta)
        }
        isWhole = true
    }

    /// Some answers begin with a line end.
    private static func withoutFirstLineEnds(_ text: String) -> String { String(text.drop(while: \.isNewline)) }

    private func add(_ piece: String) {
        let piece = text.isEmpty ? Self.withoutFirstLineEnds(piece) : piece
        guard !piece.isEmpty else { return }
        text += piece
        ready.append(piece)
    }
}
