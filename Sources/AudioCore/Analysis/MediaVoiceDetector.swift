/// Tells speech from music, noise and silence in films and recordings, looking seconds ahead.
///
/// Each frame is compared with up to eight seconds on both sides; sound is worked through in blocks of a minute, so that
/// memory does not grow with the length. How it was found, and what it reaches, is in decision 10.
public struct MediaVoiceDetector: ~Copyable, VoiceDetector {
    private var measurer: FrameMeasurer
    private var measured: [FrameMeasure] = []
    private var table = FrameTable()
    /// Frames of the table that have been given already and stay only for those behind them.
    private var given = 0

    /// Frames that are decided at once.
    private let blockLength: Int
    /// Frames on either side of a block that have a part in it.
    private static let margin = max(VoiceFeatures.reach + ContextInputs.reach, MusicInputs.reach)

    /// Makes a detector for one recording.
    public init() { self.init(kernels: .active) }

    init(kernels: Kernels, blockLength: Int = 6_000) {
        measurer = FrameMeasurer(.between, kernels: kernels)
        self.blockLength = blockLength
    }

    /// Takes samples and appends the frames that are decided.
    public mutating func add(_ samples: Span<Float>, appendingTo frames: inout [VoiceFrame]) {
        var rest = samples
        while !rest.isEmpty {
            let piece = rest.extracting(first: min(rest.count, 16_384))
            rest = rest.extracting(droppingFirst: piece.count)
            measurer.add(piece, appendingTo: &measured)
            tabulate()
            while table.count >= given + blockLength + Self.margin {
                decide(given..<given + blockLength, appendingTo: &frames)
            }
        }
    }

    /// Ends the sound and appends the frames that are left.
    public mutating func finish(appendingTo frames: inout [VoiceFrame]) {
        measurer.finish(appendingTo: &measured)
        tabulate()
        guard given < table.count else { return }
        decide(given..<table.count, appendingTo: &frames)
    }

    private mutating func tabulate() {
        for frame in measured { table.append(frame) }
        measured.removeAll(keepingCapacity: true)
    }

    private mutating func decide(_ block: Range<Int>, appendingTo frames: inout [VoiceFrame]) {
        let inputs = ContextInputs.columns(VoiceFeatures(table)) + MusicInputs.columns(table)
        let probabilities = Perceptron.media.probabilities(inputs, of: block)
        for (probability, level) in zip(probabilities, table[.level][block]) {
            frames.append(VoiceFrame(probability: probability, level: level))
        }
        given = block.upperBound
        // What is found every few frames is found at the same ones whatever was removed.
        let past = max(0, given - Self.margin) / Beat.hop * Beat.hop
        table.removeFirst(past)
        given -= past
    }
}
