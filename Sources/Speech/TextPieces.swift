/// The parts of a text that a ``SentenceSplitter`` finds, one by one: a book of any length begins at once.
public struct TextPieces: Sequence, IteratorProtocol, Sendable {
    private let splitter: SentenceSplitter
    /// What has not been divided into sentences.
    private var ahead: Substring
    /// A sentence, or all of the text, of which pieces are cut.
    private var open: Substring

    init(_ text: String, _ splitter: SentenceSplitter, bySentence: Bool) {
        self.splitter = splitter
        ahead = bySentence ? text[...] : ""
        open = bySentence ? "" : text[...]
    }

    /// The next part, or nil at the end.
    public mutating func next() -> String? {
        while true {
            open = SentenceSplitter.trimmed(open)
            if !open.isEmpty {
                let end = splitter.pieceEnd(open)
                let piece = SentenceSplitter.trimmed(open[..<end])
                open = open[end...]
                if !piece.isEmpty { return String(piece) }
            } else if ahead.isEmpty {
                return nil
            } else {
                let end = splitter.sentenceEnd(ahead)
                (open, ahead) = (ahead[..<end], ahead[end...])
            }
        }
    }
}
