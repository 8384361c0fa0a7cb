internal import CAudioKernels

/// Overlap-save filtering of one channel: two blocks of real input ride in one complex transform.
struct OverlapSaveStage: ~Copyable {
    private let filter: OverlapSaveFilter
    private let kernels: Kernels
    private var input: InputWindow
    private let work: AlignedFloats

    init(_ filter: OverlapSaveFilter, kernels: Kernels) {
        self.filter = filter
        self.kernels = kernels
        input = InputWindow(reach: Self.reach(of: filter), history: filter.lead)
        work = AlignedFloats(
            count: 2 * filter.forward.size + 4 * filter.inverse.size
                + max(filter.forward.scratchCount, filter.inverse.scratchCount))
    }

    var lookAhead: Int { Self.reach(of: filter) - filter.lead }

    /// Both blocks whole: what a block holds beyond the reach of its output leaves no trace but in the last bit, and that
    /// would depend on how the input is cut.
    private static func reach(of filter: OverlapSaveFilter) -> Int { filter.hop + filter.forward.size }

    /// Filters samples and appends the output of all pairs of blocks that they complete.
    mutating func push(_ samples: Span<Float>, appendingTo output: inout [Float]) {
        var rest = samples
        while !rest.isEmpty {
            rest = rest.extracting(droppingFirst: input.take(rest))
            while input.available >= Self.reach(of: filter) {
                filterPair(appendingTo: &output)
                input.drop(2 * filter.hop)
            }
        }
    }

    /// Transforms the two blocks at the front, as real and imaginary part, and appends both results.
    private func filterPair(appendingTo output: inout [Float]) {
        let (inSize, outSize) = (filter.forward.size, filter.inverse.size)
        let inRe = unsafe work.base
        let inIm = unsafe inRe + inSize
        let outRe = unsafe inIm + inSize
        let outIm = unsafe outRe + outSize
        let first = unsafe outIm + outSize
        let second = unsafe first + outSize
        let scratch = unsafe second + outSize

        unsafe filter.forward(input.front, input.front + filter.hop, to: inRe, inIm, scratch: scratch)
        unsafe weigh(inRe, to: outRe)
        unsafe weigh(inIm, to: outIm)
        // Exchanging real and imaginary parts, before and after, turns the transform into its inverse.
        unsafe filter.inverse(outIm, outRe, to: second, first, scratch: scratch)

        let start = filter.lead / filter.ratio.down * filter.ratio.up
        let count = filter.hop / filter.ratio.down * filter.ratio.up
        unsafe output.append(contentsOf: UnsafeBufferPointer(start: first + start, count: count))
        unsafe output.append(contentsOf: UnsafeBufferPointer(start: second + start, count: count))
    }

    /// Carries the bins near zero over to the other size, weighted; those between stay zero for ever.
    private func weigh(_ from: UnsafeMutablePointer<Float>, to: UnsafeMutablePointer<Float>) {
        let bins = filter.bins
        unsafe kernels.table.scale_bins(from, filter.rising, to, bins)
        unsafe kernels.table.scale_bins(
            from + filter.forward.size - bins, filter.falling, to + filter.inverse.size - bins, bins)
    }
}
