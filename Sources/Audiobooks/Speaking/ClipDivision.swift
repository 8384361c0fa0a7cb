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
        var division = cheapest(pauses, edges, syllables)
        if division.map({ $0.worst > oddest }) ?? true {
            // Somewhere nobody paused: there the quietest place near by is better than a pause elsewhere.
            division = cheapest(withDips(pauses, edges), edges, syllables) ?? division
        }
        return division.map { parts(cut: $0.cuts, edges, speech) } ?? evenly(edges, speech, syllables)
    }

    /// How odd a sentence's length may be before a cut without a pause is thought of: a bit more than twice what is expected.
    private static let oddest = 4.0

    /// The longest of many pauses, in order: noise has thousands.
    private static func longest(_ pauses: [Range<Int>]) -> [Range<Int>] {
        guard pauses.count > mostPauses else { return pauses }
        return pauses.sorted { $0.count > $1.count }.prefix(mostPauses).sorted { $0.lowerBound < $1.lowerBound }
    }

    private static let mostPauses = 200

    /// Steps of a pause at least.
    private static let shortestPause = 6

    private static func parts(cut places: [Range<Int>], _ edges: SoundEdges, _ speech: Range<Int>) -> [Part] {
        var start = speech.lowerBound
        var parts: [Part] = []
        for place in places {
            // Short pauses have no room for both margins, and a dip has none for any.
            let middle = (place.lowerBound + place.upperBound) / 2
            let end = edges.frames(0, min(place.lowerBound + SoundEdges.after, middle)).upperBound
            parts.append(Part(frames: start..<max(end, start), endsInPause: !place.isEmpty))
            start = max(
                edges.frames(max(place.upperBound - SoundEdges.before, middle), edges.levels.count).lowerBound, start)
        }
        return parts + [Part(frames: start..<max(speech.upperBound, start), endsInPause: true)]
    }

    /// Pauses, and between them the quietest step of each quarter of a second, as an empty range.
    private static func withDips(_ pauses: [Range<Int>], _ edges: SoundEdges) -> [Range<Int>] {
        guard let speech = edges.steps else { return pauses }
        var places: [Range<Int>] = []
        var start = speech.lowerBound
        for pause in pauses + [speech.upperBound..<speech.upperBound] {
            for window in stride(from: start + dipWindow / 2, to: pause.lowerBound - dipWindow / 2, by: dipWindow) {
                let steps = window..<min(window + dipWindow, pause.lowerBound)
                guard places.count < mostPlaces, let dip = steps.min(by: { edges.levels[$0] < edges.levels[$1] })
                else { break }
                places.append(dip..<dip)
            }
            if !pause.isEmpty { places.append(pause) }
            start = pause.upperBound
        }
        return places
    }

    private static let dipWindow = 25
    private static let mostPlaces = 600

    /// The places that divide a clip best, and how odd the oddest sentence is between them.
    private struct Division {
        let cuts: [Range<Int>]
        let worst: Double
    }

    /// The places that divide a clip best: long pauses, where the sentences should end; nil when there are too few.
    ///
    /// Each sentence costs by how far it is from the length that its syllables let expect, and a long pause is worth something.
    private static func cheapest(_ places: [Range<Int>], _ edges: SoundEdges, _ syllables: [Double]) -> Division? {
        let count = syllables.count - 1
        guard places.count >= count else { return nil }
        let times = SpeakingTimes(places, within: edges.steps ?? edges.levels.indices)
        let perSyllable = times.total / max(syllables.reduce(0, +), 1)
        func cost(of sentence: Int, from first: Int, to second: Int) -> Double {
            oddness(times.between(first, second), syllables[sentence] * perSyllable)
        }
        // best[k][j]: the least cost when sentence k ends at place j.
        var best = [[Double]](repeating: [Double](repeating: .infinity, count: places.count), count: count)
        var from = [[Int]](repeating: [Int](repeating: -1, count: places.count), count: count)
        for sentence in 0..<count {
            for place in sentence..<places.count - (count - 1 - sentence) {
                let value = worth(places[place])
                for former in (sentence == 0 ? -1..<0 : sentence - 1..<place) {
                    let before = former < 0 ? 0 : best[sentence - 1][former]
                    let sum = before + cost(of: sentence, from: former, to: place) - value
                    if sum < best[sentence][place] { (best[sentence][place], from[sentence][place]) = (sum, former) }
                }
            }
        }
        func whole(_ last: Int) -> Double { best[count - 1][last] + cost(of: count, from: last, to: places.count) }
        guard let last = places.indices.min(by: { whole($0) < whole($1) }), whole(last) < .infinity else { return nil }
        var cuts = [last]
        for sentence in stride(from: count - 1, to: 0, by: -1) { cuts.append(from[sentence][cuts[cuts.count - 1]]) }
        cuts.reverse()
        let ends = [-1] + cuts + [places.count]
        let worst = syllables.indices.map { cost(of: $0, from: ends[$0], to: ends[$0 + 1]) }.max() ?? 0
        return Division(cuts: cuts.map { places[$0] }, worst: worst)
    }

    /// What a pause of some length tells: the longer, the more, up to half a second; a place without one speaks against itself.
    private static func worth(_ pause: Range<Int>) -> Double {
        pause.isEmpty ? -1.5 : Double(min(pause.count, 50)) / 50 * 2.5
    }

    /// How unlikely a length is where another is expected.
    private static func oddness(_ steps: Double, _ expected: Double) -> Double {
        // A short sentence varies more.
        let ratio = log((steps + 20) / (expected + 20))
        return 6 * ratio * ratio
    }

    /// For a clip that has fewer places than sentences: a share of the sound for each.
    private static func evenly(_ edges: SoundEdges, _ speech: Range<Int>, _ syllables: [Double]) -> [Part] {
        let total = max(syllables.reduce(0, +), 1)
        var sum = 0.0
        var start = speech.lowerBound
        return syllables.enumerated().map { index, own in
            sum += own
            let isLast = index == syllables.count - 1
            let end = isLast ? speech.upperBound : speech.lowerBound + Int(sum / total * Double(speech.count))
            defer { start = end }
            return Part(frames: start..<end, endsInPause: isLast)
        }
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
