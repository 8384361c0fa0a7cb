internal import AudioCore
internal import Speech

/// Speech without frames: a WAVE file when it begins like one, else bare samples of 16 bits.
final class RawSpeech: AnswerDecoding {
    private var pieces = SpeechPieces()
    private var wave = WAVReader()
    private var beginning: [UInt8] = []
    private var isWave: Bool?

    /// Only the connection's end ends it.
    var isOver: Bool { false }

    func next() -> SpeechChunk? { pieces.next() }

    func read(_ bytes: Span<UInt8>, at arrival: ContinuousClock.Instant) throws(RemoteError) {
        guard isWave == nil else { return try add(bytes, at: arrival) }
        beginning.append(contentsOf: bytes.indices.map { bytes[$0] })
        guard beginning.count >= 4 else { return }
        try decide(at: arrival)
    }

    func finish() throws(RemoteError) {
        if isWave == nil && !beginning.isEmpty { try decide(at: .now) }
        guard isWave != nil else { throw RemoteError(.endedEarly, "the service sent no sound", mayRetry: true) }
    }

    private func decide(at arrival: ContinuousClock.Instant) throws(RemoteError) {
        isWave = beginning.starts(with: "RIFF".utf8)
        let first = beginning
        beginning = []
        try add(first.span, at: arrival)
    }

    private func add(_ bytes: Span<UInt8>, at arrival: ContinuousClock.Instant) throws(RemoteError) {
        guard isWave == true else { return try pieces.add(bytes, rate: nil, at: arrival) }
        var samples: [Float] = []
        do throws(AudioError) {
            try wave.read(bytes, appendingTo: &samples)
        } catch {
            throw RemoteError(error)
        }
        guard let format = wave.format, !samples.isEmpty else { return }
        let chunk = PCMChunk(format: format, start: MediaTime(frames: 0, rate: format.rate), samples: samples)
        pieces.add(chunk.integers().samples, format, at: arrival)
    }
}
