/// Tells speech from music, noise and silence in films and recordings, looking seconds ahead.
///
/// Each frame is compared with up to eight seconds on both sides; sound is worked through in blocks of a minute, so that
/// memory does not grow with the length. How it was found, and what it reaches, is in decision 10.
public struct MediaVoiceDetector: ~Copyable, VoiceDetector {
    private var measurer: FrameMeasurer
    private var table = FrameTable()
    /// Frames of the table that have been given already and stay only for those behind them.
    private var given = 0

    /// Frames that are decided at once.
    private let blockLength: Int
    /// Frames on either side of a block that have a part in it.
    private static let margin = VoiceFeatures.reach + ContextInputs.reach

    /// Makes a detector for one recording.
    public init() { self.init(kernels: .active) }

    init(kernels: Kernels, blockLength: Int = 6_000) {
        measurer = FrameMeasurer(kernels: kernels)
        self.blockLength = blockLength
    }

    /// Takes samples and appends the frames that are decided.
    public mutating func add(_ samples: Span<Float>, appendingTo frames: inout [VoiceFrame]) {
        var rest = samples
        while !rest.isEmpty {
            let piece = rest.extracting(first: min(rest.count, 16_384))
            rest = rest.extracting(droppingFirst: piece.count)
            add(piece)
            while table.count >= given + blockLength + Self.margin {
                decide(given..<given + blockLength, appendingTo: &frames)
            }
        }
    }

    /// One sample of a broken file, far above full scale, would ring in the filters for the rest of the recording.
    private mutating func add(_ samples: Span<Float>) {
        let most: Float = 64
        guard samples.indices.contains(where: { abs(samples[$0]) > most }) else {
            return measurer.add(samples, to: &table)
        }
        let bounded = samples.indices.map { min(max(samples[$0], -most), most) }
        measurer.add(bounded.span, to: &table)
    }

    /// Ends the sound and appends the frames that are left.
    public mutating func finish(appendingTo frames: inout [VoiceFrame]) {
        measurer.finish(to: &table)
        guard given < table.count else { return }
        decide(given..<table.count, appendingTo: &frames)
    }

    private mutating func decide(_ block: Range<Int>, appendingTo frames: inout [VoiceFrame]) {
        let probabilities = Perceptron.media.probabilities(ContextInputs.columns(VoiceFeatures(table)))
        let levels = table[.level]
        for frame in block { frames.append(VoiceFrame(probability: probabilities[frame], level: levels[frame])) }
        given = block.upperBound
        let past = max(0, given - Self.margin)
        table.removeFirst(past)
        given -= past
    }
}
