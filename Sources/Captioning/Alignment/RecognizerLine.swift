/// What the recognizer writes of one clip: `name S n T n A n L n`, then `begin score language word` for each word, and the end of
/// the last.
struct RecognizerLine {
    /// The clip.
    let name: Substring
    let words: [Word]

    struct Word {
        let text: Substring
        /// In frames of 10 ms.
        let frames: Range<Int>
        /// The logarithm of the likelihood of all frames.
        let score: Double
    }

    /// Reads a line; nil when it cannot be right.
    init?(_ line: some StringProtocol, frameCount: Int) {
        let fields = String(line).split(whereSeparator: \.isWhitespace)
        guard let label = fields.firstIndex(of: "L"), label > 0, fields.count > label + 3,
            (fields.count - label - 3).isMultiple(of: 4), let end = Int(fields[fields.count - 1])
        else { return nil }
        name = fields[0]
        var words: [Word] = []
        for index in stride(from: label + 2, to: fields.count - 1, by: 4) {
            let isLast = index + 4 == fields.count - 1
            guard let begin = Int(fields[index]), let score = Double(fields[index + 1]),
                let next = isLast ? end : Int(fields[index + 4]), begin >= 0, next >= begin, next <= frameCount + 10
            else { return nil }
            words.append(Word(text: fields[index + 3], frames: begin..<next, score: score))
        }
        self.words = words
    }
}
