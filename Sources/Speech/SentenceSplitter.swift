/// Splits text where a speaker would pause, so that each piece is within a limit.
///
/// Pieces end after sentences where that is possible, else after clauses, else at white space, else between characters;
/// joined, they give the text without the white space around them.
public struct SentenceSplitter: Sendable {
    /// The most characters of a piece, counted as Unicode scalars, as services count.
    public let limit: Int

    /// Makes a splitter.
    public init(limit: Int) {
        precondition(limit > 0, "a piece has one character at least")
        self.limit = limit
    }

    /// The pieces of a text, each with something to say; they are found one by one, as they are wanted.
    public func pieces(of text: String) -> TextPieces { TextPieces(text, self, bySentence: false) }

    /// The sentences of a text, one by one; those over the limit are cut where a speaker would pause.
    public func sentences(of text: String) -> TextPieces { TextPieces(text, self, bySentence: true) }

    /// Where the first sentence of a text ends.
    func sentenceEnd(_ text: Substring) -> Substring.Index {
        for index in text.indices where Pause.after(index, in: text) == .sentence {
            return text.index(after: index)
        }
        return text.endIndex
    }

    /// Where the first piece of a text ends.
    func pieceEnd(_ text: Substring) -> Substring.Index {
        text.unicodeScalars.prefix(limit + 1).count <= limit ? text.endIndex : cut(text)
    }

    /// Where the longest piece that fits ends best.
    private func cut(_ text: Substring) -> Substring.Index {
        var places: [Pause: Substring.Index] = [:]
        var count = 0
        var index = text.startIndex
        while index < text.endIndex {
            count += text[index].unicodeScalars.count
            let next = text.index(after: index)
            // One character may be longer than the limit; it is never cut.
            guard count <= limit || index == text.startIndex else { break }
            places[.character] = next
            if let pause = Pause.after(index, in: text) { places[pause] = next }
            index = next
        }
        for pause in Pause.allCases { if let place = places[pause] { return place } }
        return text.endIndex
    }

    static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return text
    }
}
