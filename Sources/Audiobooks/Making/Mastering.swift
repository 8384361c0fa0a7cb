public import AudioCore

/// How loud a book is, as a whole: one gain for all of it, and a limiter for what would stick out then.
public struct Mastering: Hashable, Sendable {
    /// The gain.
    public let gain: Gain
    /// Whether peaks are held below the ceiling by a limiter.
    public let isLimited: Bool
    /// The highest true peak, in dB of full scale.
    public let ceiling: Double
    /// How loud the book is then, in LUFS; nil for silence.
    public let loudness: Double?
    /// The true peak then, in dB of full scale; nil for silence.
    public let truePeak: Double?

    /// Sound as it is.
    public static let none = Mastering(
        gain: Gain(factor: 1), isLimited: false, ceiling: 0, loudness: nil, truePeak: nil)

    /// How far from the target the loudness may be, in LU.
    private static let tolerance = 0.1
    /// How often the gain is found anew for what the limiter takes away.
    private static let rounds = 4

    /// Finds the gain that brings a narration to a loudness.
    public static func find(
        for narration: Narration, in recording: Recording, target: Double, ceiling: Double = -1
    ) async throws(AudioError) -> Mastering {
        let plain = try await measure(recording.sound(of: narration))
        guard let loudness = plain.integrated, let peak = plain.truePeak else { return .none }
        var decibels = target - loudness
        guard peak + decibels > ceiling else {
            return Mastering(
                gain: Gain(decibels: decibels), isLimited: false, ceiling: ceiling, loudness: target,
                truePeak: peak + decibels)
        }
        var best: Mastering?
        for _ in 0..<rounds {
            let gain = Gain(decibels: decibels)
            let limited = LimitedSource(recording.sound(of: narration), gain, ceiling: ceiling)
            let meter = try await measure(limited)
            let reached = meter.integrated ?? target
            if best?.loudness.map({ abs(target - reached) < abs(target - $0) }) ?? true {
                best = Mastering(
                    gain: gain, isLimited: true, ceiling: ceiling, loudness: reached, truePeak: meter.truePeak)
            }
            guard abs(target - reached) > tolerance, decibels < 40 else { break }
            decibels += target - reached
        }
        return best ?? .none
    }

    /// The sound of a narration, as loud as it should be.
    func apply(to source: consuming NarrationSource) -> LimitedSource {
        LimitedSource(source, gain, ceiling: isLimited ? ceiling : nil)
    }

    private static func measure<Source: PCMSource & ~Copyable>(
        _ source: consuming Source
    ) async throws(AudioError) -> LoudnessMeter {
        var source = source
        var meter = try LoudnessMeter(format: source.format)
        while let chunk = try await source.next() {
            meter.add(chunk.samples.span)
            await Task.yield()
        }
        return meter
    }
}

extension Recording {
    /// Writes a part of a narration, as loud as it should be, at a rate that the kind of file can hold.
    func write(
        _ narration: Narration, _ frames: Range<Int>, _ mastering: Mastering, to path: String, _ output: OutputSettings
    ) async throws(AudioError) {
        let source = mastering.apply(to: sound(of: narration, frames: frames))
        let format = output.kind.nearest(to: source.format)
        var sound = try ConvertedSource(source, to: format)
        var file = try AudioOutput(path: path, settings: output, format: format)
        while let chunk = try await sound.next() {
            try file.write(chunk.samples.span)
            // A book takes minutes: others want their turn.
            await Task.yield()
        }
        try file.finish()
    }
}

/// A narration with another level, and no peak above a ceiling.
struct LimitedSource: ~Copyable, PCMSource {
    let format: PCMFormat
    private var source: NarrationSource
    private let gain: Gain
    private var limiter: PeakLimiter?
    private var position: MediaTime?

    init(_ source: consuming NarrationSource, _ gain: Gain, ceiling: Double?) {
        format = source.format
        self.gain = gain
        limiter = ceiling.map { [format = source.format] in PeakLimiter(format: format, gain: gain, ceiling: $0) }
        self.source = source
    }

    mutating func next() async throws(AudioError) -> PCMChunk<Float>? {
        guard limiter != nil else { return try await plain() }
        var samples: [Float] = []
        while samples.isEmpty, limiter != nil {
            guard let chunk = try await source.next() else {
                limiter.take()?.finish(appendingTo: &samples)
                break
            }
            position = position ?? chunk.start
            limiter?.limit(chunk.samples.span, appendingTo: &samples)
        }
        return chunk(samples)
    }

    private mutating func plain() async throws(AudioError) -> PCMChunk<Float>? {
        // Behind the end of a limiter there is nothing.
        guard let chunk = try await source.next() else { return nil }
        var samples = chunk.samples
        var span = samples.mutableSpan
        gain.apply(to: &span)
        return PCMChunk(format: format, start: chunk.start, samples: samples)
    }

    private mutating func chunk(_ samples: [Float]) -> PCMChunk<Float>? {
        guard !samples.isEmpty else { return nil }
        let start = position ?? MediaTime(frames: 0, rate: format.rate)
        let chunk = PCMChunk(format: format, start: start, samples: samples)
        position = chunk.end
        return chunk
    }
}
