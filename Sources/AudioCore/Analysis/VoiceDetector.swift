/// Finds speech: how likely it is in every 10 ms of sound, some time after the sound.
///
/// Sound comes at 16 kHz in one channel, as ``SpeechScan`` and ``ConvertedSource`` make it. The frames do not depend on how
/// the sound is cut.
///
/// ```swift
/// var detector = MediaVoiceDetector()
/// var frames: [VoiceFrame] = []
/// while let chunk = try await speech.next() { detector.add(chunk.samples.span, appendingTo: &frames) }
/// detector.finish(appendingTo: &frames)
/// ```
public protocol VoiceDetector: ~Copyable {
    /// Takes samples and appends the frames that are decided.
    mutating func add(_ samples: Span<Float>, appendingTo frames: inout [VoiceFrame])

    /// Ends the sound and appends the frames that are left; nothing may follow.
    mutating func finish(appendingTo frames: inout [VoiceFrame])
}

/// What is known of 10 ms of sound.
public struct VoiceFrame: Hashable, Sendable {
    /// How likely somebody speaks, from 0 to 1.
    public let probability: Float
    /// How loud it is where voices are (150 to 4,000 Hz), in decibels below full scale.
    public let level: Float

    /// Makes a frame.
    public init(probability: Float, level: Float) {
        self.probability = probability
        self.level = level
    }

    /// The rate of the sound that detectors take.
    public static let rate = 16_000
    /// Samples from one frame to the next.
    public static let hop = 160
    /// Frames in a second.
    public static let perSecond = 100
}
