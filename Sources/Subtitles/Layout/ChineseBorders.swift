/// Where Chinese words end, by ICU's dictionary and what is known of its mistakes.
///
/// The dictionary splits names and compounds, nearly always into single characters: a border beside one is believed only where
/// that character is one of those that stand by themselves.
struct ChineseBorders {
    private let words: [TimedWord]
    /// For each word where it begins and ends in the text without blanks, in UTF-16 units.
    private var spans: [Range<Int>] = []
    /// The dictionary's words by where they end and where they begin.
    private var wordsByEnd: [Int: Substring] = [:]
    private var wordsByStart: [Int: Substring] = [:]

    init(_ words: [TimedWord]) {
        self.words = words
        guard words.contains(where: { Self.isChinese($0) }) else { return }
        var text = ""
        var offset = 0
        for (index, word) in words.enumerated() {
            text += word.text
            spans.append(offset..<offset + word.text.utf16.count)
            offset += word.text.utf16.count
            if !word.joinsNext, index + 1 < words.count {
                text += " "
                offset += 1
            }
        }
        var start = 0
        let units = Array(text.utf16)
        for end in WordEnds.offsets(in: text) {
            let word = String(decoding: units[start..<end], as: UTF16.self)[...]
            (wordsByEnd[end], wordsByStart[start]) = (word, word)
            start = end
        }
    }

    /// What it costs to end behind a word; nil where neither it nor the next is Chinese.
    func cost(after index: Int) -> Int? {
        guard !spans.isEmpty else { return nil }
        let (word, next) = (words[index], words[index + 1])
        switch (Self.isChinese(word), Self.isChinese(next)) {
        case (false, false): return nil
        case (false, true):
            // A measure or a unit follows its number.
            if word.text.last?.isNumber == true { return BreakCost.tight }
            return cost(before: next)
        case (true, false):
            let isNumber = next.text.first?.isNumber == true
            return isNumber && wordsByEnd[spans[index].upperBound]?.count == 1
                ? BreakCost.tight - 40 : BreakCost.anywhere
        case (true, true): return chineseCost(word, next, at: spans[index].upperBound)
        }
    }

    private func cost(before next: TimedWord) -> Int {
        guard let character = Self.first(next) else { return BreakCost.anywhere }
        if Self.closesPhrase.contains(character) { return BreakCost.inWord }
        return Self.opensPhrase.contains(character) ? BreakCost.phrase : BreakCost.anywhere
    }

    private func chineseCost(_ word: TimedWord, _ next: TimedWord, at border: Int) -> Int {
        guard let left = Self.last(word), let right = Self.first(next) else { return BreakCost.anywhere }
        if Self.closesPhrase.contains(right) { return BreakCost.inWord }
        guard let before = wordsByEnd[border], let after = wordsByStart[border] else { return BreakCost.inWord }
        // Marks that touch the border part words whatever the dictionary thinks.
        let isMarked = word.text.last != left || next.text.first != right
        if Self.places.contains(right), after.count == 1 || isMarked { return BreakCost.tight }
        if isMarked { return BreakCost.anywhere }
        if Self.endsInNumber(before) || isMeasure(before, endingAt: border) { return BreakCost.tight }
        if Self.closingWords.contains(String(before)) { return BreakCost.opening }
        if let cost = openingCost(before, after) { return cost }
        if before.count == 1, Self.endsSaying.contains(left) { return BreakCost.pause }
        let isAlone = after.count == 1
        if before.count == 1, Self.helps.contains(left) { return BreakCost.tight }
        if Self.closesPhrase.contains(left), Self.numerals.contains(right) { return BreakCost.tight }
        // What is done and what it is done to.
        if after.first.map("这那".contains) == true { return BreakCost.object }
        if before.count == 1, Self.closesPhrase.contains(left), !isAlone { return BreakCost.anywhere + 6 }
        if before.count == 1 && isAlone { return BreakCost.inWord / 2 }
        return before.count == 1 || isAlone ? BreakCost.tight : BreakCost.anywhere
    }

    /// What opens a phrase stays with it: two in a row are parted before the first.
    private func openingCost(_ before: Substring, _ after: Substring) -> Int? {
        let isAfterOpening = before.count == 1 && before.first.map(Self.opensPhrase.union(Self.helps).contains) == true
        guard let right = after.first else { return nil }
        if after.count == 1, Self.opensPhrase.contains(right) || Self.helps.contains(right) {
            if isAfterOpening { return BreakCost.tight }
            return Self.opensPhrase.contains(right) ? BreakCost.phrase : BreakCost.predicate + 6
        }
        return Self.openingWords.contains(String(after)) && !isAfterOpening ? BreakCost.phrase : nil
    }

    /// Whether a word is a number, or one with its measure, that something must follow.
    private static func endsInNumber(_ word: Substring) -> Bool {
        guard let last = word.last else { return false }
        // A measure wants what it measures as a number wants its measure.
        if word.count == 2, measures.contains(last) { return word.first.map(numerals.contains) ?? false }
        guard numerals.contains(last) else { return false }
        return word.count == 1 || word.allSatisfy(numerals.contains)
    }

    /// Whether a word is the measure of a number before it.
    private func isMeasure(_ word: Substring, endingAt border: Int) -> Bool {
        guard word.count == 1, let character = word.first, Self.measures.contains(character) else { return false }
        return wordsByEnd[border - word.utf16.count]?.last.map(Self.numerals.contains) ?? false
    }

    private static func first(_ word: TimedWord) -> Character? { word.text.first { $0.isLetter || $0.isNumber } }

    private static func last(_ word: TimedWord) -> Character? { word.text.last { $0.isLetter || $0.isNumber } }

    /// Whether a word is of characters that are written without blanks.
    static func isChinese(_ word: TimedWord) -> Bool {
        word.text.contains { $0.isWide && ($0.isLetter || $0.isNumber) }
    }

    /// Characters that begin a phrase: conjunctions, prepositions, adverbs.
    private static let opensPhrase: Set<Character> = Set("和与或但而在把被从对向跟让将比当因若如并由则却")
    /// Adverbs, and verbs that help others, before which who does it ends.
    private static let helps: Set<Character> = Set("能会要可应该想去来没不已正就也都还又是只才再仍")
    /// Longer words that begin a phrase.
    private static let openingWords = Set(
        """
        因为 所以 但是 可是 不过 而且 并且 然后 如果 虽然 尽管 即使 只要 只有 除非 无论 不管 由于 因此 于是 否则 或者 还是 为了 关于 对于 \
        根据 按照 通过 经过 随着 除了 直到 自从 当时 已经 正在 可以 需要 应该 能够 必须 一直 一定 终于 仍然 每天 每年 只能 还有 以及 \
        特别 尤其 甚至 其实 同时 后来 现在 今天 明天 昨天 就是 也是 都是 不是 结果 一边 一方面 另外 最后 接着 反正 到底 难道 原来 居然 竟然 冬天 春天 夏天 秋天 周末 早上 晚上 \
        上午 下午 中午 今年 去年 明年 上周 下周 平时 昨晚 今晚
        """.split(separator: " ").map(String.init))
    /// Words that end a clause.
    private static let closingWords: Set<String> = [
        "以后", "之后", "以前", "之前", "时候", "后", "时", "的话", "起", "以来", "期间", "开始",
    ]
    /// Characters that belong to what stands before them.
    private static let closesPhrase: Set<Character> = Set("的了着过呢吗吧啊曰道地得们嘛")
    /// Those of them that end what is said.
    private static let endsSaying: Set<Character> = Set("呢吗吧啊嘛")
    /// Places, which stand behind what they are places of.
    private static let places: Set<Character> = Set("里中上下内外前后旁间")
    private static let measures: Set<Character> = Set("个位只条张本件次家座杯部场名种片首块把")
    private static let numerals: Set<Character> = Set("一二三四五六七八九十百千万亿两几半第每这那")
}
