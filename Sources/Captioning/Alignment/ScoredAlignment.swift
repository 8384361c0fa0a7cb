internal import AudioCore
internal import Subtitles

/// Places of units, with what their scores say of them.
///
/// The borders were measured on right, shuffled and foreign texts: right ones score −20 to −45 for a frame, wrong ones −46 to −94.
struct ScoredAlignment {
    private let places: [ForcedAlignment.Place]
    private let phoneCounts: [Int]
    private let score: Double
    private let good: Double
    private let speaking: [Bool]

    /// Below this a clip's text and sound do not match.
    private static let worst = -52.0

    init(_ places: [ForcedAlignment.Place], of units: [TextUnit], phoneCounts: [Int], speaking: [Bool]) {
        self.places = Self.withClosures(places, units)
        self.phoneCounts = phoneCounts
        self.speaking = speaking
        good = units.contains { $0.script == .han } ? -44 : -42
        let frames = places.reduce(0) { $0 + $1.frames.count }
        score = places.reduce(0) { $0 + $1.score * Double($1.frames.count) } / Double(max(frames, 1))
    }

    /// A stop begins with the silence before it opens, which the recognizer takes for a pause.
    ///
    /// In English that made times worse; there words begin with one more rarely.
    private static func withClosures(
        _ places: [ForcedAlignment.Place], _ units: [TextUnit]
    ) -> [ForcedAlignment.Place] {
        var places = places
        for index in places.indices.dropFirst() where units[index].script == .han {
            let (end, start) = (places[index - 1].frames.upperBound, places[index].frames.lowerBound)
            if start - end <= longestClosure {
                places[index].frames = min(end, start)..<places[index].frames.upperBound
            }
        }
        return places
    }

    /// In frames of 10 ms.
    private static let longestClosure = 12

    /// The text with its times; only a guess when text and sound do not match.
    func text(_ units: [TextUnit], from start: Double) -> AlignedText {
        guard score >= Self.worst else {
            let frames = EstimatedAlignment.frames(of: units, speaking: speaking)
            return AlignedText(
                words: zip(units, frames).map {
                    TimedWord($0, $1, from: start, timing: .estimated, confidence: 0, isDoubtful: true)
                })
        }
        let frames = spread()
        let isClipDoubtful = score < good || coverage < Self.leastCoverage
        return AlignedText(
            words: units.indices.map { index in
                TimedWord(
                    units[index], frames[index], from: start, timing: .aligned, confidence: confidence(of: index),
                    isDoubtful: isClipDoubtful || isUnlikely(index))
            })
    }

    /// A share of the speech that words must cover: a short foreign text finds some sound like it in a long clip.
    private static let leastCoverage = 0.5

    /// How much of what is loud belongs to words.
    private var coverage: Double {
        let loud = speaking.count { $0 }
        let covered = places.reduce(0) { sum, place in
            sum + place.frames.clamped(to: speaking.indices).count { speaking[$0] }
        }
        return loud > 0 ? Double(covered) / Double(loud) : 1
    }

    /// Whether a word may not be said there; short ones are often squeezed, which says little while they sound right.
    private func isUnlikely(_ index: Int) -> Bool {
        places[index].score < -55 || isStretched(index) || (isSqueezed(index) && places[index].score < good)
            || phoneCounts[index] == 0
    }

    /// 1 for what scores as right words do, less to 0 for what scores as wrong ones; little for what is squeezed or stretched,
    /// and nothing for what nobody can say.
    private func confidence(of index: Int) -> Double {
        guard phoneCounts[index] > 0 else { return 0 }
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
            let total = max(phoneCounts[index..<end].reduce(0, +), 1)
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
