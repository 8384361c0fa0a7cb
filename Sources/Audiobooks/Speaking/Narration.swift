public import AudioCore
internal import Jobs

/// A script once it was spoken: which sound follows which silence, and when each sentence is said.
public struct Narration: Sendable {
    /// The rate and the channels of the sound.
    public let format: PCMFormat
    /// The sentences in order, with their times.
    public private(set) var sentences: [Sentence] = []
    /// The chapters in order.
    public private(set) var chapters: [ChapterTime] = []
    /// What is not as it should be.
    public internal(set) var faults: [SpeechFault] = []
    /// How many frames there are: the sum of all sentences and pauses.
    public private(set) var frameCount = 0
    /// The sound and the silence, in order.
    private(set) var pieces: [Piece] = []

    /// Which answer was taken for each passage.
    var spoken: [SpokenPassage] = []

    /// An answer that was taken, and the sentences that it says.
    struct SpokenPassage: Hashable, Sendable {
        let passage: Int
        let attempt: Int
        let sound: ClipStore.Place
        let sentences: Range<Int>
    }

    /// A sentence and when it is said.
    public struct Sentence: Hashable, Sendable {
        /// The sentence as it stands in the book.
        public let text: String
        /// The chapter, from 0.
        public let chapter: Int
        /// The paragraph of the chapter, from 0.
        public let paragraph: Int
        /// The frames from its beginning to its end.
        public internal(set) var frames: Range<Int>
        /// Whether the place where it ends is a guess, since nobody paused there.
        public internal(set) var isGuessed = false

        init(_ sentence: Script.Sentence, _ frames: Range<Int>, isGuessed: Bool) {
            (text, chapter, paragraph) = (sentence.text, sentence.chapter, sentence.paragraph)
            (self.frames, self.isGuessed) = (frames, isGuessed)
        }
    }

    /// A chapter and when it is read.
    public struct ChapterTime: Hashable, Sendable {
        /// The title.
        public let title: String
        /// The frames from its first sound to the first of the next.
        public internal(set) var frames: Range<Int>
    }

    /// Sound out of the store, or silence.
    enum Piece: Hashable, Sendable {
        case sound(Range<Int>)
        case silence(Int)

        var frameCount: Int {
            switch self {
            case .sound(let frames): frames.count
            case .silence(let count): count
            }
        }
    }

    init(format: PCMFormat) { self.format = format }

    /// Adds silence.
    mutating func addSilence(_ length: Duration) {
        let frames = Int((length / .seconds(1) * Double(format.rate)).rounded())
        guard frames > 0 else { return }
        frameCount += frames
        pieces.append(.silence(frames))
    }

    /// Adds the sound of a sentence, or of a part of one.
    mutating func add(_ sound: Range<Int>, _ number: Int, of script: Script, isGuessed: Bool) {
        let frames = frameCount..<frameCount + sound.count
        addSound(sound)
        frameCount = frames.upperBound
        if sentences.count == number + 1 {
            sentences[number].frames = sentences[number].frames.lowerBound..<frames.upperBound
            sentences[number].isGuessed = isGuessed
            return
        }
        fill(script, upTo: number)
        sentences.append(Sentence(script.sentences[number], frames, isGuessed: isGuessed))
    }

    /// Adds sentences of which nothing is said.
    mutating func fill(_ script: Script, upTo number: Int) {
        while sentences.count < number {
            sentences.append(Sentence(script.sentences[sentences.count], frameCount..<frameCount, isGuessed: false))
        }
    }

    /// Sound that goes on where the last piece ends is one piece with it: nothing fades there.
    private mutating func addSound(_ sound: Range<Int>) {
        guard !sound.isEmpty else { return }
        if case .sound(let last) = pieces.last, last.upperBound == sound.lowerBound {
            pieces[pieces.count - 1] = .sound(last.lowerBound..<sound.upperBound)
        } else {
            pieces.append(.sound(sound))
        }
    }

    /// Begins a chapter here.
    mutating func begin(_ title: String) {
        endChapter()
        chapters.append(ChapterTime(title: title, frames: frameCount..<frameCount))
    }

    /// Ends the last chapter here.
    mutating func endChapter() {
        guard let last = chapters.indices.last else { return }
        chapters[last].frames = chapters[last].frames.lowerBound..<frameCount
    }
}

/// A sentence that is not spoken as it should be.
public struct SpeechFault: Hashable, Sendable {
    /// The sentence, or some that were asked for together.
    public let text: String
    /// The title of its chapter.
    public let chapter: String
    /// When it is said.
    public let time: MediaTime
    /// What is wrong.
    public let reason: String
    /// The answers that were tried.
    let keys: [JobKey]
}
