internal import AudioCore
internal import Captioning

/// What is wanted of every recording of a run.
struct SubtitleWishes: Sendable {
    var settings: CaptionSettings
    var track: AudioTrack
    var showsWords: Bool
    var offset: Duration
    /// The part that is heard; to the end when there is no other.
    var from: Duration
    var to: Duration?
    var embeds: Bool
    var burns: Bool
    var isFresh: Bool
    /// Everything about the engine that changes its answers.
    var identity: [String]
    /// Into which language, and how, the cues are translated; nil when they are not.
    var translation: Translation?

    /// A translation that is wanted.
    struct Translation: Sendable {
        let language: String
        let cues: CueTranslation
        /// Everything about the translator that changes its answers.
        let identity: [String]
    }

    /// Whether only a part is heard.
    var isPart: Bool { from > .zero || to != nil }

    /// Opens the part of a recording that is wanted.
    func open(_ media: String) async throws(AudioError) -> PartSource<AudioInput> {
        PartSource(try await AudioInput(named: media, track: track), from: from, to: to)
    }
}
