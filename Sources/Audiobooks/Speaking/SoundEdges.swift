#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Where a clip is loud, in steps of 10 ms: where speech begins and ends, and where it pauses.
struct SoundEdges {
    /// The level of each step, in decibels below full scale.
    let levels: [Float]
    private let rate: Int
    private let frameCount: Int
    private let threshold: Float

    /// Steps in a second.
    private static let perSecond = 100
    /// How far below the loudest steps speech still is; soft sounds of its ends are that soft.
    private static let depth: Float = 42
    /// What is softer is silence, whatever else is in the clip.
    private static let softest: Float = -62

    /// Measures a clip.
    init(_ samples: [Int16], rate: Int) {
        self.rate = rate
        frameCount = samples.count
        let step = rate / Self.perSecond
        levels = stride(from: 0, to: samples.count, by: step).map { start in
            var sum = 0.0
            let end = min(start + step, samples.count)
            for index in start..<end { sum += Double(samples[index]) * Double(samples[index]) }
            return Float(decibels(ofPower: sum / Double(end - start) / (32_768 * 32_768)))
        }
        let sorted = levels.sorted()
        let loud = sorted.isEmpty ? Self.softest : sorted[sorted.count * 95 / 100]
        threshold = max(loud - Self.depth, Self.softest)
    }

    /// The steps from the first sound to the last; nil for silence.
    var steps: Range<Int>? {
        guard let first = levels.firstIndex(where: { $0 > threshold }),
            let last = levels.lastIndex(where: { $0 > threshold })
        else { return nil }
        return first..<last + 1
    }

    /// The frames of these steps, with a little of the silence around them.
    var speech: Range<Int>? { steps.map { frames($0.lowerBound - Self.before, $0.upperBound + Self.after) } }

    /// Pauses inside the speech, as steps.
    func pauses(atLeast shortest: Int) -> [Range<Int>] {
        guard let steps else { return [] }
        // Inside a clip a pause need not be as silent as its ends.
        let quiet = max(threshold, Self.softest + 12)
        var pauses: [Range<Int>] = []
        var start: Int?
        for index in steps {
            if levels[index] <= quiet {
                start = start ?? index
            } else if let begin = start.take(), index - begin >= shortest {
                pauses.append(begin..<index)
            }
        }
        return pauses
    }

    /// Frames of steps, within the clip.
    func frames(_ first: Int, _ end: Int) -> Range<Int> {
        let step = rate / Self.perSecond
        let from = min(max(first * step, 0), frameCount)
        return from..<max(min(end * step, frameCount), from)
    }

    /// Steps that are kept before speech and behind it: breath, and the end of what fades.
    static let before = 3
    static let after = 6
}

/// A share of the power of full scale in decibels; silence is far down.
private func decibels(ofPower power: Double) -> Double { power > 1e-12 ? 10 * log10(power) : -120 }
