import AudioCore
import Subtitles
import TestSupport
import Testing

@testable import Captioning

/// How a text is dealt out to the sections of a recording.
struct DealingTests {
    private static func words(_ text: String) -> [String] { text.split(separator: " ").map(String.init) }

    @Test(
        arguments: [
            ("a b c d", "a b c d", [0, 1, 2, 3]), ("a b c d", "x y a b q d", [2, 3, 4, 5]),
            ("a b c d", "p q r", [nil, nil, nil, nil]),
            ("the end", "so the story goes on to the end", [6, 7]), ("a b c", "", [nil, nil, nil]), ("", "a", []),
            ("one two three", "one two one two three four", [2, 3, 4]),
        ] as [(String, String, [Int?])])
    func `words that were heard are found in the text`(text: String, heard: String, pairs: [Int?]) {
        let found = WordMatch.pairs(Self.words(text), Self.words(heard))
        let expected = pairs.enumerated().map { index, pair in
            // A word that was misheard has no partner, though one stands in its place.
            pair.flatMap { Self.words(heard)[$0] == Self.words(text)[index] ? $0 : nil }
        }
        #expect(found == expected)
    }

    @Test(arguments: 0..<20) func `long texts are matched by what both have once, and the numbers rise`(seed: UInt64) {
        var random = SplitMix64(seed)
        let text = (0..<5_000).map { _ in "w\(Int.random(in: 0..<2_000, using: &random))" }
        let heard =
            ["an", "introduction"] + text.filter { _ in Int.random(in: 0..<10, using: &random) > 1 } + ["the", "end"]
        let pairs = WordMatch.pairs(text, heard)
        let found = pairs.compactMap { $0 }
        #expect(zip(found, found.dropFirst()).allSatisfy { $0 < $1 })
        for (word, pair) in zip(text, pairs) { if let pair { #expect(heard[pair] == word) } }
        #expect(found.count > 3_500, "\(found.count)")
    }

    /// Sections of ten seconds with a second between them.
    private static func sections(_ count: Int) -> [SpeechSection] {
        (0..<count).map { index in
            let stretch = SpeechSection.Stretch(
                start: MediaTime(frames: index * 1_100, rate: 100),
                end: MediaTime(frames: index * 1_100 + 1_000, rate: 100))
            return SpeechSection(start: stretch.start, end: stretch.end, speech: [stretch])
        }
    }

    private static func heard(_ words: [(String, Double)]) -> [TextListener.Heard] {
        words.map { TextListener.Heard(token: $0.0, start: $0.1, end: $0.1 + 0.4) }
    }

    @Test func `sections get the words that were heard in them, and those between by the time that is left`() throws {
        let units = TextUnit.units(of: "One two three four five six, seven eight nine ten.")
        let dealer = TextDealer(units: units, sections: Self.sections(4))
        let tokens = units.map { $0.spoken.lowercased() }
        // The first section is in no text; `five` to `seven` were not understood.
        let dealt = try #require(
            dealer.deal(
                tokens,
                by: Self.heard([
                    ("hello", 1), ("one", 11.5), ("two", 12), ("three", 13), ("four", 14), ("eight", 25), ("nine", 26),
                    ("ten", 34),
                ])))
        #expect(dealt == [0..<0, 0..<6, 6..<9, 9..<10])
        #expect(dealer.deal(tokens, by: Self.heard([("one", 12), ("x", 13)])) == nil, "too little to go by")
    }

    @Test func `without ears, sections end at marks near what their length says`() {
        let units = TextUnit.units(of: "希望你以后能够做的比我还好，甚至出现交易 广州市房地产中介。打开客厅的灯")
        let dealer = TextDealer(units: units, sections: Self.sections(2))
        let ends = dealer.ends(of: 0, from: 0)
        #expect(ends.first == 19 && ends.contains(13) && !ends.contains(5))
        #expect(dealer.ends(of: 1, from: 19) == [units.count])
    }

    private static func aligned(_ words: [(String, Double, Double)], joined: Bool = false) -> AlignedText {
        let timed = words.map { TimedWord(text: $0.0, start: .seconds($0.1), end: .seconds($0.2), joinsNext: joined) }
        return AlignedText(words: timed)
    }

    @Test func `cues that are given keep their lines and get their words' times`() {
        let given = [
            Cue(start: .seconds(9), end: .seconds(10), lines: ["Hello", "there,"]),
            Cue(start: .seconds(11), end: .seconds(12), lines: ["♪"]),
            Cue(start: .seconds(12), end: .seconds(13), lines: ["world."]),
        ]
        let cues = CueTiming.cues(
            given, retimedBy: Self.aligned([("Hello", 1, 1.5), ("there,", 1.5, 2), ("world.", 3, 4)]))
        #expect(
            cues == [
                Cue(start: .seconds(1), end: .seconds(2), lines: ["Hello", "there,"]),
                Cue(start: .seconds(2), end: .seconds(3), lines: ["♪"]),
                Cue(start: .seconds(3), end: .seconds(4), lines: ["world."]),
            ])
    }

    @Test func `works go on side by side and come back in order`() async throws {
        let results = try await sideBySide(20, { index async throws(AudioError) in index * index })
        #expect(results == (0..<20).map { $0 * $0 })
        let error = await #expect(throws: AudioError.self) {
            _ = try await sideBySide(
                20,
                { index async throws(AudioError) -> Int in
                    guard index != 3 else { throw AudioError(.noAudio, "three") }
                    return index
                })
        }
        #expect(error?.message == "three")
        #expect(try await sideBySide(0, { _ async throws(AudioError) in 1 }).isEmpty)
    }
}
