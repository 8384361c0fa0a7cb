internal import AudioCore
internal import Speech

/// Speech without frames, as a file or as bare samples.
final class RawSpeech: AnswerDecoding {
    private var sound = SoundReader()
    private var pieces: SpeechPieces

    init(skippingMark: Bool) { pieces = SpeechPieces(skippingMark: skippingMark) }

    /// Only the connection's end ends it.
    var isOver: Bool { false }

    func next() -> SpeechChunk? { pieces.next() }

    func read(_ bytes: Span<UInt8>, at arrival: ContinuousClock.Instant) throws(RemoteError) {
        try sound.read(bytes, rate: nil, into: &pieces, at: arrival)
    }

    /// A file that ends before its header says is half a speech.
    func finish() throws(RemoteError) {
        guard sound.hasBegun else { throw RemoteError(.endedEarly, "the service sent no sound", mayRetry: true) }
        let isWhole: Bool
        do throws(RemoteError) {
            isWhole = try sound.finish(rate: nil, into: &pieces, at: .now) == .complete
        } catch {
            throw RemoteError(.endedEarly, error.message, mayRetry: true)
        }
        pieces.finish(at: .now)
        guard isWhole else {
            throw RemoteError(.endedEarly, "the speech stopped before its header says", mayRetry: true)
        }
    }
}
