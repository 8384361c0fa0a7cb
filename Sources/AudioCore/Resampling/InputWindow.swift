/// The recent input of one channel, in one piece for the kernels to look at.
struct InputWindow: ~Copyable {
    private let buffer: AlignedFloats
    private var start = 0
    private var end: Int

    /// The most that one call takes in.
    private static let intake = 4_096

    /// Makes a window through which `reach` samples can be seen at once, after some silence before the beginning.
    init(reach: Int, history: Int) {
        // Beyond the newest sample lies room that kernels may read: zeros, or older samples.
        buffer = AlignedFloats(count: history + 2 * reach + Self.intake)
        end = history
    }

    /// How many samples there are to look at.
    var available: Int { end - start }

    /// The oldest sample.
    var front: UnsafePointer<Float> { unsafe UnsafePointer(buffer.base + start) }

    /// Takes in as many samples as one call may and returns their number.
    mutating func take(_ samples: Span<Float>) -> Int {
        if start > 0 {
            buffer.moveToFront(from: start, to: end)
            end -= start
            start = 0
        }
        let count = min(samples.count, Self.intake)
        buffer.replace(at: end, with: samples.extracting(first: count))
        end += count
        return count
    }

    /// Forgets the oldest samples.
    mutating func drop(_ count: Int) {
        precondition(count <= available, "only what is there can be dropped")
        start += count
    }
}
