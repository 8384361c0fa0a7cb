import Platform
import TestSupport
import Testing

@testable import Subtitles

struct CueLayoutTests {
    /// Words of a text that are said one after the other, a Chinese character each by itself.
    static func words(_ text: String, from start: Int = 0, each: Int = 250) -> [TimedWord] {
        var words: [TimedWord] = []
        for piece in text.split(separator: " ") {
            var open = ""
            for character in piece {
                // A character stands by itself, with the marks that open before it and those that close behind it.
                let isOpening = "「《（“".contains(character)
                let beginsWord = character.isWide && character.isLetter
                let wasCharacter = open.last.map { $0.isWide && !"「《（“".contains($0) } ?? false
                if !open.isEmpty, !"「《（“".contains(open.last ?? " "),
                    isOpening || beginsWord || (wasCharacter && (character.isLetter || character.isNumber))
                {
                    add(open, joins: true)
                    open = ""
                }
                open.append(character)
            }
            add(open, joins: false)
        }
        func add(_ text: String, joins: Bool) {
            let begin = start + words.count * each
            words.append(
                TimedWord(
                    text: text, start: .milliseconds(begin), end: .milliseconds(begin + each - 20), joinsNext: joins))
        }
        return words
    }

    private static func cues(_ words: [TimedWord], _ rules: LayoutRules) -> [Cue] {
        var layout = CueLayout(rules)
        return layout.add(words) + layout.finish()
    }

    // MARK: - Where lines are broken

    struct Marked: Sendable, CustomTestStringConvertible {
        let language: String
        let text: String
        /// The first lines that a careful editor accepts.
        let accepted: Set<String>

        var testDescription: String { text }

        init(_ line: Substring) {
            let columns = line.split(separator: "\t")
            language = String(columns[0])
            let pieces = columns[1].split(separator: "‖", omittingEmptySubsequences: false)
            text = pieces.joined()
            accepted = Set(
                (1..<pieces.count).map { count in
                    pieces[..<count].joined().split(separator: " ").joined(separator: " ")
                })
        }
    }

    private static func marked(_ name: String) -> [Marked] {
        let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
        let bytes = (try? contents(of: "/\(folder)/Fixtures/subtitles/\(name).tsv")) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { Marked($0) }
    }

    /// The lines of a sentence as one cue.
    private static func lines(_ marked: Marked) -> [String] {
        var rules = LayoutRules(language: marked.language == "en" ? "en" : "zh")
        rules.longest = .seconds(60)
        let words = words(marked.text, each: 100)
        let paragraph = Paragraph(words, rules, next: nil)
        let lines = paragraph.lines(0..<words.count, 2)?.lines ?? []
        return lines.map { words[$0].written }
    }

    /// Sixty sentences by which the rules were found, and sixty others, nearly all without marks.
    @Test(arguments: [("breaks", 54), ("breaks-others", 48)])
    func `lines are broken where an editor breaks them`(table: String, atLeast count: Int) {
        let marked = Self.marked(table)
        #expect(marked.count == 60)
        let missed = marked.filter { !$0.accepted.contains(Self.lines($0).first ?? "") }
        let told = missed.map { "\(Self.lines($0).joined(separator: " ‖ "))   wanted \($0.accepted)" }
        #expect(60 - missed.count >= count, "\(told.joined(separator: "\n"))")
    }

    // MARK: - The best division

    /// The least cost of all ways to make cues of words, by trying each.
    private static func exhaustive(_ paragraph: Paragraph, from start: Int, to end: Int) -> Int? {
        guard start < end else { return 0 }
        var best: Int?
        for cut in start + 1...end {
            guard let block = paragraph.block(start..<cut), let rest = exhaustive(paragraph, from: cut, to: end) else {
                continue
            }
            best = min(best ?? .max, block.cost + rest)
        }
        return best
    }

    private static let vocabulary = [
        "the", "a", "train", "of", "because", "Anna", "Maria", "went,", "home.", "12", "metres", "and", "很", "好，", "北",
        "京",
        "的", "和", "extraordinarily", "it", "was", "说：", "了。",
    ]

    @Test(arguments: 0..<60) func `no other division costs less`(seed: UInt64) {
        var random = SplitMix64(seed)
        var time = 0
        let words = (0..<Int.random(in: 1...12, using: &random)).map { _ in
            let text = Self.vocabulary.randomElement(using: &random) ?? ""
            let start = time + Int.random(in: 0...600, using: &random)
            time = start + Int.random(in: 50...900, using: &random)
            return TimedWord(
                text: text, start: .milliseconds(start), end: .milliseconds(time), joinsNext: text.first?.isWide == true
            )
        }
        var rules = LayoutRules(language: seed.isMultiple(of: 2) ? "en" : "zh")
        rules.columns = Int.random(in: 8...20, using: &random)
        let paragraph = Paragraph(words, rules, next: nil)
        let blocks = paragraph.cheapest()
        #expect(blocks.reduce(0) { $0 + $1.cost } == Self.exhaustive(paragraph, from: 0, to: words.count))
        let laid = blocks.flatMap(\.lines).flatMap { Array($0) }
        #expect(laid == Array(words.indices))
    }

    // MARK: - Promises of every cue

    @Test(arguments: 0..<40) func `cues keep to the rules, however the words come`(seed: UInt64) {
        var random = SplitMix64(seed)
        var time = 0
        let words = (0..<300).map { _ in
            let text = Self.vocabulary.randomElement(using: &random) ?? ""
            let start =
                time + (Int.random(in: 0...20, using: &random) == 0 ? 1_500 : Int.random(in: 0...80, using: &random))
            time = start + Int.random(in: 150...600, using: &random)
            return TimedWord(
                text: text, start: .milliseconds(start), end: .milliseconds(time), joinsNext: text.first?.isWide == true
            )
        }
        let rules = LayoutRules(language: seed.isMultiple(of: 2) ? "en" : "zh")
        let cues = Self.cues(words, rules)
        #expect(cues.flatMap(\.words) == words)
        for (cue, next) in zip(cues, cues.dropFirst()) {
            #expect(next.start - cue.end >= rules.gap)
        }
        for cue in cues {
            #expect(cue.lines.count <= rules.lines)
            #expect(cue.lines.allSatisfy { rules.columns(of: $0.text) <= rules.columns })
            #expect(cue.end - cue.start <= rules.longest && cue.end > cue.start)
            let silences = zip(cue.words, cue.words.dropFirst()).map { $1.start - $0.end }
            #expect(silences.allSatisfy { $0 <= rules.longestSilence })
        }
        var layout = CueLayout(rules)
        var inPieces: [Cue] = []
        var rest = words[...]
        while !rest.isEmpty {
            let count = Int.random(in: 1...40, using: &random)
            inPieces += layout.add(rest.prefix(count))
            rest = rest.dropFirst(count)
        }
        #expect(inPieces + layout.finish() == cues)
    }

    @Test func `a word longer than a line stands by itself`() {
        let cues = Self.cues(
            Self.words("see https://example.org/a/very/long/address/that/fits/no/line/at/all now"),
            LayoutRules(language: "en"))
        #expect(cues.contains { $0.text.hasPrefix("https") && !$0.text.contains("now") })
    }

    @Test func `a cue stays until it is read, and makes room for the next`() {
        let fast = Self.words("That is quite impossible, she said.", each: 100)
        let rules = LayoutRules(language: "en")
        let alone = Self.cues(fast, rules)
        #expect(alone.count == 1 && alone[0].end == .milliseconds(1_750))
        let next = Self.words("No.", from: 1_700)
        let together = Self.cues(fast + next, rules)
        #expect(together.first?.end == .milliseconds(1_700 - 83))
    }

    @Test func `nothing is shown through a silence`() {
        let words = Self.words("Where are you?") + Self.words("Here I am.", from: 5_000)
        let cues = Self.cues(words, LayoutRules(language: "en"))
        #expect(cues.map(\.text) == ["Where are you?", "Here I am."])
        #expect(cues[0].end < .milliseconds(1_700))
    }
}
