public import Speech
public import Subtitles

/// How captions are made of a recording.
public struct CaptionSettings: Sendable {
    /// What helps the engine to hear; nothing in it depends on other clips.
    public var options: TranscriptionOptions
    /// The rules of the layout for a language; nil stands for one that nobody knows.
    public var rules: @Sendable (String?) -> LayoutRules
    /// Whether the engine is told what was said before: clips are then heard one after the other.
    public var givesContext: Bool
    /// At which moment of a longer recording the sound begins.
    public var start: Duration
    /// Whether the recording is still made while it is heard: clips are then shorter, and told sooner.
    public var isLive = false
    /// Whether the words of an engine that tells no times get theirs by the sound, which takes the processor a while; else they
    /// are dealt out over the speech by their lengths.
    public var alignsWords = true
    /// Takes what the engine has written so far of the clip that it hears; each text is longer than the one before, until
    /// another clip begins.
    ///
    /// Engines that tell the times of words do not tell them so.
    public var partial: (@Sendable (String) -> Void)?

    /// Makes settings, with the usual rules for each language.
    public init(
        options: TranscriptionOptions = TranscriptionOptions(), givesContext: Bool = false, start: Duration = .zero,
        rules: @escaping @Sendable (String?) -> LayoutRules = { LayoutRules(language: $0) }
    ) {
        self.options = options
        self.rules = rules
        self.givesContext = givesContext
        self.start = start
    }
}

/// What became final with a clip.
public struct CaptionStep: Sendable {
    /// The words, with their times.
    public var words: [TimedWord] = []
    /// The language that the engine told them to be in.
    public var language: String?
    /// The cues that cannot change any more.
    public var cues: [Cue] = []
    /// Up to where the recording is done; with the last step it is where the recording ends.
    public var end: Duration
    /// How much sound was sent to the engine for it; none for what an earlier run had finished.
    public var sent: Duration = .zero
    /// Why the engine heard nothing there, when it did not.
    public var failure: RemoteError?
}
