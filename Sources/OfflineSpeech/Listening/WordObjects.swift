internal import Speech

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Reads an object for each utterance: `b` and `d` are where it begins and how long it lasts, `t` is the text, `w` are the words.
struct WordObjects: UtteranceReader {
    private struct Piece: Decodable {
        let b: Double
        let d: Double
        let t: String
        let w: [Piece]?
    }

    func read(_ line: Substring) throws(RemoteError) -> Utterance? {
        guard line.contains(where: { !$0.isWhitespace }) else { return nil }
        guard let piece = try? JSONDecoder().decode(Piece.self, from: Data(line.utf8)) else {
            throw RemoteError(.malformedAnswer, "pocketsphinx wrote what nobody can read: \(line.prefix(80))")
        }
        let words = (piece.w ?? []).filter { !"<[+".contains($0.t.first ?? "<") }
        guard !piece.t.isEmpty else { return nil }
        return Utterance(
            text: piece.t,
            words: words.map { word in
                Transcript.Span(
                    text: String(word.t.prefix { $0 != "(" }), start: .seconds(word.b), end: .seconds(word.b + word.d))
            })
    }

    func finish() -> Utterance? { nil }
}
