/// What it costs a reader when a line or a cue ends between two words: the less, the better.
enum BreakCost {
    /// Behind a sentence.
    static let sentence = 0
    /// Behind a comma and its kin.
    static let clause = 10
    /// Where the speaker pauses.
    static let pause = 16
    /// Before a word that begins a clause, such as ‘because’; behind one that ends a clause, such as ‘以后’.
    static let opening = 16
    /// Before a word that begins a phrase, such as ‘和’.
    static let phrase = 24
    /// Before ‘with’ and its kin; between who does something and what is done.
    static let predicate = 32
    /// Between any two words.
    static let anywhere = 46
    /// Between what is done and what it is done to, where an article begins it.
    static let object = 56
    /// Between words that belong together: an article and its noun, a number and its unit, the parts of a name.
    static let tight = 140
    /// Within a word.
    static let inWord = 900

    /// The costs of ending behind each word but the last.
    static func costs(of words: [TimedWord]) -> [Int] {
        let borders = ChineseBorders(words)
        return words.indices.dropLast().map { index in
            let (word, next) = (words[index], words[index + 1])
            let cost = cost(word, next, at: index, borders)
            // A pause makes a good border of what is no bad one.
            let isPause = next.start - word.end >= .milliseconds(250)
            return isPause && cost > pause && cost < inWord ? pause + (cost >= tight ? 40 : 0) : cost
        }
    }

    private static func cost(_ word: TimedWord, _ next: TimedWord, at index: Int, _ borders: ChineseBorders) -> Int {
        if next.text.allSatisfy({ closingMarks.contains($0) }) { return inWord }
        if let last = word.text.last, openingMarks.contains(last) { return inWord }
        if SentenceEnd.isEnd(of: word.text) { return sentence }
        let mark = word.text.last { !SentenceEnd.closing.contains($0) }
        if let mark, ",;:，；：、—–".contains(mark) { return clause }
        if let cost = borders.cost(after: index) { return cost }
        return EnglishBorders.cost(word.text, next.text)
    }

    private static let closingMarks = SentenceEnd.closing.union(SentenceEnd.marks).union([
        ",", ";", ":", "，", "；", "：", "、", "%", "％", "—", "·",
    ])
    private static let openingMarks: Set<Character> = ["“", "‘", "(", "（", "「", "『", "【", "《", "〈", "[", "$", "￥", "¥"]
}
