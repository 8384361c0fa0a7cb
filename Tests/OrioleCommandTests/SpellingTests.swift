import TestSupport
import Testing

@testable import OrioleCommand

@Suite(.tags(.parser))
struct SpellingTests {
    @Test(arguments: [("cnovert", "convert"), ("convrt", "convert"), ("docter", "doctor")])
    func `a slip of the finger finds what was meant`(word: String, meant: String) {
        #expect(Spelling.nearest(to: word, among: ["convert", "doctor"]) == meant)
    }

    @Test func `a word that is like nothing suggests nothing`() {
        #expect(Spelling.nearest(to: "xyz", among: ["convert", "doctor"]) == nil)
    }
}
