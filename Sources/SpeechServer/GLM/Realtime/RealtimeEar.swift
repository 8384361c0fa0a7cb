internal import AudioCore

/// The sound that a client of a call has sent and that is no turn yet; in one channel at 16 kHz, however it came.
struct RealtimeEar: ~Copyable {
    private let input: RealtimeTerms.Input
    private let prefix: Int
    private var detector: Optional<TurnDetector>
    private var decoder = PCMDecoder(.signed16)
    private var resampler: Optional<Resampler> = nil
    private var resampledRate = 0
    private var samples: [Float] = []
    /// Samples that came before those that are kept.
    private var pastCount = 0

    static let format = PCMFormat(rate: 16_000, channels: 1)
    /// The longest turn.
    static let longest = 30 * 16_000
    /// What is kept between turns, beside what belongs to the next: so late a beginning is noticed.
    private static let lateness = 16_000 / 2

    /// Listens as a client wants it.
    init(_ terms: RealtimeTerms = RealtimeTerms()) {
        input = terms.input
        prefix = terms.detection.map { Int(($0.prefix / .seconds(1)) * 16_000) } ?? 0
        detector = terms.detection.map {
            TurnDetector(TurnDetector.Rules(threshold: Float($0.threshold), silence: $0.silence))
        }
    }

    /// What the sound brings, where the server listens for turns.
    enum Event {
        case began(milliseconds: Int)
        case ended(milliseconds: Int, [Float])
    }

    /// Takes sound.
    ///
    /// - Throws: what is wrong with it; it is lost then.
    mutating func append(_ bytes: [UInt8]) throws(Fault) -> [Event] {
        let new: [Float]
        do throws(AudioError) {
            new = try read(bytes)
        } catch {
            throw .wrong("audio", error.message)
        }
        guard detector != nil else {
            guard samples.count + new.count <= Self.longest else {
                throw .wrong("audio", "goes on for more than 30 seconds without a commit")
            }
            samples += new
            return []
        }
        samples += new
        var events: [Event] = []
        for event in detector?.add(new.span) ?? [] {
            switch event {
            case .began(let time): events.append(begin(at: time))
            case .ended(let time): events.append(end(at: Int(time / .milliseconds(1)) * 16 + Self.lateness / 2))
            }
        }
        if samples.count > Self.longest, detector?.isInTurn == true {
            detector?.endTurn()
            events.append(end(at: pastCount + samples.count))
        }
        if detector?.isInTurn == false { drop(samples.count - prefix - Self.lateness) }
        return events
    }

    /// What is there, as a turn; nil for nothing.
    mutating func takeAll() -> [Float]? {
        detector?.endTurn()
        guard !samples.isEmpty else { return nil }
        defer { drop(samples.count) }
        return samples
    }

    private mutating func begin(at time: Duration) -> Event {
        let milliseconds = Int(time / .milliseconds(1))
        drop(milliseconds * 16 - prefix - pastCount)
        return .began(milliseconds: milliseconds)
    }

    private mutating func end(at place: Int) -> Event {
        let count = min(max(place - pastCount, 0), samples.count)
        let turn = Array(samples[..<count])
        drop(count)
        return .ended(milliseconds: pastCount / 16, turn)
    }

    private mutating func drop(_ count: Int) {
        guard count > 0 else { return }
        let count = min(count, samples.count)
        samples.removeFirst(count)
        pastCount += count
    }

    private mutating func read(_ bytes: [UInt8]) throws(AudioError) -> [Float] {
        var read: [Float] = []
        guard input == .wave else {
            try decoder.decode(bytes.span, appendingTo: &read)
            guard case .pcm(let rate) = input else { return read }
            return try resample(read, from: rate)
        }
        var reader = WAVReader()
        try reader.read(bytes.span, appendingTo: &read)
        guard let format = reader.format else { throw AudioError(.malformedInput, "is no WAVE file") }
        _ = try reader.finish(appendingTo: &read)
        if format.channels > 1 {
            var mixed: [Float] = []
            ChannelMixer(from: format.channels, to: 1).mix(read.span, appendingTo: &mixed)
            read = mixed
        }
        return try resample(read, from: format.rate)
    }

    private mutating func resample(_ samples: [Float], from rate: Int) throws(AudioError) -> [Float] {
        guard rate != Self.format.rate else { return samples }
        if rate != resampledRate {
            resampler = try Resampler(from: rate, to: Self.format.rate, channels: 1, mode: .lowLatency)
            resampledRate = rate
        }
        var converted: [Float] = []
        try resampler?.convert(samples.span, appendingTo: &converted)
        return converted
    }
}
