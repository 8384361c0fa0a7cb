internal import Speech

/// Speech that is coded in a way that nobody asked for: samples are not to be made of it.
final class UnwantedSound: AnswerDecoding {
    private let error: RemoteError

    init(_ context: AnswerContext, _ codec: String) {
        error = context.error(
            .malformedAnswer, "the server sent \(codec), where WAVE or samples were asked for",
            hint: "see whether it understands response_format")
    }

    var isOver: Bool { true }

    func next() -> SpeechChunk? { nil }

    func read(_ bytes: Span<UInt8>, at arrival: ContinuousClock.Instant) {}

    func finish() throws(RemoteError) { throw error }
}
