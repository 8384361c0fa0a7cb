internal import AudioCore

/// The sound that a client of a call has sent and that is no turn yet; in one channel at 16 kHz, however it came.
struct RealtimeEar: ~Copyable {
    private let input: RealtimeTerms.Input
    /// Who tells turns; nil while the client does.
    private var cutter: Optional<TurnCutter>
    private var decoder = PCMDecoder(.signed16)
    private var resampler: Optional<Resampler> = nil
    private var resampledRate = 0
    /// The turn so far.
    private var turn: [Float] = []

    static let format = PCMFormat(rate: 16_000, channels: 1)
    private static let rates = 8_000...192_000
    /// The longest turn.
    static let longest = 30 * 16_000

    /// Listens as a client wants it.
    init(_ terms: RealtimeTerms = RealtimeTerms()) {
        input = terms.input
        cutter = terms.detection.map {
            TurnCutter(
                TurnDetector.Rules(threshold: Float($0.threshold), silence: $0.silence), prefix: $0.prefix)
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
        guard let found = cutter?.add(new) else {
            guard turn.count + new.count <= Self.longest else {
                throw .wrong("audio", "goes on for more than 30 seconds without a commit")
            }
            turn += new
            return []
        }
        return found.compactMap { event in
            switch event {
            case .began(let time): return .began(milliseconds: Int(time / .milliseconds(1)))
            case .sound(let sound):
                turn += sound
                return nil
            case .ended(let time):
                defer { turn = [] }
                return .ended(milliseconds: Int(time / .milliseconds(1)), turn)
            }
        }
    }

    /// What is there, as a turn; nil for nothing.
    mutating func takeAll() -> [Float]? {
        let recent = cutter?.endTurn() ?? []
        var all = turn.isEmpty ? recent : turn
        // What a filter holds back belongs to the turn, and half a sample to none.
        try? resampler.take()?.finish(appendingTo: &all)
        (turn, resampledRate, decoder) = ([], 0, PCMDecoder(.signed16))
        return all.isEmpty ? nil : all
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
        // A header may say anything; a second of it becomes a second here.
        guard Self.rates.contains(format.rate) else {
            throw AudioError(.unsupported, "has \(format.rate) samples a second, and not 8,000 to 192,000")
        }
        if format.channels > 1 {
            var mixed: [Float] = []
            ChannelMixer(from: format.channels, to: 1).mix(read.span, appendingTo: &mixed)
            read = mixed
        }
        guard read.count <= format.rate * Self.longest / Self.format.rate else {
            throw AudioError(.limitExceeded, "goes on for more than 30 seconds")
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
