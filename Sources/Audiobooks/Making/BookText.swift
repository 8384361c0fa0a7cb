internal import AudioCore
internal import Subtitles

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Text that follows the voice, in a file beside the sound.
public enum BookText: String, Hashable, Sendable, CaseIterable {
    /// SubRip.
    case srt
    /// WebVTT.
    case vtt
    /// Every sentence with its frames and seconds, for programs.
    case json
    /// Lyrics: a line for each sentence.
    case lrc
}

/// Writes the text of a part of a book.
struct BookTextWriter {
    let narration: Narration
    let part: BookPart
    let title: String
    let language: String?

    /// The file.
    func file(_ format: BookText) -> String {
        switch format {
        case .srt: subtitles(.srt)
        case .vtt: subtitles(.vtt)
        case .lrc: lyrics
        case .json: times
        }
    }

    private var sentences: [Narration.Sentence] {
        part.sentences(of: narration).filter { !$0.frames.isEmpty }
    }

    /// When a frame of the narration is, within the part.
    private func time(_ frame: Int) -> Duration {
        MediaTime(frames: frame - part.frames.lowerBound, rate: narration.format.rate).duration
    }

    /// Cues that are as long as is good to read; they begin and end with words, whose sentences begin and end when they are said.
    private func subtitles(_ format: SubtitleFormat) -> String {
        var writer = CueWriter(format, language: language)
        var layout = CueLayout(language: language) { LayoutRules(language: $0) }
        var text = writer.begin()
        for sentence in sentences {
            let words = SentenceWords.words(
                of: sentence.text, from: time(sentence.frames.lowerBound), to: time(sentence.frames.upperBound))
            for cue in layout.add(words) { text += writer.add(cue) }
        }
        for cue in layout.finish() { text += writer.add(cue) }
        return text + writer.finish(Track([], language: language))
    }

    private var lyrics: String {
        var writer = CueWriter(.lrc, language: language)
        var text = "[ti:\(part.title)]\n[al:\(title)]\n" + writer.begin()
        for sentence in sentences {
            text += writer.add(
                Cue(
                    start: time(sentence.frames.lowerBound), end: time(sentence.frames.upperBound),
                    lines: [sentence.text]))
        }
        return text + writer.finish()
    }
}

// MARK: - Exact times

extension BookTextWriter {
    private struct Line: Encodable {
        let text: String
        let chapter: Int
        let paragraph: Int
        let frames: [Int]
        let start: Double
        let end: Double
        /// Only where the end is a guess.
        let isGuessed: Bool?
    }

    private struct ChapterLine: Encodable {
        let title: String
        let frames: [Int]
        let start: Double
        let end: Double
    }

    private struct Head: Encodable {
        let title: String
        let language: String?
        let rate: Int
        let frames: Int
    }

    /// A line for each chapter and each sentence: easy to read, and easy to compare.
    private var times: String {
        let head = Head(title: title, language: language, rate: narration.format.rate, frames: part.frames.count)
        let chapters = part.chapters(of: narration).map { chapter in
            let frames = local(chapter.frames)
            return ChapterLine(title: chapter.title, frames: frames, start: seconds(frames[0]), end: seconds(frames[1]))
        }
        let first = part.index ?? 0
        let sentences = part.sentences(of: narration).map { sentence in
            let frames = local(sentence.frames)
            return Line(
                text: sentence.text, chapter: sentence.chapter - first, paragraph: sentence.paragraph, frames: frames,
                start: seconds(frames[0]), end: seconds(frames[1]), isGuessed: sentence.isGuessed ? true : nil)
        }
        return "\(json(head).dropLast()),\n\"chapters\":[\n\(chapters.map(json).joined(separator: ",\n"))\n],\n"
            + "\"sentences\":[\n\(sentences.map(json).joined(separator: ",\n"))\n]}\n"
    }

    /// Frames of the part; a sentence without sound may stand where the next chapter begins.
    private func local(_ frames: Range<Int>) -> [Int] {
        let own = frames.clamped(to: part.frames)
        return [own.lowerBound - part.frames.lowerBound, own.upperBound - part.frames.lowerBound]
    }

    private func seconds(_ frame: Int) -> Double {
        (Double(frame) / Double(narration.format.rate) * 1_000_000).rounded() / 1_000_000
    }

    private func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // What consists of texts and numbers can be written.
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

/// The words of a sentence, dealt out over its time by how long they take to say.
enum SentenceWords {
    static func words(of sentence: String, from start: Duration, to end: Duration) -> [TimedWord] {
        let pieces = pieces(of: sentence)
        let weights = pieces.map { Syllables.count(in: $0.text) + 0.4 }
        let total = max(weights.reduce(0, +), 1e-9)
        var before = 0.0
        return zip(pieces, weights).map { piece, weight in
            let begin = start + (end - start) * (before / total)
            before += weight
            let isLast = piece.isLast
            return TimedWord(
                text: piece.text, start: begin, end: isLast ? end : start + (end - start) * (before / total),
                timing: .estimated, joinsNext: piece.joinsNext)
        }
    }

    /// Words between blanks; in scripts without blanks those that a dictionary knows, with the marks around them.
    private static func pieces(of sentence: String) -> [(text: String, joinsNext: Bool, isLast: Bool)] {
        var pieces: [(text: String, joinsNext: Bool)] = []
        for word in sentence.split(whereSeparator: \.isWhitespace) {
            let parts = word.contains(where: \.isWide) ? WordEnds.words(of: String(word)) : [String(word)]
            for part in parts {
                let isMark = !part.contains { $0.isLetter || $0.isNumber }
                if isMark, let last = pieces.last, last.joinsNext {
                    pieces[pieces.count - 1].text += part
                } else {
                    pieces.append((part, true))
                }
            }
            if !pieces.isEmpty { pieces[pieces.count - 1].joinsNext = false }
        }
        return pieces.enumerated().map {
            ($1.text, $1.joinsNext || $0 == pieces.count - 1 && $1.text.last?.isWide == true, $0 == pieces.count - 1)
        }
    }
}
