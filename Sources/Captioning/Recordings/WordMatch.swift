/// Finds which of the words that a rough recognizer heard are which words of a text.
enum WordMatch {
    /// For each word of the text the number of the word that was heard, where there is one; the numbers rise.
    ///
    /// The way through both with the most words in common and the fewest in between; what was heard before the text and after
    /// it costs nothing, since a recording often has words that are in no text.
    static func pairs(_ text: [String], _ heard: [String]) -> [Int?] {
        guard !text.isEmpty, !heard.isEmpty else { return text.map { _ in nil } }
        let parts = anchors(text, heard)
        var pairs: [Int?] = Array(repeating: nil, count: text.count)
        var (left, right) = (0, 0)
        for (end, other) in parts + [(text.count, heard.count)] {
            let isEdge = left == 0 || end == text.count
            for (word, match) in between(text[left..<end], heard[right..<other], freely: isEdge) { pairs[word] = match }
            if end < text.count { pairs[end] = other }
            (left, right) = (end + 1, other + 1)
        }
        return pairs
    }

    /// How many cells of a table are worth their time.
    private static let most = 16_000_000

    /// Places that divide texts too long for a table: three words together that both have once, in rising order.
    private static func anchors(_ text: [String], _ heard: [String]) -> [(Int, Int)] {
        guard text.count * heard.count > most else { return [] }
        func places(_ words: [String]) -> [[String]: Int] {
            var places: [[String]: Int] = [:]
            for index in 0..<max(words.count - 2, 0) {
                let key = Array(words[index..<index + 3])
                places[key] = places[key] == nil ? index : -1
            }
            return places.filter { $0.value >= 0 }
        }
        let others = places(heard)
        let common = places(text).compactMap { key, place in others[key].map { (place, $0) } }.sorted { $0.0 < $1.0 }
        return rising(common)
    }

    /// The longest part of some pairs in which both numbers rise.
    private static func rising(_ pairs: [(Int, Int)]) -> [(Int, Int)] {
        var tails: [Int] = []
        var former = Array(repeating: -1, count: pairs.count)
        for (index, pair) in pairs.enumerated() {
            var (low, high) = (0, tails.count)
            while low < high {
                let middle = (low + high) / 2
                if pairs[tails[middle]].1 < pair.1 { low = middle + 1 } else { high = middle }
            }
            former[index] = low > 0 ? tails[low - 1] : -1
            if low == tails.count { tails.append(index) } else { tails[low] = index }
        }
        var chain: [(Int, Int)] = []
        var index = tails.last ?? -1
        while index >= 0 {
            chain.append(pairs[index])
            index = former[index]
        }
        return chain.reversed()
    }

    private enum Step: UInt8 {
        case both, text, heard
    }

    private static func between(
        _ text: ArraySlice<String>, _ heard: ArraySlice<String>, freely: Bool
    ) -> [(Int, Int)] {
        guard !text.isEmpty, !heard.isEmpty, text.count * heard.count <= most else { return [] }
        let (words, others) = (Array(text), Array(heard))
        let width = others.count + 1
        var steps = Array(repeating: Step.heard, count: (words.count + 1) * width)
        var former = (0..<width).map { freely ? 0 : -$0 }
        for row in 1...words.count {
            var current = Array(repeating: 0, count: width)
            current[0] = -row
            steps[row * width] = .text
            for column in 1..<width {
                let both = former[column - 1] + (words[row - 1] == others[column - 1] ? 2 : -1)
                let alone = former[column] - 1
                let waiting = current[column - 1] - (freely && row == words.count ? 0 : 1)
                current[column] = max(both, alone, waiting)
                steps[row * width + column] =
                    both == current[column] ? .both : alone == current[column] ? .text : .heard
            }
            former = current
        }
        var pairs: [(Int, Int)] = []
        var (row, column) = (words.count, width - 1)
        while row > 0, column > 0 {
            switch steps[row * width + column] {
            case .both:
                (row, column) = (row - 1, column - 1)
                if words[row] == others[column] { pairs.append((text.startIndex + row, heard.startIndex + column)) }
            case .text: row -= 1
            case .heard: column -= 1
            }
        }
        return pairs.reversed()
    }
}
