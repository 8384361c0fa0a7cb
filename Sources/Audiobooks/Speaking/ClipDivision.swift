#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Finds where the sentences of a clip begin, by its pauses and by how long each sentence should take.
enum ClipDivision {
    /// A sentence's part of a clip.
    struct Part: Equatable {
        /// The frames that it takes.
        let frames: Range<Int>
        /// Whether a pause tells where it ends; else the place is a guess, and nothing is put there.
        let endsInPause: Bool
    }

    /// Divides a clip among sentences of so many syllables.
    ///
    /// - Returns: a part for each; nil for a silent clip.
    static func parts(of edges: SoundEdges, syllables: [Double]) -> [Part]? {
        guard let speech = edges.speech else { return nil }
        guard syllables.count > 1 else { return [Part(frames: speech, endsInPause: true)] }
        let pauses = longest(edges.pauses(atLeast: shortestPause))
        if let cuts = cheapest(pauses, edges, syllables) { return parts(cut: cuts.map { pauses[$0] }, edges, speech) }
        return guessed(edges, speech, syllables)
    }

    /// The longest of many pauses, in order: noise has thousands.
    private static func longest(_ pauses: [Range<Int>]) -> [Range<Int>] {
        guard pauses.count > mostPauses else { return pauses }
        return pauses.sorted { $0.count > $1.count }.prefix(mostPauses).sorted { $0.lowerBound < $1.lowerBound }
    }

    private static let mostPauses = 200

    /// Steps of a pause at least.
    private static let shortestPause = 6

    private static func parts(cut pauses: [Range<Int>], _ edges: SoundEdges, _ speech: Range<Int>) -> [Part] {
        var start = speech.lowerBound
        var parts: [Part] = []
        for pause in pauses {
            // Short pauses have no room for both margins.
            let middle = (pause.lowerBound + pause.upperBound) / 2
            let end = edges.frames(0, min(pause.lowerBound + SoundEdges.after, middle)).upperBound
            parts.append(Part(frames: start..<end, endsInPause: true))
            start = edges.frames(max(pause.upperBound - SoundEdges.before, middle), edges.levels.count).lowerBound
        }
        return parts + [Part(frames: start..<speech.upperBound, endsInPause: true)]
    }

    /// The pauses that divide a clip best: long ones, where the sentences should end; nil when there are too few.
    ///
    /// Each sentence costs by how far it is from the length that its syllables let expect, and a long pause is worth something.
    private static func cheapest(_ pauses: [Range<Int>], _ edges: SoundEdges, _ syllables: [Double]) -> [Int]? {
        let count = syllables.count - 1
        guard pauses.count >= count else { return nil }
        let times = SpeakingTimes(pauses, within: edges.steps ?? edges.levels.indices)
        let perSyllable = times.total / max(syllables.reduce(0, +), 1)
        // best[k][j]: the least cost when sentence k ends in pause j.
        var best = [[Double]](repeating: [Double](repeating: .infinity, count: pauses.count), count: count)
        var from = [[Int]](repeating: [Int](repeating: -1, count: pauses.count), count: count)
        for sentence in 0..<count {
            for pause in sentence..<pauses.count - (count - 1 - sentence) {
                let value = worth(pauses[pause])
                for former in (sentence == 0 ? -1..<0 : sentence - 1..<pause) {
                    let before = former < 0 ? 0 : best[sentence - 1][former]
                    let cost = before + oddness(times.between(former, pause), syllables[sentence] * perSyllable) - value
                    if cost < best[sentence][pause] { (best[sentence][pause], from[sentence][pause]) = (cost, former) }
                }
            }
        }
        let last = pauses.indices.min { first, second in
            func cost(_ pause: Int) -> Double {
                best[count - 1][pause]
                    + oddness(times.between(pause, pauses.count), (syllables.last ?? 1) * perSyllable)
            }
            return cost(first) < cost(second)
        }
        guard var cut = last, best[count - 1][cut] < .infinity else { return nil }
        var cuts = [cut]
        for sentence in stride(from: count - 1, to: 0, by: -1) {
            cut = from[sentence][cut]
            cuts.append(cut)
        }
        return cuts.reversed()
    }

    /// What a pause of some length tells: the longer, the more, up to half a second.
    private static func worth(_ pause: Range<Int>) -> Double { Double(min(pause.count, 50)) / 50 * 2.5 }

    /// How unlikely a length is where another is expected.
    private static func oddness(_ steps: Double, _ expected: Double) -> Double {
        // A short sentence varies more.
        let ratio = log((steps + 20) / (expected + 20))
        return 6 * ratio * ratio
    }

    /// Where no pauses tell it: the quietest place near where each sentence should end.
    private static func guessed(_ edges: SoundEdges, _ speech: Range<Int>, _ syllables: [Double]) -> [Part] {
        let total = max(syllables.reduce(0, +), 1)
        let steps = edges.steps ?? edges.levels.indices
        var sum = 0.0
        var parts: [Part] = []
        var start = speech.lowerBound
        for own in syllables.dropLast() {
            sum += own
            let expected = steps.lowerBound + Int(sum / total * Double(steps.count))
            let reach = max(Int(own / total * Double(steps.count) / 4), 1)
            let near = steps.clamped(to: expected - reach..<expected + reach + 1)
            let quietest = near.min { edges.levels[$0] < edges.levels[$1] } ?? expected
            let end = min(max(edges.frames(0, quietest).upperBound, start), speech.upperBound)
            parts.append(Part(frames: start..<end, endsInPause: false))
            start = end
        }
        return parts + [Part(frames: start..<speech.upperBound, endsInPause: true)]
    }
}

/// How long somebody speaks between pauses, in steps.
private struct SpeakingTimes {
    /// Steps of speech before each pause.
    private var before: [Int] = []
    let total: Double

    init(_ pauses: [Range<Int>], within speech: Range<Int>) {
        var (sum, last) = (0, speech.lowerBound)
        for pause in pauses {
            sum += pause.lowerBound - last
            before.append(sum)
            last = pause.upperBound
        }
        total = Double(sum + speech.upperBound - last)
    }

    /// The speech from one pause to another; −1 is the beginning, and the number of pauses the end.
    func between(_ first: Int, _ second: Int) -> Double {
        (second < before.count ? Double(before[second]) : total) - (first < 0 ? 0 : Double(before[first]))
    }
}
