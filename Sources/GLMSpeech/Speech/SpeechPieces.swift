internal import AudioCore
internal import Speech

/// Makes pieces of speech from bytes of 16-bit sound, however they are cut: half a sample waits for the rest.
struct SpeechPieces {
    private var decoder = PCMDecoder(.signed16)
    private var rate: Int?
    private var frames = 0
    private var index = 0
    /// The pieces that nobody has taken yet.
    private(set) var ready: [SpeechChunk] = []
    private var taken = 0

    /// What speech has that does not say otherwise.
    static let defaultRate = 24_000

    mutating func add(_ bytes: Span<UInt8>, rate told: Int?, at arrival: ContinuousClock.Instant) throws(RemoteError) {
        let rate = rate ?? told.flatMap { (1_000...768_000).contains($0) ? $0 : nil } ?? Self.defaultRate
        self.rate = rate
        var samples: [Int16] = []
        do throws(AudioError) {
            try decoder.decode(bytes, appendingTo: &samples)
        } catch {
            throw RemoteError(error)
        }
        add(samples, PCMFormat(rate: rate, channels: 1), at: arrival)
    }

    /// Adds samples that are decoded already.
    mutating func add(_ samples: [Int16], _ format: PCMFormat, at arrival: ContinuousClock.Instant) {
        guard !samples.isEmpty else { return }
        let chunk = PCMChunk(
            format: format, start: MediaTime(frames: frames, rate: format.rate), samples: samples)
        frames += chunk.frameCount
        ready.append(SpeechChunk(audio: chunk, index: index, arrival: arrival))
        index += 1
    }

    /// Takes the oldest piece.
    mutating func next() -> SpeechChunk? {
        guard taken < ready.count else {
            ready.removeAll(keepingCapacity: true)
            taken = 0
            return nil
        }
        defer { taken += 1 }
        return ready[taken]
    }
}
