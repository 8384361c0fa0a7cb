internal import AudioCore
internal import Speech

/// Speech without frames: a WAVE file when it begins like one, else bare samples of 16 bits.
final class RawSpeech: AnswerDecoding {
    private var pieces = SpeechPieces()
    private var wave: WAVReader? = WAVReader()
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
        guard let isWave else { throw RemoteError(.endedEarly, "the service sent no sound", mayRetry: true) }
        if isWave { try endWave() }
    }

    /// A file that ends before its header says is half a speech.
    private func endWave() throws(RemoteError) {
        guard let reader = wave.take() else { return }
        let format = reader.format
        var last: [Float] = []
        do throws(AudioError) {
            guard try reader.finish(appendingTo: &last) == .complete else {
                throw AudioError(.malformedInput, "the speech stopped before its header says")
            }
        } catch {
            throw RemoteError(.endedEarly, error.message, mayRetry: true)
        }
        if let format { add(last, format, at: .now) }
    }

    private func add(_ samples: [Float], _ format: PCMFormat, at arrival: ContinuousClock.Instant) {
        let chunk = PCMChunk(format: format, start: MediaTime(frames: 0, rate: format.rate), samples: samples)
        pieces.add(chunk.integers().samples, format, at: arrival)
    }

    private func decide(at arrival: ContinuousClock.Instant) throws(RemoteError) {
        isWave = beginning.starts(with: "RIFF".utf8)
        let first = beginning
        beginning = []
        try add(first.span, at: arrival)
    }

    private func add(_ bytes: Span<UInt8>, at arrival: ContinuousClock.Instant) throws(RemoteError) {
        guard isWave == true else { return try pieces.add(bytes, rate: nil, at: arrival) }
        guard var reader = wave.take() else { return }
        var samples: [Float] = []
        do throws(AudioError) {
            try reader.read(bytes, appendingTo: &samples)
        } catch {
            throw RemoteError(error)
        }
        let format = reader.format
        wave = reader
        if let format { add(samples, format, at: arrival) }
    }
}
