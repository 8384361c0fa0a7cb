/// A reduced ratio of output to input rate.
struct RateRatio: Hashable {
    let up: Int
    let down: Int

    init(from input: Int, to output: Int) {
        let divisor = greatestCommonDivisor(input, output)
        up = output / divisor
        down = input / divisor
    }

    /// Points per sample of the lower rate on a grid that holds the samples of both.
    var density: Int { max(up, down) }

    /// Frames of output for a number of frames of input, rounded up.
    func outputCount(for frames: Int) -> Int { (frames * up + down - 1) / down }
}
