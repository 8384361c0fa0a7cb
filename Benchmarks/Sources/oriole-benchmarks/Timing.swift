import CPeers

/// Times several ways of doing a job in turns, so that what else the machine does hits all of them alike.
///
/// The first way is ours. The figure for each other way is the median over the rounds of its time divided by ours.
struct Race {
    /// How often ours goes through the time of each other, by name.
    private(set) var ratios: [String: Double] = [:]
    /// The median of our CPU seconds.
    private(set) var seconds = 0.0
    /// How far the middle half of our times lies apart, in percent of the median.
    private(set) var spread = 0.0

    /// The median CPU milliseconds of ours and of the others, for the report.
    var milliseconds: [String: Double] {
        ratios.mapValues { $0 * seconds * 1_000 }.merging(["ours": seconds * 1_000]) { $1 }
    }

    init(rounds: Int = 7, ours: () -> Void, others: [(name: String, work: () -> Void)]) {
        var times: [[Double]] = Array(repeating: [], count: others.count)
        var own: [Double] = []
        ours()
        for other in others { other.work() }
        for _ in 0..<rounds {
            own.append(Self.time(ours))
            for (index, other) in others.enumerated() { times[index].append(Self.time(other.work)) }
        }
        seconds = Self.median(own)
        let sorted = own.sorted()
        spread = (sorted[sorted.count * 3 / 4] - sorted[sorted.count / 4]) / seconds * 100
        for (index, other) in others.enumerated() {
            ratios[other.name] = Self.median(zip(times[index], own).map { $0 / $1 })
        }
    }

    /// The CPU seconds of work; short work is done once before, so that it does not pay for what the one before it left
    /// in the caches.
    static func time(_ work: () -> Void) -> Double {
        let first = timeOnce(work)
        return first < 0.005 ? timeOnce(work) : first
    }

    private static func timeOnce(_ work: () -> Void) -> Double {
        let started = peer_thread_seconds()
        work()
        return peer_thread_seconds() - started
    }

    static func median(_ numbers: [Double]) -> Double {
        let sorted = numbers.sorted()
        return sorted[sorted.count / 2]
    }
}

/// Keeps the compiler from dropping work whose result nobody reads.
@inline(never)
func consume<Value>(_ value: Value) {}

/// Runs work on input of our own making, which cannot fail: a figure for work that did would be a lie.
func mustWork<Result>(_ work: () throws -> Result) -> Result {
    do {
        return try work()
    } catch {
        fatalError("a benchmark failed at its work: \(error)")
    }
}
