/// Numbers that were measured, and what is to be said of them; times are in milliseconds.
struct Distribution: Hashable, Sendable, Codable {
    let p50: Double
    let p95: Double
    let p99: Double
    let most: Double
    /// The numbers themselves, in order of size.
    let samples: [Double]

    private enum CodingKeys: String, CodingKey {
        case p50, p95, p99, samples
        case most = "max"
    }

    /// Nothing of nothing.
    init?(_ numbers: [Double]) {
        guard !numbers.isEmpty else { return nil }
        samples = numbers.sorted()
        p50 = Self.percentile(0.5, of: samples)
        p95 = Self.percentile(0.95, of: samples)
        p99 = Self.percentile(0.99, of: samples)
        most = samples[samples.count - 1]
    }

    /// The same in milliseconds, out of seconds.
    init?(seconds: [Double]) { self.init(seconds.map { ($0 * 1e6).rounded() / 1e3 }) }

    /// The least number that is not exceeded by the share: the nearest rank.
    static func percentile(_ share: Double, of sorted: [Double]) -> Double {
        sorted[max(Int((Double(sorted.count) * share - 1e-9).rounded(.up)), 1) - 1]
    }

    func percentile(_ share: Double) -> Double { Self.percentile(share, of: samples) }
}
