import AudioCore
import Subtitles
import TestSupport
import Testing

@testable import Captioning

/// The parts of an alignment, each by itself: no program is run here.
struct AlignmentPartsTests {
    @Test(arguments: [
        ("tɕˈi5ŋ", "JH IY NG"), ("kwˈa2ŋ", "G W AA NG"), ("tɕhˈiɛ5n", "CH Y EH N"), ("s.ˈi.ɜ", "SH ER"),
        ("ʐˈo-5", "ZH ER"), ("ts.hˈɑ5ŋ", "T SH AA NG"), ("yˈæ2n", "Y EH N"),
    ])
    func `characters are read with the phones that sound most like theirs`(pronunciation: String, phones: String) {
        #expect(PhoneTable.mandarin.phones(of: pronunciation).joined(separator: " ") == phones)
    }

    @Test(arguments: [
        ("həlˈoʊ", "HH AH L OW"), ("dˈɑːktɚ", "D AA K T ER"), ("(en)ˈɑːɹ(de)", "AA R"), ("t͡ʃˈɜː", "CH ER"),
        ("kˈaʊntən", "K AW N T AH N"),
        ("123 ʘ", ""), ("", ""),
    ])
    func `words are read with the phones of the model`(pronunciation: String, phones: String) {
        #expect(PhoneTable.general.phones(of: pronunciation).joined(separator: " ") == phones)
    }

    private static let line =
        "a S 0 T -100 A -90 L -10 0 -300 0 <sil> 12 -600 0 w0000 40 -250 0 w0001(2) 50 -20 0 [NOISE] 60 -900 0 w0002 90\n"
    private static let three = ForcedAlignment([["HH"], ["AH", "T"], []])

    @Test func `what the recognizer writes has a place and a score for each word`() throws {
        let places = try #require(Self.three.places(inLine: Self.line, frameCount: 90))
        #expect(places.map(\.frames) == [12..<40, 40..<50, 60..<90])
        #expect(places.map { ($0.score * 10).rounded() / 10 } == [-21.4, -25, -30])
    }

    @Test(arguments: [
        "", "\n", "a S 0 T 0 A 0 L 0", "a S 0 T 0 A 0 L 0 0 -1 0 w0000 10", line.replacing("w0001(2)", with: "w0002"),
        line.replacing(" 60 ", with: " 20 "), line.replacing("-600", with: "x"),
        line.replacing("90\n", with: "900000\n"),
        line.replacing("w0002", with: "w9999999999999999999999"),
    ])
    func `what cannot be right is no alignment`(line: String) {
        #expect(Self.three.places(inLine: line, frameCount: 90) == nil)
    }

    @Test(arguments: 0..<200) func `no line breaks the reader`(seed: UInt64) {
        var random = SplitMix64(seed)
        let words =
            Self.line.split(separator: " ").map(String.init) + ["-", "1e9", "w", "(", "9223372036854775807", "-1"]
        let line = (0..<Int.random(in: 0...30, using: &random)).map { _ in
            words[Int.random(in: 0..<words.count, using: &random)]
        }.joined(separator: " ")
        if let places = Self.three.places(inLine: line, frameCount: 90) {
            #expect(places.count == 3 && places.allSatisfy { $0.frames.lowerBound >= 0 && $0.frames.upperBound <= 100 })
        }
    }

    private static func scored(
        _ places: [(Range<Int>, Double)], _ phones: [Int], words: String? = nil
    ) -> AlignedText {
        let units = TextUnit.units(of: words ?? places.indices.map { "w\($0)" }.joined(separator: " "))
        let scored = ScoredAlignment(
            places.map { ForcedAlignment.Place(frames: $0.0, score: $0.1) }, of: units, phoneCounts: phones,
            speaking: Array(repeating: true, count: 200))
        return scored.text(units, from: 10)
    }

    @Test func `a word that was not found shares the time between its neighbours`() {
        let text = Self.scored(
            [(0..<40, -25), (60..<66, -80), (66..<75, -70), (90..<150, -30)], [4, 2, 3, 6])
        #expect(text.timing == .aligned && text.words.map(\.isDoubtful) == [false, true, true, false])
        #expect(text.words.map(\.start.frame) == [1_000, 1_040, 1_060, 1_090])
        #expect(text.words.map(\.end.frame) == [1_040, 1_060, 1_090, 1_150])
        let sure = text.words.map { $0.confidence ?? -1 }
        #expect(sure[0] == 1 && sure[1] <= 0.3 && sure[2] <= 0.3 && sure[3] == 1)
    }

    /// Three words of another text find some sound like them, and score well there.
    @Test func `a text that covers little of the speech is doubtful`() {
        let text = Self.scored([(20..<40, -25), (60..<80, -25)], [4, 4])
        #expect(text.timing == .aligned && text.words.allSatisfy { $0.isDoubtful && $0.confidence == 1 })
    }

    @Test func `a character begins with the silence before its stop, a word does not`() {
        let places = [(0..<40, -25.0), (50..<90, -25), (110..<150, -25)]
        #expect(Self.scored(places, [3, 3, 3], words: "大白天").words.map(\.start.frame) == [1_000, 1_040, 1_110])
        #expect(Self.scored(places, [3, 3, 3]).words.map(\.start.frame) == [1_000, 1_050, 1_110])
    }

    @Test func `only a clip with digital silence gets noise`() {
        let voice = Signals.voice(seconds: 9)
        #expect(ForcedAlignment.withFloor(voice) == voice)
        let gated = voice.map { abs($0) < 0.004 ? 0 : $0 }
        let filled = ForcedAlignment.withFloor(gated)
        let changes = zip(filled, gated).map { abs($0 - $1) }
        #expect(changes.max() ?? 0 > 1e-5 && changes.max() ?? 1 < 0.01)
        #expect(ForcedAlignment.withFloor([]).isEmpty && ForcedAlignment.withFloor([0, 0]) == [0, 0])
    }

    @Test func `a text that is not what is said is only dealt out`() {
        let text = Self.scored([(0..<60, -70), (60..<120, -65)], [4, 4])
        #expect(text.timing == .estimated && text.isDoubtful && text.words.allSatisfy { $0.confidence == 0 })
        #expect(Self.scored([(0..<60, -45), (60..<120, -46)], [4, 4]).isDoubtful)
    }

    @Test(arguments: 0..<30) func `a guess is in order and where somebody speaks`(seed: UInt64) {
        var random = SplitMix64(seed)
        let speaking = (0..<500).map { _ in Bool.random(using: &random) }
        let units = TextUnit.units(
            of: String(repeating: "one 二 three, ", count: Int.random(in: 1...40, using: &random)))
        let frames = EstimatedAlignment.frames(of: units, speaking: speaking)
        #expect(frames.count == units.count)
        #expect(zip(frames, frames.dropFirst()).allSatisfy { $0.lowerBound <= $1.lowerBound })
        #expect(frames.allSatisfy { $0.upperBound <= 500 && speaking[min($0.lowerBound, 499)] })
        #expect(EstimatedAlignment.frames(of: units, speaking: []).allSatisfy { $0.isEmpty })
        let silent = EstimatedAlignment.frames(of: units, speaking: Array(repeating: false, count: 100))
        #expect(silent.last?.upperBound == 100)
    }

    /// A recording that is played slower, with a pause in it, is followed through both.
    @Test func `warping follows a recording that is slower`() throws {
        let rate = 16_000
        func tone(_ frequency: Double, _ seconds: Double) -> [Float] {
            (1...4).map {
                Signals.sine(frequency * Double($0), rate: rate, frames: Int(seconds * Double(rate)), level: 0.1)
            }
            .reduce([]) { sum, wave in sum.isEmpty ? wave : zip(sum, wave).map { $0 + $1 } }
        }
        let frequencies = [220.0, 1_310, 460, 900]
        let reference = frequencies.flatMap { tone($0, 0.3) }
        let slow =
            tone(220, 0.5) + [Float](repeating: 0, count: rate / 2) + frequencies.dropFirst().flatMap { tone($0, 0.5) }
        func cepstra(_ samples: [Float]) -> Cepstra { Cepstra(samples, speaking: LevelActivity.frames(samples)) }
        let warped = try #require(WarpedAlignment(cepstra(slow), cepstra(reference)))
        let frames = warped.frames(of: (0..<4).map { Double($0) * 0.3..<Double($0 + 1) * 0.3 })
        for (frame, wanted) in zip(frames.dropFirst(), [100, 150, 200]) {
            #expect(abs(frame.lowerBound - wanted) <= 6, "\(frame) for \(wanted)")
        }
        #expect(WarpedAlignment(cepstra([]), cepstra(reference)) == nil)
    }
}

extension Duration {
    /// In frames of 10 ms.
    fileprivate var frame: Int { Int((self / .milliseconds(10)).rounded()) }
}
