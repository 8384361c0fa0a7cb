/// How a text is turned into what an engine is asked to say.
public struct ScriptSettings: Sendable {
    /// The voice that tells; nil for the engine's own choice.
    public var voice: String?
    /// The voice of those who speak in the book, where they have one of their own.
    public var dialogueVoice: String?
    /// How words are said that an engine does not know.
    public var pronunciations = Pronunciations()
    /// The most characters of a request: what an engine takes, and so much that its voice does not tire.
    public var requestCharacters = 500
    /// Whether sentences of a paragraph are asked for together, for the sake of their melody; else each has a request of its own.
    public var packsSentences = true

    /// Makes the usual settings.
    public init() {}
}

/// How long nobody speaks, by what stands there in the text.
public struct PauseLengths: Hashable, Sendable {
    /// Within a sentence that is too long for a request, and where the voice changes.
    public var clause = Duration.milliseconds(200)
    /// Between sentences.
    public var sentence = Duration.milliseconds(400)
    /// Around a sentence that is stressed as a whole.
    public var emphasis = Duration.milliseconds(650)
    /// Between lines of a poem.
    public var verse = Duration.milliseconds(500)
    /// Between paragraphs.
    public var paragraph = Duration.milliseconds(800)
    /// Behind a heading.
    public var heading = Duration.milliseconds(1_200)
    /// Where the scene changes.
    public var scene = Duration.milliseconds(1_800)
    /// Between chapters.
    public var chapter = Duration.milliseconds(2_500)

    /// Makes the usual lengths.
    public init() {}

    /// The length at a place in the text.
    func length(_ pause: ScriptPause) -> Duration {
        switch pause {
        case .clause: clause
        case .sentence: sentence
        case .emphasis: emphasis
        case .verse: verse
        case .paragraph: paragraph
        case .heading: heading
        case .scene: scene
        case .chapter: chapter
        }
    }
}

/// A place in the text where nobody speaks, the shortest first.
enum ScriptPause: Comparable {
    case clause, sentence, verse, emphasis, paragraph, heading, scene, chapter
}
