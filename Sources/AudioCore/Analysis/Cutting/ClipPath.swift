/// Chooses where a group of stretches is cut: the cheapest way from its beginning to its end.
///
/// A cut costs little in a pause and much in a voice; clips of the preferred length cost nothing.
struct ClipPath {
    private let rules: ClipRules
    private let stretches: [Range<Int>]
    /// How much voice there is in each frame of the group: −35 for none, +5 for a loud one.
    private let voice: [Float]
    private let begin: Int

    /// A cut ends a clip and begins the next, a pause later or at once.
    struct Cut: Equatable {
        let end: Int
        let start: Int
        let cost: Double

        /// Whether somebody speaks there.
        var isInVoice: Bool { end == start && cost > 3 }
    }

    /// Prepares the cuts of a group whose stretches are in order, with all frames from the first one's begin to the last one's
    /// end and the level of voices in the recording, in decibels.
    init(_ stretches: [Range<Int>], _ frames: ArraySlice<VoiceFrame>, loudness: Float, _ rules: ClipRules) {
        self.stretches = stretches
        self.rules = rules
        begin = stretches.first?.lowerBound ?? 0
        let levels = SlidingWindow.mean(frames.map(\.level), radius: 5)
        let probabilities = SlidingWindow.mean(frames.map(\.probability), radius: 5)
        voice = zip(levels, probabilities).map { min(max($0 - loudness, -30), 0) + 10 * ($1 - 0.5) }
    }

    /// The cuts of the cheapest way; none for a group that is short enough as it is.
    func cuts() -> [Cut] {
        guard let last = stretches.last, last.upperBound - begin > rules.preferred.upperBound.frames else { return [] }
        let end = last.upperBound
        return cheapest(candidates(before: end)) ?? cheapest(candidates(before: end, byForce: true)) ?? []
    }

    /// Where cuts may be, in order, between the beginning and the end.
    func candidates(before end: Int, byForce: Bool = false) -> [Cut] {
        let pauses = zip(stretches, stretches.dropFirst()).map { before, after in
            let pause = after.lowerBound - before.upperBound
            return Cut(end: before.upperBound, start: after.lowerBound, cost: -min(1.5, Double(pause) / 100))
        }
        let inner = pauses + stretches.flatMap(valleys) + (byForce ? stretches.flatMap(forced) : [])
        return [Cut(end: begin, start: begin, cost: 0)] + inner.sorted { ($0.end, $0.start) < ($1.end, $1.start) }
            + [Cut(end: end, start: end, cost: 0)]
    }

    /// Frames with less voice than any other within a quarter of a second.
    private func valleys(in stretch: Range<Int>) -> [Cut] {
        let (reach, distance) = (25, 30)
        guard stretch.count > 2 * distance else { return [] }
        let inside = Array(voice[stretch.lowerBound - begin..<stretch.upperBound - begin])
        let least = SlidingWindow.minimum(inside, radius: reach)
        var cuts: [Cut] = []
        var frame = distance
        while frame < inside.count - distance {
            if inside[frame] <= least[frame] {
                let place = stretch.lowerBound + frame
                cuts.append(Cut(end: place, start: place, cost: max(0, (Double(inside[frame]) + 30) / 5)))
                frame += reach
            } else {
                frame += 1
            }
        }
        return cuts
    }

    /// The cheapest way through cuts from the first to the last; nil when clips would be too long on all.
    func cheapest(_ cuts: [Cut]) -> [Cut]? {
        var best = Array(repeating: (cost: Double.infinity, former: -1), count: cuts.count)
        best[0].cost = 0
        for index in cuts.indices.dropFirst() {
            for former in (0..<index).reversed() {
                let length = cuts[index].end - cuts[former].start
                if length > rules.longest.frames { break }
                let cost = best[former].cost + cuts[index].cost + price(of: length)
                if cost < best[index].cost { best[index] = (cost, former) }
            }
        }
        guard best[cuts.count - 1].cost.isFinite else { return nil }
        var path: [Cut] = []
        var index = best[cuts.count - 1].former
        while index > 0 {
            path.append(cuts[index])
            index = best[index].former
        }
        return path.reversed()
    }

    /// What a clip of a length costs, beside its cut.
    func price(of length: Int) -> Double {
        guard length > 0, length <= rules.longest.frames else { return .infinity }
        let (low, high) = (rules.preferred.lowerBound.frames, rules.preferred.upperBound.frames)
        let seconds = length < low ? Double(low - length) / 2 : length > high ? Double(length - high) / 2.5 : 0
        return 0.3 + seconds / 100
    }

    /// Cuts of a stretch that is too long and has no valleys (steady noise that passes for speech): where there is least voice.
    private func forced(in stretch: Range<Int>) -> [Cut] {
        var cuts: [Cut] = []
        var start = stretch.lowerBound
        let longest = rules.longest.frames
        while stretch.upperBound - start > longest {
            let range = start + longest / 2..<start + longest
            let place = range.min { voice[$0 - begin] < voice[$1 - begin] } ?? range.lowerBound
            cuts.append(Cut(end: place, start: place, cost: Self.force))
            start = place
        }
        return cuts
    }

    /// More than any cut costs where there is a valley.
    private static let force = 20.0
}
