import Foundation

/// The weighted Parks–McClellan exchange: finds the polynomial whose largest weighted error is the least.
///
/// At as many references as there are coefficients, and one more, the error must be equal and alternate. Each round
/// solves for that, looks where the error is really largest, and takes those places as the next references.
struct Exchange {
    let wanted: Wanted
    private var references: [Double]

    /// The largest weighted error of the last solution: at most one when all tolerances are kept.
    private(set) var deviation = Double.infinity
    private(set) var rounds = 0

    private static let referenceCount = Grid.lastIndex + 2
    private static let pointsPerReference = 16

    /// Begins with references spread evenly over the bands. (Spread like Chebyshev nodes, the exchange fails at this size.)
    init(_ wanted: Wanted) {
        self.wanted = wanted
        let total = Wanted.bands.reduce(0) { $0 + $1.upperBound - $1.lowerBound }
        let pass = Wanted.bands[0]
        let inPass = Int((Double(Self.referenceCount) * (pass.upperBound - pass.lowerBound) / total).rounded())
        references = Self.spread(pass, inPass) + Self.spread(Wanted.bands[1], Self.referenceCount - inPass)
    }

    /// Runs until the largest error anywhere is that of the references.
    mutating func solve() -> Interpolant {
        while true {
            rounds += 1
            let (interpolant, level) = interpolate()
            let peaks = alternating(extrema(of: interpolant))
            deviation = peaks.map { abs($0.error) }.max() ?? 0
            precondition(peaks.count == Self.referenceCount, "the exchange lost an alternation")
            references = peaks.map(\.frequency)
            if deviation - level <= 1e-9 * deviation || rounds == 60 { return interpolant }
        }
    }

    private static func spread(_ band: ClosedRange<Double>, _ count: Int) -> [Double] {
        (0..<count).map { band.lowerBound + (band.upperBound - band.lowerBound) * Double($0) / Double(count - 1) }
    }

    /// The polynomial whose weighted error at the references is ±level, with the signs in turn.
    private func interpolate() -> (Interpolant, level: Double) {
        let nodes = references.map(Interpolant.node)
        let weights = Interpolant.weights(nodes)
        var above = 0.0
        var below = 0.0
        for (index, frequency) in references.enumerated() {
            let sign = index % 2 == 0 ? 1.0 : -1
            above += weights[index] * wanted.target(frequency)
            below += weights[index] * sign / wanted.weight(frequency)
        }
        let level = above / below
        let values = references.enumerated().map { index, frequency in
            wanted.target(frequency) - (index % 2 == 0 ? level : -level) / wanted.weight(frequency)
        }
        return (Interpolant(nodes: nodes, values: values, weights: weights), abs(level))
    }

    struct Peak {
        let frequency: Double
        let error: Double
    }

    /// The local extrema of the weighted error in both bands.
    ///
    /// The references are among the points looked at: there the error alternates by construction, so that none of the
    /// alternations can slip between the points.
    private func extrema(of interpolant: Interpolant) -> [Peak] {
        func error(_ frequency: Double) -> Double {
            wanted.weight(frequency) * (wanted.target(frequency) - interpolant.value(at: frequency))
        }
        let total = Wanted.bands.reduce(0) { $0 + $1.upperBound - $1.lowerBound }
        return Wanted.bands.flatMap { band in
            let share = (band.upperBound - band.lowerBound) / total
            let count = max(64, Int(Double(Self.pointsPerReference * Self.referenceCount) * share))
            let places = Set(Self.points(band, count) + references.filter(band.contains)).sorted()
            let errors = places.map(error)
            return places.indices.compactMap { (index) -> Peak? in
                let size = abs(errors[index])
                let rises = index == 0 || errors[index - 1] * errors[index] < 0 || abs(errors[index - 1]) <= size
                let falls =
                    index == places.count - 1 || errors[index + 1] * errors[index] < 0 || abs(errors[index + 1]) < size
                guard rises, falls else { return nil }
                guard index > 0, index < places.count - 1 else {
                    return Peak(frequency: places[index], error: errors[index])
                }
                let step = min(places[index] - places[index - 1], places[index + 1] - places[index]) / 2
                return Self.refined(Peak(frequency: places[index], error: errors[index]), step: step, in: band, error)
            }
        }
    }

    /// Points of a band: half of them even, half crowding at its ends.
    private static func points(_ band: ClosedRange<Double>, _ count: Int) -> [Double] {
        (0..<count).map { index in
            let even = Double(index) / Double(count - 1)
            let crowded = (1 - cos(Double.pi * even)) / 2
            return band.lowerBound + (band.upperBound - band.lowerBound) * (even + crowded) / 2
        }
    }

    /// Two steps of a parabola towards the top.
    private static func refined(
        _ peak: Peak, step: Double, in band: ClosedRange<Double>, _ error: (Double) -> Double
    ) -> Peak {
        var frequency = peak.frequency
        var step = step
        for _ in 0..<2 {
            let (before, here, after) = (error(frequency - step), error(frequency), error(frequency + step))
            let bend = before - 2 * here + after
            if bend != 0 { frequency += min(max((before - after) / (2 * bend), -1), 1) * step }
            frequency = min(max(frequency, band.lowerBound), band.upperBound)
            step /= 4
        }
        let refined = error(frequency)
        return abs(refined) > abs(peak.error) ? Peak(frequency: frequency, error: refined) : peak
    }

    /// As many peaks as there are references, their signs in turn: of equal neighbours the larger, then without the
    /// least ones, at an end or in pairs.
    private func alternating(_ peaks: [Peak]) -> [Peak] {
        var kept: [Peak] = []
        for peak in peaks {
            if let last = kept.last, last.error * peak.error > 0 {
                if abs(peak.error) > abs(last.error) { kept[kept.count - 1] = peak }
            } else {
                kept.append(peak)
            }
        }
        while kept.count > Self.referenceCount {
            let ends = (abs(kept[0].error), abs(kept[kept.count - 1].error))
            if kept.count == Self.referenceCount + 1 {
                kept.remove(at: ends.0 < ends.1 ? 0 : kept.count - 1)
                continue
            }
            let pairs = zip(kept, kept.dropFirst()).map { max(abs($0.error), abs($1.error)) }
            let least = pairs.indices.min { pairs[$0] < pairs[$1] } ?? 0
            if max(ends.0, ends.1) < pairs[least] {
                kept = Array(kept.dropFirst().dropLast())
            } else {
                kept.removeSubrange(least...least + 1)
            }
        }
        return kept
    }
}
