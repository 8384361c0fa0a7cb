internal import AudioCore
internal import HTTPTransport
internal import Speech

/// Speech without frames, as a file or as bare samples.
final class RawSpeech: AnswerDecoding {
    private let context: AnswerContext
    private var sound = SoundReader()
    private var pieces: SpeechPieces
    /// What the answer's type says of bare samples.
    private let rate: Int?

    init(_ context: AnswerContext, skippingMark: Bool) {
        self.context = context
        pieces = SpeechPieces(skippingMark: skippingMark)
        rate = context.head.mediaParameter("rate").flatMap { Int($0) }
    }

    /// Only the connection's end ends it.
    var isOver: Bool { false }

    func next() -> SpeechChunk? { pieces.next() }

    func read(_ bytes: Span<UInt8>, at arrival: ContinuousClock.Instant) throws(RemoteError) {
        try context.reading { () throws(AudioError) in
            try sound.read(bytes, rate: rate, into: &pieces, at: arrival)
        }
    }

    /// A file that ends before its header says is half a speech.
    func finish() throws(RemoteError) {
        guard sound.hasBegun else { throw context.error(.endedEarly, "the service sent no sound", mayRetry: true) }
        defer { pieces.finish(at: .now) }
        let ending: WAVEnding
        do throws(AudioError) {
            ending = try sound.finish(rate: rate, into: &pieces, at: .now)
        } catch {
            throw context.error(.endedEarly, error.message, mayRetry: true)
        }
        guard ending == .complete, !pieces.endsInSample else { throw context.cutSound }
    }
}
