import TestSupport
import Testing

@testable import Captioning

/// A text as a recognizer is told it, and what it says of it; no program is run here.
struct TextListenerTests {
    private static let phones = [["AH"], ["B", "IY"], ["AH"], [], ["B", "IY"], ["S", "IY"]]

    @Test func `words that sound alike are one, and one that nobody can say is none`() {
        let model = TextModel(Self.phones)
        #expect(model.tokens == ["t0", "t1", "t0", "", "t1", "t2"])
        #expect(model.dictionary == "t0 AH\nt1 B IY\nt2 S IY\n")
        #expect(TextModel([[], []]).dictionary.isEmpty)
    }

    /// As the format wants it: so many lines as are told, and with what is left for others never more than all.
    @Test func `the trigrams say what follows what`() throws {
        let lines = TextModel(Self.phones).trigrams.split(separator: "\n").map(String.init)
        #expect(lines.first == "\\data\\" && lines.last == "\\end\\")
        #expect(Array(lines[1...3]) == ["ngram 1=5", "ngram 2=5", "ngram 3=5"])
        let pairs = try #require(lines.firstIndex(of: "\\2-grams:"))
        let triples = try #require(lines.firstIndex(of: "\\3-grams:"))
        #expect(triples - pairs == 6 && lines.count - triples == 7)
        // The text begins with t0, and may begin anywhere; after t1 comes t0 or t2.
        #expect(lines.contains("-99.0 <s> 0.0") && lines.contains("-0.301 <s> t0 -0.301"))
        #expect(lines.contains("-0.6021 t1 t0 -0.301") && lines.contains("-0.6021 t1 t2 -0.301"))
        #expect(lines[triples...].contains("-0.301 t0 t1 t0") == false && lines.contains("-0.6021 t0 t1 t0"))
    }

    private static let parts = [
        RecognizerFiles.Part(name: "s0", frames: 100..<300), RecognizerFiles.Part(name: "s1", frames: 400..<500),
    ]
    private static let lines = """
        s1 S 0 T -1 A -1 L -1 0 -1 0 <s> 5 -1 0 t3 40 -1 0 t0(2) 90 -1 0 </s> 100
        s0 S 0 T -1 A -1 L -1 0 -1 0 t1 20 -1 0 <sil> 200

        """

    @Test func `what was heard has its place in the recording, in order`() {
        #expect(
            TextListener.heard(inLines: Self.lines, Self.parts) == [
                TextListener.Heard(token: "t1", start: 1, end: 1.2),
                TextListener.Heard(token: "t3", start: 4.05, end: 4.4),
                TextListener.Heard(token: "t0", start: 4.4, end: 4.9),
            ])
    }

    @Test(arguments: 0..<200) func `no lines break the reader`(seed: UInt64) {
        var random = SplitMix64(seed)
        let words =
            Self.lines.split(separator: " ").map(String.init)
            + ["-", "1e9", "t", "(", "9223372036854775807", "-1", "s0", "\n", "L"]
        let text = (0..<Int.random(in: 0...60, using: &random)).map { _ in
            words[Int.random(in: 0..<words.count, using: &random)]
        }.joined(separator: " ")
        for word in TextListener.heard(inLines: text, Self.parts) {
            #expect(word.start >= 1 && word.end >= word.start && word.end <= 5.2)
        }
    }
}
