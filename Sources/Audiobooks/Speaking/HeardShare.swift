/// How much of a sentence is in what was heard, and what was heard beside it.
struct HeardShare: Equatable {
    /// The share of its words that were heard, from 0 to 1; digits do not count, since they are said as words.
    let share: Double
    /// Words that were heard in it or behind it, and that it does not have.
    let added: Int
    /// How many such words are no surprise.
    fileprivate let expected: Int

    /// Whether more was said than is written: a half of it again, and not a word or two that were misheard.
    var hasMore: Bool { added > expected }

    /// Compares sentences with what was heard of them together, word by word and in order.
    static func of(_ sentences: [String], in heard: String) -> [HeardShare] {
        let words = sentences.map(words)
        let all = words.flatMap(\.self)
        let said = self.words(heard)
        // A sentence of a book's length is compared without regard to order.
        let isLong = all.count * said.count > longestTable
        let places = isLong ? present(all, said) : common(all, said)
        let added = added(words.map(\.count), places, said.count)
        var place = 0
        return sentences.indices.map { index in
            let own = words[index].count
            let found = places[place..<place + own].count { $0 != nil }
            place += own
            // A letter alone, such as a number of Rome, sounds like too much else.
            let isTold = own > 0 && sentences[index].count(where: \.isLetter) > 1
            return HeardShare(
                share: !isTold ? 1 : Double(found) / Double(own), added: isLong ? 0 : added[index] - (own - found),
                expected: max(own / 2, 2) + wordsOfDigits * sentences[index].count(where: \.isNumber))
        }
    }

    /// A digit is this many words at most, with those around it: “1,000” is “one thousand”, “$5” “five dollars”.
    private static let wordsOfDigits = 3

    /// Heard words that are none of the sentences', by the sentence in which or behind which they are.
    private static func added(_ counts: [Int], _ places: [Int?], _ heard: Int) -> [Int] {
        var added: [Int] = []
        var (place, next) = (0, 0)
        for (index, count) in counts.enumerated() {
            let own = places[place..<place + count].compactMap(\.self)
            place += count
            // What is behind the last word belongs here until the next sentence begins.
            let following = index == counts.count - 1 ? heard : places[place...].lazy.compactMap(\.self).first ?? heard
            let end = own.isEmpty && index < counts.count - 1 ? next : max(following, next)
            added.append(end - next - own.count)
            next = end
        }
        return added
    }

    /// Words in small letters, and characters of scripts without blanks one by one.
    private static func words(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        for character in text.lowercased() {
            if character.isIdeographic {
                if !word.isEmpty { words.append(word) }
                word = ""
                words.append(String(character))
            } else if character.isLetter {
                word.append(character)
            } else if character != "'", character != "’", !word.isEmpty {
                words.append(word)
                word = ""
            }
        }
        return word.isEmpty ? words : words + [word]
    }

    private static let longestTable = 4_000_000

    /// Which of some words are there at all, each as often as it is there.
    private static func present(_ first: [String], _ second: [String]) -> [Int?] {
        var counts = Dictionary(second.map { ($0, 1) }, uniquingKeysWith: +)
        return first.map { word in
            defer { counts[word, default: 0] -= 1 }
            return counts[word, default: 0] > 0 ? 0 : nil
        }
    }

    /// Where each of some words is in others, by the longest row that both have in common.
    private static func common(_ first: [String], _ second: [String]) -> [Int?] {
        var lengths = [[Int32]](
            repeating: [Int32](repeating: 0, count: second.count + 1), count: first.count + 1)
        for row in first.indices.reversed() {
            for column in second.indices.reversed() {
                lengths[row][column] =
                    first[row] == second[column]
                    ? lengths[row + 1][column + 1] + 1 : max(lengths[row + 1][column], lengths[row][column + 1])
            }
        }
        var places = [Int?](repeating: nil, count: first.count)
        var (row, column) = (0, 0)
        while row < first.count, column < second.count {
            if first[row] == second[column] {
                places[row] = column
                (row, column) = (row + 1, column + 1)
            } else if lengths[row + 1][column] >= lengths[row][column + 1] {
                row += 1
            } else {
                column += 1
            }
        }
        return places
    }
}
