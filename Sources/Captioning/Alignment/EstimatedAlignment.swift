/// Deals units out over the frames in which somebody speaks, by how long they are to say.
enum EstimatedAlignment {
    /// The frames of each unit.
    static func frames(of units: [TextUnit], speaking: [Bool]) -> [Range<Int>] {
        var heard = speaking.indices.filter { speaking[$0] }
        if heard.isEmpty { heard = Array(speaking.indices) }
        guard !heard.isEmpty else { return units.map { _ in 0..<0 } }
        let weights = units.map(weight)
        let total = weights.reduce(0, +)
        var before = 0.0
        return zip(units, weights).map { _, weight in
            let first = heard[min(Int(before / total * Double(heard.count)), heard.count - 1)]
            before += weight
            let last = heard[min(max(Int((before / total * Double(heard.count)).rounded()) - 1, 0), heard.count - 1)]
            return first..<max(last + 1, first)
        }
    }

    /// A character of a script without spaces takes as long as four letters.
    private static func weight(_ unit: TextUnit) -> Double {
        switch unit.script {
        case .letters, .digits: Double(unit.spoken.count)
        case .han, .hangul: 4
        case .kana: 2.5
        }
    }
}
