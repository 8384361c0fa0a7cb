/// The sharp low-pass filter of every resampler, as one continuous function of time.
///
/// Time is in samples of the lower of two rates, so that its Nyquist frequency is one half whatever the rates are. The
/// response is flat to 0.0008 dB up to 0.9 of Nyquist, −0.008 dB at 0.91, −3 dB at 0.936, and below −140 dB from
/// Nyquist on, at a reach of 73 samples to either side. A Kaiser filter as good needs 106.
///
/// It is a sum of narrow bumps on a grid of four per sample, `h(u) = 4·Σ g[k]·bump(4u − k)`. The heights `g` are an
/// equiripple solution that has the droop of the bump, known in closed form, divided out. A bump makes the function
/// continuous at the price of eight products a point and no trigonometry.
enum PrototypeFilter {
    /// How far from the centre the function is not zero, in samples of the lower rate.
    static let halfWidth = 73

    private static let gridPerSample = 4
    private static let bumpHalfWidth = 4
    private static let bumpBeta = 21.282
    /// 8·sinh(β)/β, so that a bump's integral is one.
    private static let bumpScale = 328_626_602.079_052_21

    /// Half of the function, sampled `density` times per sample of the lower rate.
    ///
    /// Value `n` belongs to the times ±n/density. The whole has the sum one.
    static func samples(density: Int) -> [Double] {
        let bumps = bumpTable(density: density)
        return (0...halfWidth * density).map { index in
            let (place, remainder) = (gridPerSample * index).quotientAndRemainder(dividingBy: density)
            // The bumps that reach this point stand at place − 3 … place + 4.
            var sum = 0.0
            for (offset, bump) in bumps[remainder].enumerated() {
                let height = abs(place + offset - bumpHalfWidth + 1)
                if height < grid.count { sum += grid[height] * bump }
            }
            return sum * Double(gridPerSample) / Double(density)
        }
    }

    /// For each fraction of a grid step, the eight bumps' values there.
    private static func bumpTable(density: Int) -> [[Double]] {
        (0..<density).map { remainder in
            let fraction = Double(remainder) / Double(density)
            return (1 - bumpHalfWidth...bumpHalfWidth).map { bump(at: fraction - Double($0)) }
        }
    }

    private static func bump(at time: Double) -> Double {
        let position = time / Double(bumpHalfWidth)
        let underRoot = 1 - position * position
        return underRoot < 0 ? 0 : besselI0(bumpBeta * underRoot.squareRoot()) / bumpScale
    }
}
