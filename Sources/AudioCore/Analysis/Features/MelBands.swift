#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Ten triangles over the spectrum, evenly spaced from 100 to 4,000 Hz by the ear's scale (mel = 1127 · ln(1 + f/700)).
enum MelBands {
    static let count = 10

    /// How much each bin counts in a band; the weights of a band have the sum 1.
    struct Band: Sendable {
        let firstBin: Int
        let weights: [Float]
    }

    static let all: [Band] = (0..<count).map { band in
        let (low, middle, high) = (edge(band), edge(band + 1), edge(band + 2))
        let bins = Int(low / binWidth) + 1...Int(high / binWidth)
        let heights = bins.map { bin in
            let frequency = Double(bin) * binWidth
            return max(min((frequency - low) / (middle - low), (high - frequency) / (high - middle)), 0)
        }
        let sum = heights.reduce(0, +)
        return Band(firstBin: bins.lowerBound, weights: heights.map { Float($0 / sum) })
    }

    private static let binWidth = 31.25

    private static func edge(_ index: Int) -> Double {
        let (low, high) = (log(1 + 100.0 / 700), log(1 + 4_000.0 / 700))
        return 700 * (exp(low + (high - low) * Double(index) / Double(count + 1)) - 1)
    }
}
