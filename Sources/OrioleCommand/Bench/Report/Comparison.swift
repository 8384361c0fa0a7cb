#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What has changed from one report to another, beyond what chance does.
struct Comparison {
    private(set) var changes: [Change] = []
    /// Settings that only one of them has.
    private(set) var missing: [String] = []

    /// One figure of both.
    struct Change: Encodable {
        let what: String
        let figure: String
        let before: Double
        let after: Double
        /// How likely it is that chance alone makes such a difference.
        let probability: Double
        let verdict: Verdict
    }

    enum Verdict: String, Encodable {
        case better, worse, same
    }

    /// Chance does that once in a hundred times.
    private static let mostProbability = 0.01
    /// Nobody notices less.
    private static let (leastShare, leastMilliseconds) = (0.02, 1.0)

    private static let figures: [(String, any KeyPath<LatencyReport.Result, Distribution?> & Sendable)] = [
        ("connect", \.connectMs), ("first byte", \.firstByteMs), ("first piece", \.firstChunkMs),
        ("audible", \.firstAudibleMs), ("first sound", \.firstSoundMs), ("gap", \.gapMs), ("buffer", \.bufferMs),
    ]

    init(_ before: LatencyReport, _ after: LatencyReport) {
        for old in before.results {
            guard let new = after.results.first(where: { $0.kind == old.kind && $0.setting == old.setting }) else {
                missing.append(Self.name(old))
                continue
            }
            for (name, figure) in Self.figures {
                guard let left = old[keyPath: figure], let right = new[keyPath: figure] else { continue }
                changes.append(Self.change(Self.name(old), name, left, right))
            }
        }
        missing += after.results.filter { new in
            !before.results.contains { $0.kind == new.kind && $0.setting == new.setting }
        }.map(Self.name)
    }

    private static func name(_ result: LatencyReport.Result) -> String {
        "\(result.kind.rawValue), \(result.setting.name)"
    }

    private static func change(
        _ what: String, _ figure: String, _ before: Distribution, _ after: Distribution
    ) -> Change {
        let probability = RankTest.probability(before.samples, after.samples)
        let difference = after.p50 - before.p50
        let isSeen = difference.magnitude >= max(leastMilliseconds, before.p50 * leastShare)
        let isSure = probability < mostProbability
        return Change(
            what: what, figure: figure, before: before.p50, after: after.p50, probability: probability,
            verdict: !isSeen || !isSure ? .same : difference < 0 ? .better : .worse)
    }

    /// Rows for people: all that has changed, and how much has not.
    var text: String {
        let changed = changes.filter { $0.verdict != .same }
        var lines = changed.map { change in
            let percent = change.before > 0 ? (change.after / change.before - 1) * 100 : 0
            return "\(change.verdict.rawValue): \(change.what): \(change.figure) \(Shown.milliseconds(change.before))"
                + " → \(Shown.milliseconds(change.after)) (\(percent > 0 ? "+" : "")\(Shown.short(percent)) %)"
        }
        let same = changes.count - changed.count
        if same > 0 { lines.append("\(counted(same, "figure")) within noise") }
        lines += missing.map { "only in one of them: \($0)" }
        return lines.joined(separator: "\n")
    }
}

/// Whether two groups of numbers are of one kind, by their ranks (Mann and Whitney, 1947).
enum RankTest {
    /// How likely it is that numbers of one kind differ by as much.
    static func probability(_ left: [Double], _ right: [Double]) -> Double {
        let all = (left.map { ($0, true) } + right.map { ($0, false) }).sorted { $0.0 < $1.0 }
        let (n, m) = (Double(left.count), Double(right.count))
        guard n > 0, m > 0 else { return 1 }
        var (rankSum, ties, start) = (0.0, 0.0, 0)
        while start < all.count {
            let end = all[start...].firstIndex { $0.0 != all[start].0 } ?? all.count
            let rank = Double(start + end + 1) / 2
            rankSum += rank * Double(all[start..<end].count { $0.1 })
            let count = Double(end - start)
            ties += count * count * count - count
            start = end
        }
        let u = rankSum - n * (n + 1) / 2
        let total = n + m
        let variance = n * m / 12 * (total + 1 - ties / (total * max(total - 1, 1)))
        guard variance > 0 else { return 1 }
        let z = max((u - n * m / 2).magnitude - 0.5, 0) / variance.squareRoot()
        return min(erfc(z / 2.0.squareRoot()), 1)
    }
}
