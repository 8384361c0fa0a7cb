/// What somebody may have meant.
enum Spelling {
    /// The name that differs least from a word, unless all differ in more than a third of their letters.
    static func nearest(to word: String, among names: [String]) -> String? {
        let distances = names.map { (name: $0, distance: distance(word, $0)) }
        guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(word.count, best.name.count) / 3 + 1 && best.distance < word.count ? best.name : nil
    }

    /// How many letters must be added, removed or changed (Levenshtein).
    static func distance(_ a: String, _ b: String) -> Int {
        let target = Array(b)
        var row = Array(0...target.count)
        for (line, letter) in a.enumerated() {
            var diagonal = row[0]
            row[0] = line + 1
            for (column, other) in target.enumerated() {
                let changed = diagonal + (letter == other ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(changed, row[column] + 1, diagonal + 1)
            }
        }
        return row[target.count]
    }
}
