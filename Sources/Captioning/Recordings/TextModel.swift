#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What a recognizer must know to hear the words of one text and no others: how they sound, and which follows which.
///
/// Words that sound alike are one. It knows so little that it hears fast, and so much of this text that it hears well, in any
/// language whose sounds are known.
struct TextModel {
    /// A token for each unit of the text, by its sound; nothing for one that nobody can say.
    let tokens: [String]
    /// The dictionary: a line for each token.
    let dictionary: String
    /// The trigrams, in the form that ARPA gave to language models.
    let trigrams: String

    /// Makes the model of a text by the phones of its units.
    init(_ phones: [[String]]) {
        var numbers: [[String]: Int] = [:]
        var spoken: [[String]] = []
        tokens = phones.map { phones in
            guard !phones.isEmpty else { return "" }
            if numbers[phones] == nil {
                numbers[phones] = spoken.count
                spoken.append(phones)
            }
            return Self.name(numbers[phones] ?? 0)
        }
        dictionary = spoken.enumerated().map { "\(Self.name($0.offset)) \($0.element.joined(separator: " "))\n" }
            .joined()
        trigrams = Self.trigrams(phones.filter { !$0.isEmpty }.map { numbers[$0] ?? 0 }, tokenCount: spoken.count)
    }

    private static func name(_ number: Int) -> String { "t\(number)" }

    // MARK: - Which follows which

    /// What a pair or triple seen so often loses to those that were never seen.
    private static let discount = 0.5

    private static func trigrams(_ text: [Int], tokenCount: Int) -> String {
        // The begin and the end are tokens too. Sound may begin anywhere in the text.
        let (begin, end) = (tokenCount, tokenCount + 1)
        let sequence = [begin] + text + [end]
        var singles = Array(repeating: 0, count: tokenCount + 2)
        for token in sequence { singles[token] += 1 }
        let pairs = counts(sequence, of: 2)
        let triples = counts(sequence, of: 3)
        let afterOne = followers(of: pairs)
        let afterTwo = followers(of: triples)

        func name(_ token: Int) -> String { token == begin ? "<s>" : token == end ? "</s>" : Self.name(token) }
        func logarithm(_ value: Double) -> Double { value > 0 ? (log10(value) * 10_000).rounded() / 10_000 : -99 }
        /// What is left for followers that were never seen.
        func rest(_ seen: (sum: Int, kinds: Int)?) -> Double {
            seen.map { logarithm(discount * Double($0.kinds) / Double($0.sum)) } ?? 0
        }
        var lines = [
            "\\data\\", "ngram 1=\(singles.count)", "ngram 2=\(pairs.count)", "ngram 3=\(triples.count)", "",
            "\\1-grams:",
        ]
        for token in singles.indices {
            let share = token == begin ? 0 : Double(singles[token]) / Double(text.count + 1)
            lines.append("\(logarithm(share)) \(name(token)) \(token == begin ? 0 : rest(afterOne[[token]]))")
        }
        func write(_ grams: [[Int]: Int], after: [[Int]: (sum: Int, kinds: Int)], goesOn: Bool) {
            for (gram, count) in grams.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                let sum = after[Array(gram.dropLast())]?.sum ?? 1
                let share = logarithm((Double(count) - discount) / Double(sum))
                let words = gram.map(name).joined(separator: " ")
                lines.append("\(share) \(words)" + (goesOn ? " \(rest(afterTwo[gram]))" : ""))
            }
        }
        lines += ["", "\\2-grams:"]
        write(pairs, after: afterOne, goesOn: true)
        lines += ["", "\\3-grams:"]
        write(triples, after: afterTwo, goesOn: false)
        return (lines + ["", "\\end\\", ""]).joined(separator: "\n")
    }

    private static func counts(_ sequence: [Int], of length: Int) -> [[Int]: Int] {
        var counts: [[Int]: Int] = [:]
        for start in 0..<max(sequence.count - length + 1, 0) {
            counts[Array(sequence[start..<start + length]), default: 0] += 1
        }
        return counts
    }

    private static func followers(of grams: [[Int]: Int]) -> [[Int]: (sum: Int, kinds: Int)] {
        var followers: [[Int]: (sum: Int, kinds: Int)] = [:]
        for (gram, count) in grams {
            let former = followers[Array(gram.dropLast())] ?? (0, 0)
            followers[Array(gram.dropLast())] = (former.sum + count, former.kinds + 1)
        }
        return followers
    }
}
