#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The colour of a sound every 10 ms, for comparing two recordings of the same words: 13 cepstral coefficients and how they
/// change.
package struct Cepstra: Sendable {
    /// Numbers of a frame.
    package static let width = 26
    private static let coefficients = 13

    /// All frames, one after another.
    package let values: [Float]

    /// How many frames there are.
    package var count: Int { values.count / Self.width }

    /// Measures sound at 16 kHz; means and spreads are those of the frames in which somebody speaks.
    package init(_ samples: [Float], speaking: [Bool]) {
        let spectra = Self.bandPowers(samples)
        guard !spectra.isEmpty else {
            values = []
            return
        }
        // What is added to every band hides the noise, which differs from recording to recording.
        let means = spectra.map { $0.reduce(0, +) / Float($0.count) }.sorted()
        let floor = means[min(means.count * 95 / 100, means.count - 1)] * 1e-3 + 1e-12
        var columns = Self.transformed(spectra, floor: floor)
        let frames = columns[0].count
        let isHeard = (0..<frames).map { $0 < speaking.count && speaking[$0] }
        for index in columns.indices {
            let mean = Self.mean(columns[index], isHeard)
            columns[index] = columns[index].map { $0 - mean }
        }
        let slopes = columns.map { Self.slope($0, like: Self.spread($0, isHeard), isHeard) }
        let all = columns + slopes
        values = (0..<frames).flatMap { frame in all.map { $0[frame] } }
    }

    /// The power of 26 bands in windows of 25 ms.
    private static func bandPowers(_ samples: [Float]) -> [[Float]] {
        let (hop, length) = (160, 400)
        let frames = samples.count / hop
        let window = (0..<length).map { Float(0.54 - 0.46 * cos(2 * Double.pi * Double($0) / Double(length - 1))) }
        let spectrum = PairSpectrum(size: 512, length: length, window: window, kernels: .active)
        let bands = MelBands(count: 26, from: 100, to: 7_000)
        var emphasized = SampleHistory<Float>(silence: 120)
        for index in samples.indices { emphasized.append(samples[index] - 0.97 * (index > 0 ? samples[index - 1] : 0)) }
        emphasized.append(silence: length + 2 * hop)
        var powers: [[Float]] = []
        for frame in stride(from: 0, to: frames, by: 2) {
            let begin = frame * hop - 120
            let pair = spectrum.powers(
                emphasized.samples(begin..<begin + length), emphasized.samples(begin + hop..<begin + hop + length),
                bins: 0..<256)
            powers.append(bands.powers(pair.first, from: 0))
            if frame + 1 < frames { powers.append(bands.powers(pair.second, from: 0)) }
        }
        return powers
    }

    /// The first coefficients of the cosine transform of the logarithms, a column for each.
    private static func transformed(_ powers: [[Float]], floor: Float) -> [[Float]] {
        let bands = powers[0].count
        let logs = powers.map { $0.map { log($0 + floor) } }
        return (0..<coefficients).map { coefficient in
            let scale = (coefficient == 0 ? 1 / Double(bands) : 2 / Double(bands)).squareRoot()
            let cosines = (0..<bands).map { band in
                Float(scale * cos(Double.pi * Double(coefficient) * (Double(band) + 0.5) / Double(bands)))
            }
            return logs.map { frame in zip(frame, cosines).reduce(0) { $0 + $1.0 * $1.1 } }
        }
    }

    /// How a column rises over five frames, brought to a spread.
    private static func slope(_ column: [Float], like wanted: Float, _ isHeard: [Bool]) -> [Float] {
        let last = column.count - 1
        let slopes = column.indices.map { frame in
            let near = column[min(frame + 1, last)] - column[max(frame - 1, 0)]
            let far = column[min(frame + 2, last)] - column[max(frame - 2, 0)]
            return (near + 2 * far) / 10
        }
        let own = spread(slopes, isHeard)
        return slopes.map { $0 * (own > 1e-6 ? wanted / own : 0) }
    }

    private static func mean(_ column: [Float], _ isHeard: [Bool]) -> Float {
        let heard = column.indices.filter { isHeard[$0] }
        guard !heard.isEmpty else { return column.reduce(0, +) / Float(column.count) }
        return heard.reduce(0) { $0 + column[$1] } / Float(heard.count)
    }

    private static func spread(_ column: [Float], _ isHeard: [Bool]) -> Float {
        let middle = mean(column, isHeard)
        return mean(column.map { ($0 - middle) * ($0 - middle) }, isHeard).squareRoot()
    }
}
