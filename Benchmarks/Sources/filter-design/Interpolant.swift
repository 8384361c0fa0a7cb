import Foundation

/// The polynomial in cos(2πf/density) through given points, by the second barycentric formula.
struct Interpolant {
    private let nodes: [Double]
    private let values: [Double]
    private let weights: [Double]

    static func node(_ frequency: Double) -> Double { cos(2 * Double.pi * frequency / Grid.density) }

    /// The weights of the formula: 1/∏ 2(xⱼ − xᵢ).
    ///
    /// The factor two, the inverse capacity of the interval, keeps the
    /// product within range; only ratios matter, so the smallest is made one.
    static func weights(_ nodes: [Double]) -> [Double] {
        let logs = nodes.map { node in
            var sum = 0.0
            var sign = 1.0
            for other in nodes where other != node {
                sum += log(abs(2 * (node - other)))
                if node < other { sign = -sign }
            }
            return (sum, sign)
        }
        let least = logs.map(\.0).min() ?? 0
        return logs.map { $1 * exp(least - $0) }
    }

    init(nodes: [Double], values: [Double], weights: [Double]) {
        self.nodes = nodes
        self.values = values
        self.weights = weights
    }

    func value(at frequency: Double) -> Double {
        let place = Self.node(frequency)
        var above = 0.0
        var below = 0.0
        for index in nodes.indices {
            let distance = place - nodes[index]
            if distance == 0 { return values[index] }
            let share = weights[index] / distance
            above += share * values[index]
            below += share
        }
        return above / below
    }

    /// The symmetric taps whose response this is, centre first, by an inverse Fourier transform of its values.
    func taps() -> [Double] {
        let count = 2 * Grid.lastIndex + 1
        let response = (0...Grid.lastIndex).map { value(at: Double($0) * Grid.density / Double(count)) }
        return (0...Grid.lastIndex).map { tap in
            var sum = response[0]
            for bin in 1...Grid.lastIndex {
                sum += 2 * response[bin] * cos(2 * Double.pi * Double(tap * bin % count) / Double(count))
            }
            return sum / Double(count)
        }
    }
}
