/// How sound is coded as Opus.
public struct OpusSettings: Hashable, Sendable {
    /// What the encoder favours.
    public var application: Application
    /// Bits per second, or nil for the encoder's choice.
    public var bitrate: Int?
    /// How hard the encoder works, from 0 to 10.
    public var complexity: Int
    /// How long a packet lasts.
    public var frameDuration: FrameDuration
    /// Whether silence is sent as next to nothing.
    public var usesDiscontinuousTransmission: Bool
    /// The share of packets that the receiver is expected to lose, in percent: above zero, packets carry a rough copy
    /// of the one before (in-band forward error correction).
    public var expectedLossPercentage: Int

    /// Makes settings; the defaults suit speech in a file.
    public init(
        application: Application = .audio, bitrate: Int? = nil, complexity: Int = 10,
        frameDuration: FrameDuration = .milliseconds20, usesDiscontinuousTransmission: Bool = false,
        expectedLossPercentage: Int = 0
    ) {
        precondition((0...10).contains(complexity), "complexity goes from 0 to 10")
        precondition((0...100).contains(expectedLossPercentage), "a percentage goes from 0 to 100")
        self.application = application
        self.bitrate = bitrate
        self.complexity = complexity
        self.frameDuration = frameDuration
        self.usesDiscontinuousTransmission = usesDiscontinuousTransmission
        self.expectedLossPercentage = expectedLossPercentage
    }

    /// What the encoder favours.
    public enum Application: Hashable, Sendable, CaseIterable {
        /// That speech is understood.
        case voice
        /// That sound is as it was.
        case audio
        /// That it comes soon: 2.5 ms of look-ahead instead of 6.5.
        case lowDelay
    }

    /// How long a packet lasts.
    public enum FrameDuration: Int, Hashable, Sendable, CaseIterable {
        /// 2.5 ms.
        case microseconds2500 = 25
        /// 5 ms.
        case milliseconds5 = 50
        /// 10 ms.
        case milliseconds10 = 100
        /// 20 ms, the usual.
        case milliseconds20 = 200
        /// 40 ms.
        case milliseconds40 = 400
        /// 60 ms.
        case milliseconds60 = 600

        /// Frames of sound in a packet at a rate.
        func frames(at rate: Int) -> Int { rate * rawValue / 10_000 }
    }
}
