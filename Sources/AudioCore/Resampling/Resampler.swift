internal import Platform

/// A streaming sample-rate converter.
///
/// Between the common rates of speech and music it runs kernels of its own; see ``Mode`` for the choice between speed
/// and delay. Any other pair of rates goes to libsamplerate's best converter. The output is the same however the input
/// is cut, it is not shifted in time, and it has ⌈frames · output / input⌉ frames.
///
/// A resampler holds the recent past of one stream, so it is neither copied nor shared: the task that feeds it owns
/// it. End with `finish(appendingTo:)` to receive the last samples; a resampler that is only dropped discards them.
///
/// ```swift
/// var resampler = try Resampler(from: 48_000, to: 16_000, channels: 1)
/// while let chunk = try await film.next() { try resampler.convert(chunk.samples.span, appendingTo: &output) }
/// try resampler.finish(appendingTo: &output)
/// ```
public struct Resampler: ~Copyable {
    private let inputRate: Int
    private let channels: Int
    private let kernels: Kernels
    private var engine: Engine
    private var floatInput: [Float] = []
    private var floatOutput: [Float] = []

    /// Makes a resampler for interleaved samples.
    ///
    /// - Throws: `unsupported` when the two rates are more than 256 times apart.
    public init(from input: Int, to output: Int, channels: Int, mode: Mode = .throughput) throws(AudioError) {
        try self.init(from: input, to: output, channels: channels, mode: mode, kernels: .active)
    }

    init(from input: Int, to output: Int, channels: Int, mode: Mode, kernels: Kernels) throws(AudioError) {
        precondition(input > 0 && output > 0 && channels > 0, "rates and channels must be positive")
        engine = try Engine(from: input, to: output, channels: channels, mode: mode, kernels: kernels)
        inputRate = input
        self.channels = channels
        self.kernels = kernels
    }

    /// How much sound the resampler holds back at most, in seconds; constant in low-latency mode.
    ///
    /// Nil for rates that libsamplerate converts, which does not say.
    public var delay: Double? { engine.lookAhead.map { Double($0) / Double(inputRate) } }

    /// Converts interleaved samples and appends the ones that are ready.
    public mutating func convert(_ input: Span<Float>, appendingTo output: inout [Float]) throws(AudioError) {
        precondition(input.count.isMultiple(of: channels), "interleaved input ends inside a frame")
        try engine.convert(input, appendingTo: &output)
    }

    /// Converts interleaved 16-bit samples and appends the ones that are ready, saturated and rounded to nearest.
    public mutating func convert(_ input: Span<Int16>, appendingTo output: inout [Int16]) throws(AudioError) {
        precondition(input.count.isMultiple(of: channels), "interleaved input ends inside a frame")
        // Taken out of `self` while they are in use, so that their memory serves again without a copy.
        var source: [Float] = []
        var target: [Float] = []
        swap(&source, &floatInput)
        swap(&target, &floatOutput)
        kernels.append(input, to: &source)
        try engine.convert(source.span, appendingTo: &target)
        kernels.append(target.span, to: &output)
        source.removeAll(keepingCapacity: true)
        target.removeAll(keepingCapacity: true)
        swap(&source, &floatInput)
        swap(&target, &floatOutput)
    }

    /// Ends the stream and appends the samples that the filter still holds.
    public consuming func finish(appendingTo output: inout [Float]) throws(AudioError) {
        try engine.finish(appendingTo: &output)
    }

    /// Ends the stream and appends the samples that the filter still holds.
    public consuming func finish(appendingTo output: inout [Int16]) throws(AudioError) {
        var last: [Float] = []
        try engine.finish(appendingTo: &last)
        kernels.append(last.span, to: &output)
    }
}

extension Resampler {
    /// The trade between speed and delay.
    public enum Mode: Hashable, Sendable, CaseIterable {
        /// Blocks through Fourier transforms: two to five times as fast, a quarter of a second behind.
        case throughput
        /// Direct filtering: at most 4.6 ms behind towards 16 kHz, 3.1 ms between 24 kHz and more.
        case lowLatency
    }

    /// The rates between which there are filters of our own.
    static let ownRates = [8_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]

    /// What does the work for a pair of rates.
    enum Engine: ~Copyable {
        case none
        case own(ChannelBank)
        case libsamplerate(AnyRatioResampler)

        init(from input: Int, to output: Int, channels: Int, mode: Mode, kernels: Kernels) throws(AudioError) {
            if input == output {
                self = .none
            } else if Resampler.ownRates.contains(input), Resampler.ownRates.contains(output) {
                let ratio = RateRatio(from: input, to: output)
                self = .own(ChannelBank(ratio, channels: channels, mode: mode, kernels: kernels))
            } else {
                self = .libsamplerate(try AnyRatioResampler(from: input, to: output, channels: channels))
            }
        }

        /// Input frames that must follow a moment before its output can be given, at most.
        var lookAhead: Int? {
            switch self {
            case .none: 0
            case .own(let bank): bank.lookAhead
            case .libsamplerate: nil
            }
        }

        mutating func convert(_ input: Span<Float>, appendingTo output: inout [Float]) throws(AudioError) {
            switch consume self {
            case .none:
                output.append(copying: input)
                self = .none
            case .own(let bank):
                bank.convert(input, appendingTo: &output)
                self = .own(bank)
            case .libsamplerate(var resampler):
                do throws(AudioError) {
                    try resampler.convert(input, appendingTo: &output)
                    self = .libsamplerate(resampler)
                } catch {
                    self = .libsamplerate(resampler)
                    throw error
                }
            }
        }

        consuming func finish(appendingTo output: inout [Float]) throws(AudioError) {
            switch consume self {
            case .none: break
            case .own(let bank): bank.finish(appendingTo: &output)
            case .libsamplerate(var resampler):
                try resampler.finish(appendingTo: &output)
            }
        }
    }
}
