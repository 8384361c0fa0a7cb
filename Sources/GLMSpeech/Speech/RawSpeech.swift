internal import AudioCore
internal import HTTPTransport
internal import Speech

/// Speech without frames, as a file or as bare samples.
final class RawSpeech: AnswerDecoding {
    private var sound = SoundReader()
    private var pieces: SpeechPieces
    /// What the answer's type says of bare samples.
    private let rate: Int?

    init(_ context: AnswerContext, skippingMark: Bool) {
        pieces = SpeechPieces(skippingMark: skippingMark)
        rate = context.head.mediaParameter("rate").flatMap { Int($0) }
    }

    /// Only the connection's end ends it.
    var isOver: Bool { false }

    func next() -> SpeechChunk? { pieces.next() }

    func read(_ bytes: Span<UInt8>, at arrival: ContinuousClock.Instant) throws(RemoteError) {
        try sound.read(bytes, rate: rate, into: &pieces, at: arrival)
    }

    /// A file that ends before its header says is half a speech.
    func finish() throws(RemoteError) {
        guard sound.hasBegun else { throw RemoteError(.endedEarly, "the service sent no sound", mayRetry: true) }
        let isWhole: Bool
        defer { pieces.finish(at: .now) }
        do throws(RemoteError) {
            isWhole = try sound.finish(rate: rate, into: &pieces, at: .now) == .complete
        } catch {
            throw RemoteError(.endedEarly, error.message, mayRetry: true)
        }
        guard isWhole, !pieces.endsInSample else {
            throw RemoteError(.endedEarly, "the speech stopped before its end", mayRetry: true)
        }
    }
}
