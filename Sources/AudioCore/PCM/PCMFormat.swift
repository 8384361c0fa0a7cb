/// What the samples of a piece of sound mean: how many a second, and for how many channels.
public struct PCMFormat: Hashable, Sendable {
    /// Frames per second.
    public let rate: Int
    /// Samples per frame.
    public let channels: Int

    /// Makes a format.
    ///
    /// - Precondition: both numbers are positive.
    public init(rate: Int, channels: Int) {
        precondition(rate > 0 && channels > 0, "a format has a rate and channels")
        self.rate = rate
        self.channels = channels
    }
}

extension PCMFormat: CustomStringConvertible {
    /// The format in words, such as `48000 Hz, stereo`.
    public var description: String {
        let names = [1: "mono", 2: "stereo"]
        return "\(rate) Hz, \(names[channels] ?? "\(channels) channels")"
    }
}
