internal import Speech
internal import Subtitles

/// What is said of a book, in order: its sentences, and the passages in which an engine is asked for them.
public struct Script: Sendable {
    /// The sentences, each once.
    let sentences: [Sentence]
    /// The requests.
    private(set) var passages: [Passage]
    /// The titles of the chapters.
    let titles: [String]

    /// A sentence as it stands in the book.
    struct Sentence: Hashable, Sendable {
        let text: String
        /// The number of its chapter among those that are read, from 0.
        let chapter: Int
        /// The number of its paragraph in the chapter, from 0.
        let paragraph: Int
    }

    /// What an engine is asked for at once.
    struct Passage: Hashable, Sendable {
        let voice: String?
        let language: String?
        let chapter: Int
        var parts: [Part]
        /// How many passages before it are the same: each has a sound of its own.
        var repetition = 0

        /// The text of the request.
        var text: String {
            parts.dropFirst().reduce(parts.first?.spoken ?? "") { $0.joinedLine(with: $1.spoken) }
        }
    }

    /// A sentence, or a piece of one that is too long, as it is to be said.
    struct Part: Hashable, Sendable {
        let spoken: String
        let sentence: Int
        /// What stands behind it.
        var pause: ScriptPause
    }

    /// Writes the script of some chapters.
    public init(_ chapters: [Chapter], language: String?, _ settings: ScriptSettings = ScriptSettings()) {
        var writer = ScriptWriter(language: language, settings)
        for (number, chapter) in chapters.enumerated() { writer.add(chapter, number) }
        (sentences, passages) = writer.finish()
        titles = chapters.map(\.title)
        countRepetitions()
    }

    private mutating func countRepetitions() {
        var counts: [[String?]: Int] = [:]
        for index in passages.indices {
            let key = [passages[index].voice, passages[index].text]
            passages[index].repetition = counts[key, default: 0]
            counts[key, default: 0] += 1
        }
    }

    init(sentences: [Sentence], passages: [Passage], titles: [String]) {
        (self.sentences, self.passages, self.titles) = (sentences, passages, titles)
    }

    /// All that is said, as it stands in the book.
    public var text: String { sentences.map(\.text).joined(separator: "\n") }

    /// How many characters are asked for, as services count.
    public var characterCount: Int { passages.reduce(0) { $0 + $1.text.unicodeScalars.count } }

    /// About how long it takes to say.
    public var expectedSeconds: Double { passages.reduce(0) { $0 + Syllables.count(in: $1.text) } / 3.8 }

    /// How many requests there are.
    public var requestCount: Int { passages.count }

    /// The beginning of the script, until so many syllables are said.
    public func beginning(syllables most: Double) -> Script {
        var sum = 0.0
        let count = passages.prefix { passage in
            defer { sum += Syllables.count(in: passage.text) }
            return sum < most
        }.count
        let kept = Array(passages.prefix(max(count, 1)))
        let last = kept.last?.parts.last?.sentence ?? -1
        return Script(
            sentences: Array(sentences.prefix(last + 1)), passages: kept,
            titles: Array(titles.prefix((kept.last?.chapter ?? 0) + 1)))
    }
}

/// Writes a script paragraph by paragraph.
private struct ScriptWriter {
    private let language: String?
    private let settings: ScriptSettings
    private var sentences: [Script.Sentence] = []
    private var passages: [Script.Passage] = []
    /// Whether the next part may be asked for together with the last passage.
    private var isOpen = false
    /// Marks that stand alone before the first sentence of a paragraph.
    private var marks = ""

    init(language: String?, _ settings: ScriptSettings) {
        self.language = language.map { String($0.prefix { $0 != "-" }).lowercased() }
        self.settings = settings
    }

    mutating func add(_ chapter: Chapter, _ number: Int) {
        var voice: String?
        lengthen(to: .chapter)
        var isAfterVerse = false
        for (index, paragraph) in chapter.paragraphs.enumerated() {
            guard paragraph.kind != .sceneBreak else {
                lengthen(to: .scene)
                isAfterVerse = false
                continue
            }
            let isVerse = paragraph.kind == .verse
            if isVerse && isAfterVerse {
                shortenVerse()
            } else {
                isOpen = false
            }
            isAfterVerse = isVerse
            let text = VoicedText(paragraph, voice: &voice, settings)
            marks = ""
            for part in text.parts { add(part, chapter: number, paragraph: index) }
            lengthen(to: paragraph.headingLevel != nil ? .heading : .paragraph)
        }
        isOpen = false
    }

    consuming func finish() -> ([Script.Sentence], [Script.Passage]) { (sentences, passages) }

    private static let unlimited = 1 << 40
    /// Bytes of a sentence to which marks that stand alone are still added.
    private static let longestWithMarks = 10_000

    /// What one voice says of a paragraph.
    private mutating func add(_ units: ArraySlice<VoicedText.Unit>, chapter: Int, paragraph: Int) {
        var stressed = units.filter { !$0.character.isWhitespace }.map(\.isEmphasized)[...]
        let text = String(units.map(\.character))
        for sentence in SentenceSplitter(limit: Self.unlimited).sentences(of: text) {
            let length = sentence.count { !$0.isWhitespace }
            let isStressed = stressed.prefix(length).allSatisfy(\.self)
            stressed = stressed.dropFirst(length)
            guard sentence.contains(where: { $0.isLetter || $0.isNumber }) else {
                keep(sentence, chapter: chapter, paragraph: paragraph)
                continue
            }
            if isStressed, isOpen { lengthen(to: .emphasis) }
            let text = marks.isEmpty ? sentence : marks.joinedLine(with: sentence)
            marks = ""
            sentences.append(Script.Sentence(text: text, chapter: chapter, paragraph: paragraph))
            speak(sentence, voice: units.first?.voice ?? settings.voice, chapter: chapter)
            if isStressed { lengthen(to: .emphasis) }
        }
    }

    /// Marks alone are not said, but they belong to the text of the sentence before them, or else of the one behind them.
    private mutating func keep(_ marks: String, chapter: Int, paragraph: Int) {
        guard let last = sentences.last, last.chapter == chapter, last.paragraph == paragraph else {
            if self.marks.utf8.count < Self.longestWithMarks { self.marks.appendLine(marks) }
            return
        }
        guard last.text.utf8.count < Self.longestWithMarks else { return }
        sentences[sentences.count - 1] = Script.Sentence(
            text: last.text.joinedLine(with: marks), chapter: chapter, paragraph: paragraph)
    }

    private mutating func speak(_ sentence: String, voice: String?, chapter: Int) {
        let language = sentence.contains(where: \.isIdeographic) && self.language != "ja" ? "zh" : self.language
        let spoken = settings.pronunciations.spoken(sentence, language: language)
        let pieces = Array(SentenceSplitter(limit: settings.requestCharacters).pieces(of: spoken))
            .filter { $0.contains { $0.isLetter || $0.isNumber } }
        for (index, piece) in pieces.enumerated() {
            let isEnd = index == pieces.count - 1 && SentenceEnd.isEnd(of: sentence)
            add(
                Script.Part(spoken: piece, sentence: sentences.count - 1, pause: isEnd ? .sentence : .clause),
                Script.Passage(voice: voice, language: language, chapter: chapter, parts: []))
        }
    }

    /// Adds a part to the open passage where it fits, else to one of its own.
    private mutating func add(_ part: Script.Part, _ passage: Script.Passage) {
        if isOpen, settings.packsSentences, var last = passages.last, last.voice == passage.voice,
            last.language == passage.language
        {
            last.parts.append(part)
            if last.text.unicodeScalars.count <= settings.requestCharacters {
                passages[passages.count - 1] = last
                return
            }
        }
        var passage = passage
        passage.parts = [part]
        passages.append(passage)
        isOpen = true
    }

    /// Makes the pause behind the last part longer.
    private mutating func lengthen(to pause: ScriptPause) { changeLastPause { max($0, pause) } }

    /// Lines of a poem follow each other sooner than paragraphs do.
    private mutating func shortenVerse() { changeLastPause { $0 == .paragraph ? .verse : $0 } }

    private mutating func changeLastPause(_ change: (ScriptPause) -> ScriptPause) {
        let passage = passages.count - 1
        guard passage >= 0, let part = passages[passage].parts.indices.last else { return }
        passages[passage].parts[part].pause = change(passages[passage].parts[part].pause)
    }
}
