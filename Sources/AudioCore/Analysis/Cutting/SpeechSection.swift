/// A part of a recording that is heard at once: speech, with some of the pauses around it.
public struct SpeechSection: Hashable, Sendable {
    /// When it begins.
    public let start: MediaTime
    /// When it ends.
    public let end: MediaTime
    /// When somebody speaks in it.
    public let speech: [Stretch]
    /// Whether there may be no speech in it: what an engine hears there is to be doubted.
    public let isDoubtful: Bool
    /// Whether it ends in the middle of a voice, since there was no pause.
    public let cutsVoice: Bool

    /// A time in which somebody speaks without a pause.
    public struct Stretch: Hashable, Sendable {
        /// When it begins.
        public let start: MediaTime
        /// When it ends.
        public let end: MediaTime

        /// Makes a stretch.
        public init(start: MediaTime, end: MediaTime) {
            self.start = start
            self.end = end
        }

        init(_ frames: Range<Int>) {
            start = MediaTime(frames: frames.lowerBound, rate: VoiceFrame.perSecond)
            end = MediaTime(frames: frames.upperBound, rate: VoiceFrame.perSecond)
        }
    }

    /// Makes a section.
    public init(start: MediaTime, end: MediaTime, speech: [Stretch], isDoubtful: Bool = false, cutsVoice: Bool = false)
    {
        self.start = start
        self.end = end
        self.speech = speech
        self.isDoubtful = isDoubtful
        self.cutsVoice = cutsVoice
    }
}
