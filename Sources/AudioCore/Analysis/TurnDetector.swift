/// Tells in live sound when somebody begins to speak and has ended, as conversations want it.
///
/// ```swift
/// var detector = TurnDetector()
/// for event in detector.add(samples.span) { … }
/// ```
///
/// Sound comes at 16 kHz in one channel. A beginning is told at most 300 ms after it, an end so long after it as a pause may last.
public struct TurnDetector: ~Copyable {
    private let rules: Rules
    private var detector = LiveVoiceDetector()
    private var frames: [VoiceFrame] = []
    /// Whether each of the last frames is speech, the latest in the lowest place.
    private var recent: UInt32 = 0
    private var frameCount = 0
    /// The frame behind the last speech of the turn; nil between turns.
    private var speechEnd: Int?

    /// What is a turn.
    public struct Rules: Hashable, Sendable {
        /// How sure it must be that somebody speaks, from 0 to 1.
        public var threshold: Float
        /// How long a silence ends the turn.
        public var silence: Duration

        /// Makes rules.
        public init(threshold: Float = 0.5, silence: Duration = .milliseconds(500)) {
            self.threshold = threshold
            self.silence = silence
        }
    }

    /// What was heard, in time from the beginning of the sound.
    public enum Event: Hashable, Sendable {
        case began(at: Duration)
        case ended(at: Duration)
    }

    /// So many of the last frames must be speech for a turn to begin: a click and a cough are none.
    private static let (wanted, window) = (12, 20)
    /// So many of the last five keep it going.
    private static let least = 3

    /// Makes a detector for one stream of sound.
    public init(_ rules: Rules = Rules()) { self.rules = rules }

    /// Whether somebody is speaking.
    public var isInTurn: Bool { speechEnd != nil }

    /// Takes samples and tells what they bring.
    public mutating func add(_ samples: Span<Float>) -> [Event] {
        frames.removeAll(keepingCapacity: true)
        detector.add(samples, appendingTo: &frames)
        return frames.compactMap { take($0) }
    }

    /// Ends a turn that goes on, whatever is said.
    public mutating func endTurn() {
        speechEnd = nil
        recent = 0
    }

    private mutating func take(_ frame: VoiceFrame) -> Event? {
        frameCount += 1
        recent = recent << 1 | (frame.probability >= rules.threshold ? 1 : 0)
        let isSpeech = (recent & 0b1_1111).nonzeroBitCount >= Self.least
        guard let end = speechEnd else {
            let last = recent & (1 << Self.window - 1)
            guard last.nonzeroBitCount >= Self.wanted else { return nil }
            speechEnd = frameCount
            let length = UInt32.bitWidth - last.leadingZeroBitCount
            return .began(at: Self.time(frameCount - length))
        }
        if isSpeech {
            speechEnd = frameCount
        } else if Self.time(frameCount - end) >= rules.silence {
            speechEnd = nil
            return .ended(at: Self.time(end))
        }
        return nil
    }

    private static func time(_ frames: Int) -> Duration { .milliseconds(max(frames, 0) * 1_000 / VoiceFrame.perSecond) }
}
