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
    /// What makes the two of them different before anything was measured.
    private(set) var circumstances: [String] = []

    /// One figure of both.
    struct Change: Encodable {
        let what: String
        let figure: String
        var unit = "ms"
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
        circumstances = Self.circumstances(before, after)
        for old in before.results {
            guard let new = after.results.first(where: { $0.kind == old.kind && $0.setting == old.setting }) else {
                missing.append(Self.name(old))
                continue
            }
            for (name, figure) in Self.figures {
                guard let left = old[keyPath: figure], let right = new[keyPath: figure] else { continue }
                changes.append(Self.change(Self.name(old), name, left, right))
            }
            changes += Self.failures(old, new)
        }
        missing += after.results.filter { new in
            !before.results.contains { $0.kind == new.kind && $0.setting == new.setting }
        }.map(Self.name)
    }

    private static func circumstances(_ before: LatencyReport, _ after: LatencyReport) -> [String] {
        let pairs = [
            ("engine", before.engine, after.engine), ("machine", before.machine, after.machine),
            ("simulated delays", before.simulated ?? "none", after.simulated ?? "none"),
            ("clock", before.isReal ? "real" : "not real", after.isReal ? "real" : "not real"),
            ("characters", "\(before.characters)", "\(after.characters)"),
        ]
        return pairs.filter { $0.1 != $0.2 }.map { "another \($0.0): \($0.1) → \($0.2)" }
    }

    /// Whether more or fewer answers failed; nothing where none did.
    private static func failures(_ before: LatencyReport.Result, _ after: LatencyReport.Result) -> [Change] {
        func marks(_ result: LatencyReport.Result) -> [Double] {
            [Double](repeating: 0, count: result.count)
                + [Double](repeating: 1, count: result.failures.values.reduce(0, +))
        }
        let (left, right) = (before.failedShare * 100, after.failedShare * 100)
        guard left + right > 0 else { return [] }
        let probability = RankTest.probability(marks(before), marks(after))
        return [
            Change(
                what: name(before), figure: "failed answers", unit: "%", before: left, after: right,
                probability: probability,
                verdict: probability >= mostProbability ? .same : right < left ? .better : .worse)
        ]
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
            let share = change.unit == "ms" ? " (\(percent > 0 ? "+" : "")\(Shown.short(percent)) %)" : ""
            return
                "\(change.verdict.rawValue): \(change.what): \(change.figure) \(Shown.short(change.before)) \(change.unit)"
                + " → \(Shown.short(change.after)) \(change.unit)\(share)"
        }
        let same = changes.count - changed.count
        if same > 0 { lines.append("\(counted(same, "figure")) within noise") }
        lines += missing.map { "only in one of them: \($0)" }
        lines = circumstances.map { "note: \($0)" } + lines
        return lines.joined(separator: "\n")
    }
}

/// Whether two groups of numbers are of one kind, by their ranks (Mann and Whitney, 1947).
enum RankTest {
    /// Up to so many numbers all ways to deal out the ranks are counted; beyond, they are as good as normal.
    private static let mostCounted = 40

    /// How likely it is that numbers of one kind differ by as much.
    static func probability(_ left: [Double], _ right: [Double]) -> Double {
        guard !left.isEmpty, !right.isEmpty else { return 1 }
        let ranks = Self.ranks(left, right)
        let sum = ranks.filter(\.isLeft).reduce(0) { $0 + $1.twice }
        return ranks.count <= mostCounted
            ? counted(ranks.map(\.twice), left.count, sum) : normal(ranks.map(\.twice), left.count, sum)
    }

    /// Twice the rank of each number, those that are alike in the middle of theirs.
    private static func ranks(_ left: [Double], _ right: [Double]) -> [(twice: Int, isLeft: Bool)] {
        let all = (left.map { ($0, true) } + right.map { ($0, false) }).sorted { $0.0 < $1.0 }
        var ranks: [(twice: Int, isLeft: Bool)] = []
        while ranks.count < all.count {
            let start = ranks.count
            let end = all[start...].firstIndex { $0.0 != all[start].0 } ?? all.count
            ranks += all[start..<end].map { (start + end + 1, $0.1) }
        }
        return ranks
    }

    /// The share of all choices of so many ranks whose sum is as far from the middle.
    private static func counted(_ ranks: [Int], _ count: Int, _ sum: Int) -> Double {
        let most = ranks.reduce(0, +)
        // How many choices of so many ranks have which sum.
        var ways = [[Double]](repeating: [Double](repeating: 0, count: most + 1), count: count + 1)
        ways[0][0] = 1
        for rank in ranks {
            for chosen in stride(from: count, through: 1, by: -1) {
                for total in stride(from: most, through: rank, by: -1) where ways[chosen - 1][total - rank] > 0 {
                    ways[chosen][total] += ways[chosen - 1][total - rank]
                }
            }
        }
        let middle = Double(most * count) / Double(ranks.count)
        let distance = (Double(sum) - middle).magnitude - 1e-9
        let far = ways[count].enumerated().reduce(0) {
            (Double($1.offset) - middle).magnitude >= distance ? $0 + $1.element : $0
        }
        return far / ways[count].reduce(0, +)
    }

    private static func normal(_ ranks: [Int], _ count: Int, _ sum: Int) -> Double {
        let (n, total) = (Double(count), Double(ranks.count))
        let mean = Double(ranks.reduce(0, +)) / total
        let spread = ranks.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / (total - 1)
        let variance = n * (total - n) / total * spread
        guard variance > 0 else { return 1 }
        // Twice the ranks lie two apart: half of that is taken off.
        let z = max((Double(sum) - n * mean).magnitude - 1, 0) / variance.squareRoot()
        return min(erfc(z / 2.0.squareRoot()), 1)
    }
}
