/// Words that are laid out at once, with what it costs to make cues of them.
struct Paragraph {
    let words: [TimedWord]
    let rules: LayoutRules
    /// When the next paragraph begins; nil at the end.
    let next: Duration?
    private let breaks: [Int]
    /// Columns from the beginning to the end of each word, with blanks between, and without the last.
    private let ends: [Int]
    private let starts: [Int]

    init(_ words: [TimedWord], _ rules: LayoutRules, next: Duration?) {
        (self.words, self.rules, self.next) = (words, rules, next)
        breaks = BreakCost.costs(of: words)
        var place = 0
        var (starts, ends): ([Int], [Int]) = ([], [])
        for word in words {
            starts.append(place)
            place += rules.columns(of: word.text)
            ends.append(place)
            if !word.joinsNext { place += 1 }
        }
        (self.starts, self.ends) = (starts, ends)
    }

    /// A way to show some words: how many are in each line, and what it costs.
    struct Block: Equatable {
        let lines: [Range<Int>]
        let cost: Int
    }

    /// How many columns some words take in one line.
    func columns(_ range: Range<Int>) -> Int {
        range.isEmpty ? 0 : ends[range.upperBound - 1] - starts[range.lowerBound]
    }

    /// The cheapest cues for all words.
    func cheapest() -> [Block] {
        var costs = [0]
        var blocks: [Block?] = [nil]
        for end in 1...max(words.count, 1) where end <= words.count {
            var best: (cost: Int, block: Block)?
            for start in (0..<end).reversed() {
                if end - start > 1, !fits(start..<end) { break }
                guard let block = block(start..<end) else { continue }
                let cost = costs[start] + block.cost
                if best.map({ cost < $0.cost }) ?? true { best = (cost, block) }
            }
            costs.append(best?.cost ?? .max / 2)
            blocks.append(best?.block)
        }
        return Self.path(blocks)
    }

    private static func path(_ blocks: [Block?]) -> [Block] {
        var path: [Block] = []
        var end = blocks.count - 1
        while end > 0, let block = blocks[end], let start = block.lines.first?.lowerBound {
            path.append(block)
            end = start
        }
        return path.reversed()
    }

    /// Whether words could be in one cue: those that cannot, cannot with more words either.
    private func fits(_ range: Range<Int>) -> Bool {
        columns(range) <= rules.columns * rules.lines + rules.lines - 1
            && words[range.upperBound - 1].end - words[range.lowerBound].start <= rules.longest
    }

    /// The cheapest lines for some words as one cue; nil when they have no room in it.
    func block(_ range: Range<Int>) -> Block? {
        guard range.count > 1 else { return Block(lines: [range], cost: cueCost(range, lineCost: 0)) }
        guard fits(range), let lines = lines(range, rules.lines) else { return nil }
        return Block(lines: lines.lines, cost: cueCost(range, lineCost: lines.cost))
    }
}

// MARK: - What it costs

extension Paragraph {
    /// What a cue costs by itself: few are better than many.
    private static let cue = 40
    /// What a fragment costs that is hardly worth looking at.
    private static let fragment = 40

    private func cueCost(_ range: Range<Int>, lineCost: Int) -> Int {
        let isLast = range.upperBound == words.count
        let end = isLast ? 0 : breaks[range.upperBound - 1] * 2
        let inner = (range.lowerBound..<range.upperBound - 1).reduce(0) { $0 + innerCost($1) }
        let beginsSentence = range.lowerBound == 0 || breaks[range.lowerBound - 1] <= BreakCost.clause
        let isWhole = beginsSentence && (isLast || breaks[range.upperBound - 1] <= BreakCost.clause)
        let short = !isWhole && columns(range) * 3 <= rules.columns ? Self.fragment : 0
        let over = range.count == 1 && columns(range) > rules.columns ? 10_000 : 0
        return Self.cue + end + inner + lineCost + short + over + haste(range)
    }

    /// What it costs to keep words together between which a sentence ends or the speaker pauses.
    private func innerCost(_ index: Int) -> Int {
        let pause = (words[index + 1].start - words[index].end) / .milliseconds(1)
        let sentence = breaks[index] == BreakCost.sentence ? 24 : 0
        return sentence + (pause > 300 ? Int(min(pause, 2_000) / 10) - 20 : 0)
    }

    /// What it costs when a cue goes before it can be read, or is hardly seen.
    private func haste(_ range: Range<Int>) -> Int {
        let start = words[range.lowerBound].start
        let following = range.upperBound < words.count ? words[range.upperBound].start : next
        let most = following.map { $0 - rules.gap - start } ?? rules.longest
        let shown = max(min(most, rules.longest), .milliseconds(40))
        let needed = max(Double(columns(range)) / rules.readingSpeed, rules.shortest / .seconds(1))
        return Int(max(needed / (shown / .seconds(1)) - 1, 0) * 160)
    }
}

extension LayoutRules {
    /// Words that are shown at once, in as few lines as they fit into; wider ones than allowed when they fit into none.
    public func lines(of words: [TimedWord]) -> [String] {
        guard !words.isEmpty else { return [] }
        var rules = self
        while true {
            let paragraph = Paragraph(words, rules, next: nil)
            if let lines = paragraph.lines(0..<words.count, rules.lines)?.lines {
                return lines.map { words[$0].written }
            }
            guard rules.columns < paragraph.columns(0..<words.count) else { return [words.written] }
            rules.columns += 2
        }
    }
}

// MARK: - Lines

extension Paragraph {
    /// The cheapest way to divide words into lines, as few as they need.
    func lines(_ range: Range<Int>, _ most: Int) -> (lines: [Range<Int>], cost: Int)? {
        for count in 1...most {
            if let lines = divided(range, into: count, ideal: columns(range) / count) { return lines }
        }
        return nil
    }

    private func divided(
        _ range: Range<Int>, into count: Int, ideal: Int
    ) -> (lines: [Range<Int>], cost: Int)? {
        guard range.count >= count else { return nil }
        guard count > 1 else {
            let columns = columns(range)
            guard columns <= rules.columns else { return nil }
            return ([range], unevenness(columns, ideal))
        }
        var best: (lines: [Range<Int>], cost: Int)?
        for end in range.lowerBound + 1..<range.upperBound {
            let first = range.lowerBound..<end
            guard columns(first) <= rules.columns else { break }
            guard let rest = divided(end..<range.upperBound, into: count - 1, ideal: ideal) else { continue }
            let cost = rest.cost + breaks[end - 1] + unevenness(columns(first), ideal)
            if best.map({ cost < $0.cost }) ?? true { best = ([first] + rest.lines, cost) }
        }
        return best
    }

    /// What it costs that a line is longer or shorter than the others.
    private func unevenness(_ columns: Int, _ ideal: Int) -> Int { abs(columns - ideal) * 60 / max(rules.columns, 1) }
}
