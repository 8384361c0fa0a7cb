internal import Speech

/// Reads the text of an utterance and the lines of its words: `word start end probability`, in seconds.
struct WordLines: UtteranceReader {
    private var open: Utterance?

    mutating func read(_ line: Substring) -> Utterance? {
        if let (word, start, end) = Self.word(line) {
            // Marks such as `<s>` and `[NOISE]` are no words; `read(2)` is the second way to pronounce one.
            guard let first = word.first, !"<[+".contains(first) else { return nil }
            let text = String(word.prefix { $0 != "(" })
            open?.words.append(Transcript.Span(text: text, start: .seconds(start), end: .seconds(end)))
            return nil
        }
        defer { open = Utterance(text: String(line), words: []) }
        return finish()
    }

    mutating func finish() -> Utterance? { open.take().flatMap { $0.text.isEmpty ? nil : $0 } }

    private static func word(_ line: Substring) -> (Substring, Double, Double)? {
        let columns = line.split(separator: " ")
        guard columns.count == 4, let start = Double(columns[1]), let end = Double(columns[2]),
            Double(columns[3]) != nil
        else { return nil }
        return (columns[0], start, end)
    }
}
