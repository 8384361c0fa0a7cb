internal import AudioCore
internal import Speech
internal import Subtitles

/// The words of a transcript with the times that the engine told.
enum HeardWords {
    /// The words as the text has them, marks and capitals too, where the engine's words are the same but for those.
    static func words(_ transcript: Transcript, from start: Duration) -> [TimedWord] {
        let units = TextUnit.units(of: transcript.text)
        let spans = letters(of: transcript.words)
        let wanted = units.map { letters(in: $0.text) }
        guard wanted.flatMap(\.self) == spans.map(\.letter) else { return plain(transcript.words, from: start) }
        var place = 0
        return zip(units, wanted).compactMap { unit, letters in
            guard !letters.isEmpty else { return nil }
            let own = spans[place..<place + letters.count]
            place += letters.count
            guard let first = own.first, let last = own.last else { return nil }
            return TimedWord(
                text: unit.text, start: start + first.start, end: start + max(last.end, first.start),
                joinsNext: unit.space == .none)
        }
    }

    private struct Letter {
        let letter: Character
        let start: Duration
        let end: Duration
    }

    /// The letters of words, each with its share of the word's time.
    private static func letters(of words: [Transcript.Span]) -> [Letter] {
        words.flatMap { word in
            let letters = letters(in: word.text)
            let length = max(word.end - word.start, .zero)
            return letters.enumerated().map { index, letter in
                Letter(
                    letter: letter, start: word.start + length * index / letters.count,
                    end: word.start + length * (index + 1) / letters.count)
            }
        }
    }

    private static func letters(in text: String) -> [Character] {
        text.lowercased().filter { $0.isLetter || $0.isNumber }
    }

    /// The engine's own words, written beside each other where their script does so.
    private static func plain(_ words: [Transcript.Span], from start: Duration) -> [TimedWord] {
        let texts = words.map { $0.text.split(whereSeparator: \.isWhitespace).joined(separator: " ") }
        return words.indices.compactMap { index in
            guard !texts[index].isEmpty else { return nil }
            let next = index + 1 < texts.count ? texts[index + 1].first : nil
            let joins = texts[index].last?.isWide == true && next?.isWide == true
            let (begin, end) = (words[index].start, max(words[index].end, words[index].start))
            return TimedWord(text: texts[index], start: start + begin, end: start + end, joinsNext: joins)
        }
    }
}

extension [TimedWord] {
    /// The words under which somebody speaks: engines invent some in noise, and only the sound tells.
    func spoken(in section: SpeechSection) -> [TimedWord] {
        let reach = Duration.seconds(1)
        let speech = section.speech.map { ($0.start.duration - reach)...($0.end.duration + reach) }
        let heard = filter { word in speech.contains { $0.overlaps(word.start...Swift.max(word.end, word.start)) } }
        // Where there may be no voice at all, words are believed that are found in the sound.
        let doubtful = heard.count(where: \.isDoubtful)
        return section.isDoubtful && doubtful * 2 > heard.count ? [] : heard
    }
}
