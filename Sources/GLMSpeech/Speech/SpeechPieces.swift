internal import AudioCore
internal import Speech

/// Makes pieces of speech from sound, however it is cut: half a sample waits for the rest.
struct SpeechPieces {
    private var decoder = PCMDecoder(.signed16)
    /// The rate of bare samples, which the first of them settle.
    private var rate: Int?
    private var mark: OpeningMark?
    private var end: MediaTime?
    private var index = 0
    /// The pieces that nobody has taken yet.
    private(set) var ready: [SpeechChunk] = []
    private var taken = 0

    /// What speech has that does not say otherwise.
    static let defaultRate = 24_000

    /// Begins a speech, perhaps with a mark that nobody wants to hear.
    init(skippingMark: Bool = false) { mark = skippingMark ? OpeningMark() : nil }

    /// Adds bare samples of 16 bits.
    mutating func add(_ bytes: Span<UInt8>, rate told: Int?, at arrival: ContinuousClock.Instant) throws(AudioError) {
        let rate = rate ?? told.flatMap { (1_000...768_000).contains($0) ? $0 : nil } ?? Self.defaultRate
        self.rate = rate
        var samples: [Int16] = []
        try decoder.decode(bytes, appendingTo: &samples)
        add(samples, PCMFormat(rate: rate, channels: 1), at: arrival)
    }

    /// Adds samples that are decoded already.
    mutating func add(_ samples: [Int16], _ format: PCMFormat, at arrival: ContinuousClock.Instant) {
        guard mark != nil else { return put(samples, format, at: arrival) }
        if let speech = mark?.read(samples, format) {
            mark = nil
            put(speech, format, at: arrival)
        }
    }

    /// Gives what was held back in case that it was no speech.
    mutating func finish(at arrival: ContinuousClock.Instant) {
        guard let (samples, format) = mark.take()?.finish() else { return }
        put(samples, format, at: arrival)
    }

    private mutating func put(_ samples: [Int16], _ format: PCMFormat, at arrival: ContinuousClock.Instant) {
        guard !samples.isEmpty else { return }
        let start = end?.converted(to: format.rate) ?? MediaTime(frames: 0, rate: format.rate)
        let chunk = PCMChunk(format: format, start: start, samples: samples)
        end = chunk.end
        ready.append(SpeechChunk(audio: chunk, index: index, arrival: arrival))
        index += 1
    }

    /// Whether half a sample waits for the rest.
    var endsInSample: Bool { decoder.pendingByteCount > 0 }
    /// Whether there has been any sound.
    var hasSound: Bool { index > 0 }

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
