/// A source at another rate, with other channels.
///
/// ```swift
/// var speech = try ConvertedSource(input, to: PCMFormat(rate: 16_000, channels: 1))
/// while let chunk = try await speech.next() { … }
/// ```
public struct ConvertedSource<Source: PCMSource & ~Copyable>: ~Copyable, PCMSource {
    /// The rate and the channels of every chunk.
    public var format: PCMFormat { timeline.format }
    private var source: Source
    private let mixer: ChannelMixer
    /// Fewer channels are made before the work, more after it.
    private let mixesFirst: Bool
    private var resampler: Optional<Resampler>
    private var timeline: Timeline

    /// Wraps a source.
    ///
    /// - Throws: `unsupported` when the rates are too far apart.
    public init(
        _ source: consuming Source, to format: PCMFormat, mode: Resampler.Mode = .throughput
    ) throws(AudioError) {
        let input = source.format
        resampler = try Resampler(
            from: input.rate, to: format.rate, channels: min(input.channels, format.channels), mode: mode)
        mixer = ChannelMixer(from: input.channels, to: format.channels)
        mixesFirst = format.channels < input.channels
        timeline = Timeline(format: format)
        self.source = source
    }

    /// The next chunk, or nil at the end.
    public mutating func next() async throws(AudioError) -> PCMChunk<Float>? {
        while var running = resampler.take() {
            var samples: [Float] = []
            if let chunk = try await source.next() {
                try convert(chunk.samples, with: &running, appendingTo: &samples)
                resampler = consume running
            } else {
                var last: [Float] = []
                try running.finish(appendingTo: &last)
                samples = mixed(last, isBefore: false)
            }
            guard !samples.isEmpty else { continue }
            guard Kernels.active.areFinite(samples.span) else { throw Self.overflow }
            return timeline.chunk(of: samples)
        }
        return nil
    }

    /// Finite samples near the end of what floats hold may have a sum that is not finite.
    private static var overflow: AudioError {
        AudioError(.malformedInput, "the sound is so far over full scale that it cannot be mixed or resampled")
    }

    /// Lends the source that is converted, for what it tells beside its sound.
    package borrowing func withSource<Result>(_ body: (borrowing Source) -> Result) -> Result { body(source) }

    private func convert(
        _ input: [Float], with resampler: inout Resampler, appendingTo output: inout [Float]
    ) throws(AudioError) {
        var resampled: [Float] = []
        let source = mixed(input, isBefore: true)
        try resampler.convert(source.span, appendingTo: &resampled)
        output = mixed(resampled, isBefore: false)
    }

    private func mixed(_ samples: [Float], isBefore: Bool) -> [Float] {
        guard mixer.inputs != mixer.outputs, isBefore == mixesFirst else { return samples }
        var output: [Float] = []
        mixer.mix(samples.span, appendingTo: &output)
        return output
    }
}
