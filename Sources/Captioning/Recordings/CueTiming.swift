public import Subtitles

/// Gives cues the times of their words.
public enum CueTiming {
    /// The given cues, shown when their words are said; those without words stay between their neighbours.
    public static func cues(_ given: [Cue], retimedBy text: AlignedText) -> [Cue] {
        var words = text.words[...]
        let spoken = given.map { cue -> Cue? in
            let count = TextUnit.units(of: cue.text).count
            let own = words.prefix(count)
            words = words.dropFirst(count)
            guard let first = own.first, let last = own.last else { return nil }
            return Cue(start: first.start, end: max(last.end, first.start), styled: cue.lines)
        }
        return filled(spoken, given)
    }

    /// All cues, where those without a time of their own lie between their neighbours, as far from them as they did.
    private static func filled(_ spoken: [Cue?], _ given: [Cue]) -> [Cue] {
        // For each cue the next that has a time.
        var following: [Int?] = Array(repeating: nil, count: given.count)
        for index in given.indices.dropLast().reversed() {
            following[index] = spoken[index + 1] != nil ? index + 1 : following[index + 1]
        }
        var cues: [Cue] = []
        for (index, cue) in given.enumerated() {
            guard spoken[index] == nil else {
                cues.append(spoken[index] ?? cue)
                continue
            }
            let next = following[index]
            let limit = next.flatMap { spoken[$0]?.start }
            let length = cue.end - cue.start
            var start = cue.start
            if let last = cues.last {
                start = last.end + max(cue.start - given[index - 1].end, .zero)
                if let limit { start = min(start, limit - length) }
                start = max(start, last.end)
            } else if let next, let limit {
                start = max(limit - (given[next].start - cue.start), .zero)
            }
            let end = min(start + length, max(limit ?? start + length, start))
            cues.append(Cue(start: start, end: end, styled: cue.lines))
        }
        return cues
    }
}
