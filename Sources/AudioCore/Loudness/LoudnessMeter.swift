internal import CAudioKernels

/// Measures how loud sound is (EBU R128; ITU-R BS.1770-4), while it streams.
///
/// ```swift
/// var meter = try LoudnessMeter(format: format)
/// while let chunk = try await film.next() { meter.add(chunk.samples.span) }
/// let gain = meter.gain(to: -18)
/// ```
public struct LoudnessMeter: Sendable {
    /// The rate and the channels of the sound.
    public let format: PCMFormat
    private let measuresPeak: Bool
    private let filter: KWeighting
    private let kernels: Kernels
    private let stepFrameCount: Int
    private let weights: [Double]
    private var channels: [Channel]
    private var waitingFrameCount = 0
    /// The weighted powers of the last four steps of 100 ms, the newest last.
    private var recentPowers: [Double] = []
    private var blocks = LoudnessHistogram()
    private var loudestBlockPower = 0.0

    /// What the meter keeps of one channel: the last samples of the step before, which the peak filter looks back to,
    /// then the step that fills.
    private struct Channel: Sendable {
        var samples = [Float](repeating: 0, count: TruePeakFilter.tapCount - 1)
        var state = KWeighting.State()
        var peak: Float = 0
    }

    /// The lowest rate that is measured: below it, the weighting filter has no meaning.
    public static let minimumRate = 4_000

    /// Makes a meter, which may leave out the true peak: half of its work.
    ///
    /// - Throws: `unsupported` for a rate below ``minimumRate``.
    public init(format: PCMFormat, measuresPeak: Bool = true) throws(AudioError) {
        try self.init(format: format, measuresPeak: measuresPeak, kernels: .active)
    }

    init(format: PCMFormat, measuresPeak: Bool = true, kernels: Kernels) throws(AudioError) {
        guard format.rate >= Self.minimumRate else {
            throw AudioError(
                .unsupported, "loudness is not measured at \(format.rate) Hz",
                remedy: "resample to \(Self.minimumRate) Hz or more")
        }
        self.format = format
        self.measuresPeak = measuresPeak
        self.kernels = kernels
        filter = KWeighting(rate: format.rate)
        stepFrameCount = (format.rate + 5) / 10
        weights = Self.weights(of: format.channels)
        channels = Array(repeating: Channel(), count: format.channels)
    }

    /// Measures interleaved samples, which are finite numbers, as all are that this library reads.
    public mutating func add(_ samples: Span<Float>) {
        precondition(samples.count.isMultiple(of: channels.count), "interleaved samples end inside a frame")
        var rest = samples
        while !rest.isEmpty {
            let frames = min(stepFrameCount - waitingFrameCount, rest.count / channels.count)
            let part = rest.extracting(first: frames * channels.count)
            for channel in channels.indices {
                channels[channel].samples.append(addingCapacity: frames) { free in
                    for index in stride(from: channel, to: part.count, by: format.channels) { free.append(part[index]) }
                }
            }
            waitingFrameCount += frames
            if waitingFrameCount == stepFrameCount { finishStep() }
            rest = rest.extracting(droppingFirst: frames * channels.count)
        }
    }
}

// MARK: - The results

extension LoudnessMeter {
    /// The loudness of all the sound, in LUFS, without the pauses; nil when there is nothing but silence, or less than
    /// 400 ms.
    public var integrated: Double? {
        blocks.gatedPower.map(Loudness.loudness)
    }

    /// The loudness of the last 400 ms, in LUFS; nil before they have passed, or when they are silent.
    public var momentary: Double? {
        blockPower.flatMap { $0 > 0 ? Loudness.loudness(of: $0) : nil }
    }

    /// The loudest 400 ms so far, in LUFS.
    public var loudestMomentary: Double? {
        loudestBlockPower > 0 ? Loudness.loudness(of: loudestBlockPower) : nil
    }

    /// The highest point of the wave, between the samples too, in dB of full scale; nil for silence, and from a meter
    /// that leaves it out.
    public var truePeak: Double? {
        // What has not filled a step is measured on a copy, followed by the silence that ends every sound.
        var copy = self
        copy.measurePeaks(silence: TruePeakFilter.tapCount)
        let peak = copy.channels.map(\.peak).max() ?? 0
        return peak > 0 ? factorToDecibels(Double(peak)) : nil
    }

    /// The gain that brings the sound to a loudness in LUFS, as far as that keeps the true peak below a ceiling in dB of
    /// full scale; nil for silence.
    public func gain(to target: Double, ceiling: Double = -1) -> Gain? {
        guard let integrated, integrated.isFinite, let truePeak else { return nil }
        return Gain(decibels: min(target - integrated, ceiling - truePeak))
    }

    /// The mean of the last four steps; nil before they have passed.
    private var blockPower: Double? {
        recentPowers.count == Self.stepsPerBlock
            ? recentPowers.reduce(0, +) / Double(Self.stepsPerBlock) : nil
    }

    private static let stepsPerBlock = 4
}

// MARK: - A step of 100 ms

extension LoudnessMeter {
    /// BS.1770-4, table 3, for the channel orders of WAVE files: surrounds count 1.5 dB more, low effects not at all.
    private static func weights(of channels: Int) -> [Double] {
        let surround = 1.41
        switch channels {
        case 4: return [1, 1, surround, surround]
        case 5: return [1, 1, 1, surround, surround]
        case 6...: return [1, 1, 1, 0] + Array(repeating: surround, count: channels - 4)
        default: return Array(repeating: 1, count: channels)
        }
    }

    private mutating func finishStep() {
        measurePeaks(silence: 0)
        var power = 0.0
        for channel in channels.indices where weights[channel] > 0 {
            power += weights[channel] * energy(ofChannel: channel) / Double(stepFrameCount)
        }
        recentPowers.append(power)
        recentPowers.removeFirst(max(0, recentPowers.count - Self.stepsPerBlock))
        if let blockPower {
            blocks.add(blockPower)
            loudestBlockPower = max(loudestBlockPower, blockPower)
        }
        for channel in channels.indices {
            channels[channel].samples.removeFirst(channels[channel].samples.count - TruePeakFilter.tapCount + 1)
        }
        waitingFrameCount = 0
    }

    /// The energy of the step that is full: eight samples at a time, and the last few one by one.
    private mutating func energy(ofChannel index: Int) -> Double {
        var state = channels[index].state
        let channel = channels[index]
        let samples = channel.samples.span.extracting(droppingFirst: TruePeakFilter.tapCount - 1)
        let whole = samples.count & ~7
        var energy = kernels.energy(samples.extracting(first: whole), filter: filter, state: &state)
        for place in whole..<samples.count {
            let output = filter.step(Double(samples[place]), &state)
            energy += output * output
        }
        channels[index].state = state
        return energy
    }

    private mutating func measurePeaks(silence: Int) {
        guard measuresPeak else { return }
        for index in channels.indices {
            channels[index].samples.append(contentsOf: repeatElement(0, count: silence))
            let channel = channels[index]
            let peak = kernels.peak(channel.samples.span)
            channels[index].peak = max(channel.peak, peak)
        }
    }
}

extension Kernels {
    /// The energy of samples (a multiple of eight) behind the filter.
    fileprivate func energy(_ samples: Span<Float>, filter: KWeighting, state: inout KWeighting.State) -> Double {
        unsafe samples.withUnsafeBufferPointer { source in
            unsafe withUnsafeMutableBytes(of: &state) { state in
                let numbers = unsafe state.assumingMemoryBound(to: Double.self)
                guard let base = source.baseAddress, let numbers = numbers.baseAddress else { return 0.0 }
                return unsafe withUnsafePointer(to: filter.block) { block in
                    unsafe table.kweighted_energy(block, numbers, base, source.count)
                }
            }
        }
    }

    /// The highest magnitude among samples and between those that have six neighbours on both sides.
    func peak(_ samples: Span<Float>) -> Float {
        var peak: Float = 0
        for index in samples.indices { peak = max(peak, abs(samples[index])) }
        let points = samples.count - TruePeakFilter.tapCount + 1
        guard points > 0 else { return peak }
        let between = unsafe samples.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return Float(0) }
            return unsafe table.interpolated_peak(TruePeakFilter.taps, CInt(TruePeakFilter.phases), base, points)
        }
        return max(peak, between)
    }
}
