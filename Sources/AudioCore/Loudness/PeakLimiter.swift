/// Amplifies sound and holds its true peak below a ceiling: what would stick out is turned down a few milliseconds before.
///
/// ```swift
/// var limiter = PeakLimiter(format: format, gain: Gain(decibels: 6))
/// while let chunk = try await book.next() { limiter.limit(chunk.samples.span, appendingTo: &samples) }
/// limiter.finish(appendingTo: &samples)
/// ```
public struct PeakLimiter: Sendable {
    private let channelCount: Int
    private let gain: Float
    private let ceiling: Float
    private let kernels: Kernels
    /// Frames of a millisecond, for which one level is found.
    private let blockLength: Int

    /// The frames of each channel that are not given yet, behind as many as the peak filter looks back.
    private var channels: [[Float]]
    /// For each block that is known, from the first that is not given: what its peak lets through.
    private var limits: [Float] = []
    /// The least of each limit and those ahead of it, for the blocks before the first one above.
    private var former: [Float] = []
    private var level: Float = 1

    /// Blocks within which sound is turned down.
    private static let lookAhead = 5
    /// How much is given back in a block.
    private static let release: Float = 0.004
    private static let reach = TruePeakFilter.tapCount / 2

    /// Makes a limiter; its ceiling is in dB of full scale.
    public init(format: PCMFormat, gain: Gain, ceiling: Double = -1) {
        self.init(format: format, gain: gain, ceiling: ceiling, kernels: .active)
    }

    init(format: PCMFormat, gain: Gain, ceiling: Double, kernels: Kernels) {
        channelCount = format.channels
        self.gain = gain.factor
        // A level that changes moves peaks between samples a little.
        self.ceiling = Float(decibelsToFactor(ceiling - 0.05))
        self.kernels = kernels
        blockLength = max(format.rate / 1_000, 1)
        channels = Array(repeating: [Float](repeating: 0, count: Self.reach), count: format.channels)
    }

    /// Takes interleaved samples, and appends those that are ready.
    public mutating func limit(_ samples: Span<Float>, appendingTo output: inout [Float]) {
        precondition(samples.count.isMultiple(of: channelCount), "interleaved samples end inside a frame")
        for channel in 0..<channelCount {
            for index in stride(from: channel, to: samples.count, by: channelCount) {
                channels[channel].append(samples[index] * gain)
            }
        }
        work(appendingTo: &output)
    }

    /// Ends the sound and appends what is left.
    public consuming func finish(appendingTo output: inout [Float]) {
        let waiting = (channels[0].count - Self.reach) * channelCount
        let wanted = output.count + waiting
        let silence = [Float](repeating: 0, count: (Self.lookAhead + 3) * blockLength + Self.reach)
        for channel in channels.indices { channels[channel] += silence }
        work(appendingTo: &output)
        output.removeLast(output.count - wanted)
    }

    private mutating func work(appendingTo output: inout [Float]) {
        var given = 0
        while (limits.count + 1) * blockLength + 2 * Self.reach <= channels[0].count - given * blockLength {
            limits.append(limit(ofBlock: given + limits.count))
            // The level of a block and of the next need those ahead of both.
            guard limits.count == Self.lookAhead + 2 else { continue }
            give(given, appendingTo: &output)
            given += 1
        }
        for channel in channels.indices { channels[channel].removeFirst(given * blockLength) }
    }

    /// What lets the peak of a block stay below the ceiling.
    private func limit(ofBlock block: Int) -> Float {
        let start = block * blockLength
        let peak = channels.reduce(Float(0)) { peak, channel in
            max(peak, kernels.peak(channel.span.extracting(start..<start + blockLength + 2 * Self.reach)))
        }
        return peak > ceiling ? ceiling / peak : 1
    }

    /// Writes the first block that is not given, from its level to the next one's.
    private mutating func give(_ block: Int, appendingTo output: inout [Float]) {
        let allowed = limits[0...Self.lookAhead].min() ?? 1
        let next = limits[1...].min() ?? 1
        if former.isEmpty { (former, level) = (Array(repeating: allowed, count: Self.lookAhead), allowed) }
        former.append(allowed)
        let own = nextLevel(level, former.span)
        former.removeFirst()
        former.append(next)
        let following = nextLevel(own, former.span)
        former.removeLast()
        let (start, end) = (min(level, own), min(own, following))
        let place = Self.reach + block * blockLength
        for frame in 0..<blockLength {
            let factor = start + (end - start) * Float(frame) / Float(blockLength)
            for channel in channels.indices { output.append(channels[channel][place + frame] * factor) }
        }
        level = own
        limits.removeFirst()
    }

    /// The mean of what is allowed around a block, which is never more than the block itself allows.
    private func nextLevel(_ level: Float, _ allowed: Span<Float>) -> Float {
        var sum: Float = 0
        for index in allowed.indices { sum += allowed[index] }
        return min(sum / Float(allowed.count), level + Self.release)
    }
}
