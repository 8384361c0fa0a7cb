#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Measures sound at 16 kHz, frame by frame: filters, spectra and pitch.
///
/// Frame t lies around sample 160·t + 80. It is measured when the 32 ms after that are there, in pairs; what needs frames
/// beside it follows up to 150 ms later.
struct FrameMeasurer: ~Copyable {
    static let rate = 16_000
    /// Samples from one frame to the next.
    static let hop = 160

    private var highPass = BiquadCascade.above80
    private var lowPass = BiquadCascade.below1500
    private var bandPass = BiquadCascade.from300To2500
    private var levelPass = BiquadCascade.from150To4000

    // Silence before the beginning, for the windows that reach there.
    private var filtered = SampleHistory<Float>(silence: Self.longReach)
    private var low = SampleHistory<Double>(silence: 113)
    private var band = SampleHistory<Double>(silence: 187)
    private var levels = SampleHistory<Float>(silence: 80)
    /// Samples that came, which is where the phase of the slower rates is counted from.
    private var sampleCount = 0

    private let short: PairSpectrum
    private let long: PairSpectrum
    private let lowPitch: PitchFinder
    private let bandPitch: PitchFinder
    private var shapes: SpectralShapes
    private var nextFrame = 0

    /// Samples from the first of the long window to a frame's beginning, and from there to the window's end.
    private static let longReach = 432
    private static let longLength = 1_024
    private static let shortLength = 400

    init(_ placement: SpectralShapes.Placement, kernels: Kernels = .active) {
        shapes = SpectralShapes(placement)
        let hann = PairSpectrum.hann(Self.shortLength)
        short = PairSpectrum(size: 512, length: Self.shortLength, window: hann, kernels: kernels)
        long = PairSpectrum(
            size: Self.longLength, length: Self.longLength, window: PairSpectrum.hann(Self.longLength),
            kernels: kernels)
        lowPitch = PitchFinder(lags: 10..<67, length: 160, kernels: kernels)
        bandPitch = PitchFinder(lags: 20..<134, length: 240, kernels: kernels)
        shortScale = 1 / hann.reduce(0) { $0 + $1 * $1 }
    }

    /// Makes the power of a bin that of the signal.
    private let shortScale: Float

    /// Takes samples and appends the frames that they complete.
    mutating func add(_ samples: Span<Float>, appendingTo frames: inout [FrameMeasure]) {
        for index in samples.indices { take(samples[index]) }
        while filtered.end >= (nextFrame + 1) * Self.hop + Self.longLength - Self.longReach {
            measurePair(before: .max, appendingTo: &frames)
        }
        forget()
    }

    /// Ends the sound: the last frames look into silence.
    mutating func finish(appendingTo frames: inout [FrameMeasure]) {
        filtered.append(silence: 2 * Self.longLength)
        low.append(silence: 2 * Self.longLength)
        band.append(silence: 2 * Self.longLength)
        levels.append(silence: 2 * Self.longLength)
        let end = sampleCount / Self.hop
        while nextFrame < end { measurePair(before: end, appendingTo: &frames) }
        frames += shapes.finish()
    }

    private mutating func take(_ given: Float) {
        // One sample of a broken file, far above full scale, would ring in the filters for the rest of the recording.
        let sample = given.isNaN ? 0 : min(max(given, -64), 64)
        let value = highPass.step(Double(sample))
        filtered.append(Float(value))
        levels.append(Float(levelPass.step(Double(sample))))
        let (lowValue, bandValue) = (lowPass.step(value), bandPass.step(value))
        if sampleCount.isMultiple(of: 4) { low.append(lowValue) }
        if sampleCount.isMultiple(of: 2) { band.append(bandValue) }
        sampleCount += 1
    }

    private mutating func forget() {
        filtered.forget(before: nextFrame * Self.hop - Self.longReach)
        low.forget(before: nextFrame * 40 - 113)
        band.forget(before: nextFrame * 80 - 187)
        levels.forget(before: nextFrame * Self.hop - 80)
    }
}

// MARK: - A pair of frames

extension FrameMeasurer {
    /// Measures the next two frames; one behind the sound's end only makes the pair.
    private mutating func measurePair(before end: Int, appendingTo frames: inout [FrameMeasure]) {
        let powers = short.powers(window(-120, Self.shortLength), window(40, Self.shortLength), bins: 3..<129)
        let long = long.powers(
            window(-Self.longReach, Self.longLength), window(Self.hop - Self.longReach, Self.longLength),
            bins: SpectralShapes.longBins)
        finishFrame(powers.first, long.first, appendingTo: &frames)
        if nextFrame < end { finishFrame(powers.second, long.second, appendingTo: &frames) } else { nextFrame += 1 }
    }

    private func window(_ offset: Int, _ length: Int) -> ArraySlice<Float> {
        let begin = nextFrame * Self.hop + offset
        return filtered.samples(begin..<begin + length)
    }

    private mutating func finishFrame(_ spectrum: [Float], _ long: [Float], appendingTo frames: inout [FrameMeasure]) {
        let power = spectrum.map { $0 * shortScale + 1e-9 }
        var frame = FrameMeasure(spectrum: power)
        let low = lowPitch(low.samples(nextFrame * 40 - 113..<nextFrame * 40 + 114))
        frame[.pitch] = low.strength
        frame[.pitchLag] = low.lag
        frame[.bandPitch] = bandPitch(band.samples(nextFrame * 80 - 187..<nextFrame * 80 + 187)).strength
        frame[.level] = level()
        if let complete = shapes.add(frame, power: power[1...61], long: long) { frames.append(complete) }
        nextFrame += 1
    }

    private func level() -> Float {
        let window = levels.samples(nextFrame * Self.hop - 80..<nextFrame * Self.hop + 240)
        return 10 * log10(window.reduce(0) { $0 + $1 * $1 } / Float(window.count) + 1e-10)
    }
}

extension FrameMeasure {
    /// What a spectrum says by itself; the powers are those of bins 3 to 128.
    fileprivate init(spectrum power: [Float]) {
        let kept = power.dropFirst()
        self.init(power: kept, bands: MelBands.voice.powers(power, from: 3))
        let sum = kept.reduce(0, +)
        self[.total] = 10 * log10(sum / Float(kept.count))
        let tail = power[7...]
        let meanOfLogs = tail.reduce(0) { $0 + log10($1) } / Float(tail.count)
        self[.flatness] = 10 * meanOfLogs - 10 * log10(tail.reduce(0, +) / Float(tail.count))
        self[.lowShare] = 10 * log10(power[0...12].reduce(0, +) / 13) - self[.total]
        var moment: Float = 0
        for (index, value) in kept.enumerated() { moment += value * Float(index + 4) }
        self[.centroid] = moment / sum * 0.03125
    }
}
