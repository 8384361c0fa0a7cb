/// Cues in order, none reaching into the next.
enum CueSequence {
    /// The cues by their beginnings; those that begin at once stay as they were.
    static func sorted(_ cues: [Cue]) -> [Cue] {
        cues.enumerated().sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }.map(\.element)
    }

    /// The cues, each of which goes when the next one comes.
    static func cut(_ cues: [Cue]) -> [Cue] {
        var cut = sorted(cues)
        for index in cut.indices.dropLast() {
            cut[index].end = min(cut[index].end, max(cut[index + 1].start, cut[index].start))
        }
        return cut
    }

    /// The cues as players show them: where several are shown at once, there is one cue with the lines of all.
    static func apart(_ cues: [Cue]) -> [Cue] {
        var apart: [Cue] = []
        var cluster: [Cue] = []
        var end = Duration.zero
        for cue in sorted(cues) {
            if cue.start >= end, !cluster.isEmpty {
                apart += divided(cluster)
                cluster = []
            }
            cluster.append(cue)
            end = max(end, cue.end)
        }
        return apart + divided(cluster)
    }

    /// The most cues that one is made of: pictures that are drawn in letters have hundreds at once.
    private static let mostAtOnce = 12
    /// A shorter time is not worth a cue of its own.
    private static let shortest = Duration.milliseconds(100)

    /// Cues that reach into each other, divided where one comes or goes.
    private static func divided(_ cluster: [Cue]) -> [Cue] {
        guard cluster.count > 1 else { return cluster }
        let bounds = bounds(of: cluster)
        var coming = cluster[...]
        var shown: [Cue] = []
        return zip(bounds, bounds.dropFirst()).compactMap { start, end in
            shown.removeAll { $0.end <= start }
            while coming.first.map({ $0.start < end }) == true { shown.append(coming.removeFirst()) }
            shown.removeFirst(max(0, shown.count - mostAtOnce))
            let own = shown.filter { cue in
                let shared = min(cue.end, end) - max(cue.start, start)
                return shared >= min(shortest, (cue.end - cue.start) / 2)
            }
            return joined(own, start, end)
        }
    }

    /// When something comes or goes, as far as it is worth a division.
    private static func bounds(of cluster: [Cue]) -> [Duration] {
        let all = cluster.flatMap { [$0.start, $0.end] }.sorted()
        var bounds: [Duration] = []
        for bound in all where bounds.last.map({ bound - $0 >= shortest }) ?? true { bounds.append(bound) }
        guard let last = all.last, let kept = bounds.last, kept < last else { return bounds }
        if bounds.count > 1 { bounds.removeLast() }
        return bounds + [last]
    }

    /// One cue with the lines of all.
    private static func joined(_ cues: [Cue], _ start: Duration, _ end: Duration) -> Cue? {
        guard var cue = cues.first else { return nil }
        (cue.start, cue.end) = (start, end)
        guard cues.count > 1 else { return cue }
        // What stands above on the picture stands above here.
        cue.lines = (cues.filter { $0.placement == .top } + cues.filter { $0.placement != .top }).flatMap(\.lines)
        cue.words = []
        if cues.contains(where: { $0.placement != cue.placement }) { cue.placement = .bottom }
        if cues.contains(where: { $0.speaker != cue.speaker }) { cue.speaker = nil }
        return cue
    }
}

/// Places cues one behind the other as they come.
struct CueClock {
    /// What times are a multiple of, in milliseconds.
    let step: Int
    private var end = 0

    init(step: Int = 1) { self.step = step }

    /// The time of a cue: not before the last one ended, and never empty.
    mutating func place(_ cue: Cue) -> Range<Int> {
        let start = max(rounded(cue.start), end)
        end = max(rounded(cue.end), start + step)
        return start..<end
    }

    private func rounded(_ duration: Duration) -> Int {
        (ClockTime.milliseconds(duration) + step / 2) / step * step
    }
}
