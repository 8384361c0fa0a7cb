internal import Subtitles

/// Joins the words of two clips that overlap, since a voice was cut: what both have is said once.
enum SeamMerge {
    /// How far from the seam both clips may have the same words.
    private static let reach = Duration.milliseconds(1_500)

    /// The words of both, without those that are there twice.
    ///
    /// Where both have heard the same words around the seam, they are joined in the middle of these; else each word belongs to
    /// the clip on whose side of the seam its middle is.
    static func merge(_ before: [TimedWord], _ after: [TimedWord], at seam: Duration) -> [TimedWord] {
        let tail = before.lastIndex { middle(of: $0) < seam - reach }.map { $0 + 1 } ?? 0
        let head = after.firstIndex { middle(of: $0) > seam + reach } ?? after.count
        if let run = longestRun(before[tail...], after[..<head]) {
            let half = run.count / 2
            return Array(before[..<(run.before + half)]) + after[(run.after + half)...]
        }
        return before.filter { middle(of: $0) < seam } + after.filter { middle(of: $0) >= seam }
    }

    private static func middle(of word: TimedWord) -> Duration { (word.start + word.end) / 2 }

    /// The longest run of words that both have; among equals the last.
    private static func longestRun(
        _ before: ArraySlice<TimedWord>, _ after: ArraySlice<TimedWord>
    ) -> (before: Int, after: Int, count: Int)? {
        let (left, right) = (before.map { letters(of: $0) }, after.map { letters(of: $0) })
        var best: (before: Int, after: Int, count: Int)?
        for start in left.indices {
            for other in right.indices {
                let count = zip(left[start...], right[other...]).prefix { $0 == $1 && !$0.isEmpty }.count
                guard count > 0, count >= best?.count ?? 1 else { continue }
                // One word in common must be said at one time, or it is another.
                let (one, two) = (before[before.startIndex + start], after[other])
                let isNear = abs((one.start - two.start) / .milliseconds(1)) < 400
                if count > 1 || isNear { best = (before.startIndex + start, other, count) }
            }
        }
        return best
    }

    private static func letters(of word: TimedWord) -> String {
        word.text.lowercased().filter { $0.isLetter || $0.isNumber }
    }
}
