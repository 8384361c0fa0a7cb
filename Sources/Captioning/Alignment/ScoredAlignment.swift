internal import AudioCore

/// Places of units, with what their scores say of them.
///
/// The borders were measured on right, shuffled and foreign texts: right ones score −20 to −45 for a frame, wrong ones −46 to −94.
struct ScoredAlignment {
    private var places: [ForcedAlignment.Place]
    private let phoneCounts: [Int]
    private let score: Double
    private let good: Double
    private let speaking: [Bool]

    /// Below this a clip's text and sound do not match.
    private static let worst = -52.0

    init(_ places: [ForcedAlignment.Place], phoneCounts: [Int], isHan: Bool, speaking: [Bool]) {
        self.places = places
        self.phoneCounts = phoneCounts
        self.speaking = speaking
        good = isHan ? -44 : -42
        let frames = places.reduce(0) { $0 + $1.frames.count }
        score = places.reduce(0) { $0 + $1.score * Double($1.frames.count) } / Double(max(frames, 1))
    }

    /// The text with its times; only a guess when text and sound do not match.
    func text(_ units: [TextUnit], from start: Double) -> AlignedText {
        guard score >= Self.worst else {
            let frames = EstimatedAlignment.frames(of: units, speaking: speaking)
            let words = zip(units, frames).map { TimedWord($0, $1, from: start, confidence: 0) }
            return AlignedText(words: words, timing: .estimated, isDoubtful: true)
        }
        let frames = spread()
        let words = units.indices.map { index in
            TimedWord(units[index], frames[index], from: start, confidence: confidence(of: index))
        }
        return AlignedText(words: words, timing: .aligned, isDoubtful: score < good)
    }

    /// 1 for what scores as right words do, less to 0 for what scores as wrong ones; little for what is squeezed or stretched.
    private func confidence(of index: Int) -> Double {
        let byScore = min(max((places[index].score + 75) / 40, 0), 1)
        let confidence = isSqueezed(index) || isStretched(index) ? min(byScore, 0.3) : byScore
        return (confidence * 100).rounded() / 100
    }

    /// The model's phones last three frames at least: a word of nothing else was not found.
    private func isSqueezed(_ index: Int) -> Bool {
        Double(places[index].frames.count) <= 3.2 * Double(phoneCounts[index])
    }

    private func isStretched(_ index: Int) -> Bool { places[index].frames.count > 35 * phoneCounts[index] }

    /// Words that are squeezed to nothing and fit badly share the time between their neighbours.
    private func spread() -> [Range<Int>] {
        var frames = places.map(\.frames)
        var index = 0
        while index < places.count {
            guard isLost(index) else {
                index += 1
                continue
            }
            let end = (index..<places.count).first { !isLost($0) } ?? places.count
            let first = index > 0 ? frames[index - 1].upperBound : frames[index].lowerBound
            let last = end < places.count ? frames[end].lowerBound : frames[end - 1].upperBound
            let total = phoneCounts[index..<end].reduce(0, +)
            var before = 0
            for lost in index..<end {
                let start = first + (last - first) * before / total
                before += phoneCounts[lost]
                frames[lost] = start..<max(start, first + (last - first) * before / total)
            }
            index = end
        }
        return frames
    }

    private func isLost(_ index: Int) -> Bool { isSqueezed(index) && places[index].score < -60 }
}
