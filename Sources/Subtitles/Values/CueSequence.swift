/// Cues in order, with whole milliseconds, none reaching into the next.
enum CueSequence {
    /// The cues as every format writes them: those that begin later come later, and each ends when the next begins.
    static func ordered(_ cues: [Cue]) -> [Cue] {
        var sorted = cues.enumerated().sorted { ($0.element.start, $0.offset) < ($1.element.start, $1.offset) }
            .map(\.element)
        for index in sorted.indices.dropLast() {
            sorted[index].end = min(sorted[index].end, max(sorted[index + 1].start, sorted[index].start))
        }
        return sorted
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
