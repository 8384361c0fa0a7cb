/// Tells speech from music, noise and silence while it is spoken: each frame at most 100 ms after it ended.
///
/// For microphones and calls. It compares each frame with the seconds before it, where ``MediaVoiceDetector`` looks at both
/// sides; what that costs is in decision 10. Memory does not grow with the length.
public struct LiveVoiceDetector: ~Copyable, VoiceDetector {
    private var measurer: FrameMeasurer
    private var measured: [FrameMeasure] = []
    private var inputs = RunningInputs()
    /// The levels of the frames that are not given yet.
    private var levels: [Float] = []

    /// Makes a detector for one stream of sound.
    public init() { self.init(kernels: .active) }

    init(kernels: Kernels) { measurer = FrameMeasurer(.later, kernels: kernels) }

    /// Takes samples and appends the frames that are decided.
    public mutating func add(_ samples: Span<Float>, appendingTo frames: inout [VoiceFrame]) {
        measurer.add(samples, appendingTo: &measured)
        take(appendingTo: &frames)
    }

    /// Ends the sound and appends the frames that are left.
    public mutating func finish(appendingTo frames: inout [VoiceFrame]) {
        measurer.finish(appendingTo: &measured)
        take(appendingTo: &frames)
        while let last = inputs.finish() { give(last, appendingTo: &frames) }
    }

    private mutating func take(appendingTo frames: inout [VoiceFrame]) {
        for frame in measured {
            levels.append(frame[.level])
            if let complete = inputs.add(frame) { give(complete, appendingTo: &frames) }
        }
        measured.removeAll(keepingCapacity: true)
    }

    private mutating func give(_ inputs: [Float], appendingTo frames: inout [VoiceFrame]) {
        frames.append(VoiceFrame(probability: Perceptron.live.probability(inputs), level: levels.removeFirst()))
    }
}
