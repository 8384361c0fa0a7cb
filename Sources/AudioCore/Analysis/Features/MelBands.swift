#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Triangles over a spectrum of 512 at 16 kHz, evenly spaced by the ear's scale (mel = 1127 · ln(1 + f/700)).
struct MelBands: Sendable {
    /// How much each bin counts in a band; the weights of a band have the sum 1.
    struct Band: Sendable {
        let firstBin: Int
        let weights: [Float]
    }

    let bands: [Band]

    /// Ten bands where voices are.
    static let voice = MelBands(count: 10, from: 100, to: 4_000)

    /// Bands between two frequencies.
    init(count: Int, from low: Double, to high: Double) {
        func edge(_ index: Int) -> Double {
            let (first, last) = (log(1 + low / 700), log(1 + high / 700))
            return 700 * (exp(first + (last - first) * Double(index) / Double(count + 1)) - 1)
        }
        bands = (0..<count).map { Self.band(edge($0), edge($0 + 1), edge($0 + 2)) }
    }

    private static let binWidth = 31.25

    private static func band(_ low: Double, _ middle: Double, _ high: Double) -> Band {
        let bins = Int(low / binWidth) + 1...Int(high / binWidth)
        let heights = bins.map { bin in
            let frequency = Double(bin) * binWidth
            return max(min((frequency - low) / (middle - low), (high - frequency) / (high - middle)), 0)
        }
        let sum = heights.reduce(0, +)
        return Band(firstBin: bins.lowerBound, weights: heights.map { Float($0 / sum) })
    }

    /// The mean power of each band, of powers that begin with a bin.
    func powers(_ power: [Float], from firstBin: Int) -> [Float] {
        bands.map { band in
            var sum: Float = 0
            for (index, weight) in band.weights.enumerated() { sum += weight * power[band.firstBin - firstBin + index] }
            return sum
        }
    }
}
