internal import AudioCore

/// Deals the units of a text out to the sections of a recording.
struct TextDealer {
    let units: [TextUnit]
    let sections: [SpeechSection]

    /// What each section is given, by words that were heard and whose times are therefore known.
    ///
    /// Nil when too few were heard to go by. Both sides are known by tokens.
    func deal(_ tokens: [String], by heard: [TextListener.Heard]) -> [Range<Int>]? {
        let pairs = WordMatch.pairs(tokens, heard.map(\.token))
        let known = pairs.indices.compactMap { unit in pairs[unit].map { Known(unit: unit, heard: heard[$0], sections) }
        }
        guard known.count * 4 >= units.count, !sections.isEmpty else { return nil }
        var dealt: [Range<Int>] = []
        var begin = 0
        for index in sections.indices {
            let last = known.last { $0.section <= index }
            let next = known.first { $0.section > index }
            let end = max(begin, border(after: last, before: next, in: index, from: begin))
            dealt.append(begin..<end)
            begin = end
        }
        return dealt
    }

    /// A unit that was heard.
    private struct Known {
        let unit: Int
        let start: Double
        let end: Double
        /// The section that it is in, or that is nearest to it.
        let section: Int

        init(unit: Int, heard: TextListener.Heard, _ sections: [SpeechSection]) {
            self.unit = unit
            let (start, end) = (heard.start, heard.end)
            (self.start, self.end) = (start, end)
            func distance(_ section: SpeechSection) -> Double {
                max(section.start.seconds - start, start - section.end.seconds, 0)
            }
            section = sections.indices.min { distance(sections[$0]) < distance(sections[$1]) } ?? 0
        }
    }

    /// Where a section's units end: between its last known one and the next one's, as the time that is left on both sides says,
    /// and at a mark when there is one near.
    private func border(after last: Known?, before next: Known?, in section: Int, from begin: Int) -> Int {
        // What is before the first known unit belongs to its section, what is after the last one to the last section's.
        guard let last else { return begin }
        guard let next else { return units.count }
        let tail = max(sections[section].end.seconds - last.end, 0)
        let head = max(next.start - sections[next.section].start.seconds, 0)
        let between = Double(next.unit - last.unit - 1)
        let likeliest = last.unit + 1 + Int((between * tail / max(tail + head, 0.01)).rounded())
        let marks = (last.unit + 1...next.unit).filter { endsAtMark($0) }
        return marks.min { abs($0 - likeliest) < abs($1 - likeliest) } ?? likeliest
    }

    /// Whether the unit before a place ends a clause or a line.
    func endsAtMark(_ place: Int) -> Bool {
        guard place > 0, place <= units.count else { return false }
        // Between characters, which have no spaces, one is a mark too.
        let isSpaced =
            units[place - 1].space == .line || (units[place - 1].space == .blank && units[place - 1].script == .han)
        return isSpaced || units[place - 1].text.contains { ".!?;:,—–。！？；：，、…".contains($0) }
    }

    // MARK: - By the length of the speech

    /// Where the units of a section may end when nothing is known but how long somebody speaks: at marks near what is expected.
    func ends(of section: Int, from begin: Int) -> [Int] {
        guard section + 1 < sections.count else { return [units.count] }
        let voiced = sections.map { section in
            section.speech.reduce(0) { $0 + $1.end.seconds - $1.start.seconds }
        }
        let rest = voiced[section...].reduce(0, +)
        let weights = units[begin...].map(Self.weight)
        let expected = weights.reduce(0, +) * voiced[section] / max(rest, 0.01)
        var sum = 0.0
        let sums = weights.map { weight in
            sum += weight
            return sum
        }
        let likeliest = begin + (sums.firstIndex { $0 >= expected } ?? sums.count - 1) + 1
        let near = sums.indices.filter { (0.6...1.4).contains(sums[$0] / max(expected, 0.01)) }.map { begin + $0 + 1 }
        let marks = near.filter(endsAtMark).sorted { abs($0 - likeliest) < abs($1 - likeliest) }
        return marks.isEmpty ? [min(likeliest, units.count)] : Array(marks.prefix(4))
    }

    private static func weight(_ unit: TextUnit) -> Double {
        switch unit.script {
        case .letters, .digits: Double(unit.spoken.count) + 1
        case .han, .hangul: 5
        case .kana: 3
        }
    }
}
