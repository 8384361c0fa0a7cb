/// How long each part of an exchange may take, and how much of it is kept in memory.
public struct TransportLimits: Hashable, Sendable {
    /// From the first packet to a connection that is secure.
    public var connecting: Duration
    /// From the last byte sent to the first byte of the answer.
    public var firstByte: Duration
    /// Between two pieces of the answer, while somebody reads them.
    public var silence: Duration
    /// For all of it, or nil for no limit.
    public var total: Duration?
    /// The transfer is paused when so many bytes wait for their reader.
    public var highWaterByteCount: Int
    /// It goes on when no more than so many are left.
    public var lowWaterByteCount: Int

    /// Makes limits; those left out are fit for speech that streams.
    public init(
        connecting: Duration = .seconds(10), firstByte: Duration = .seconds(60), silence: Duration = .seconds(30),
        total: Duration? = nil, highWaterByteCount: Int = 262_144, lowWaterByteCount: Int = 65_536
    ) {
        precondition(
            0 <= lowWaterByteCount && lowWaterByteCount < highWaterByteCount, "the low mark lies below the high")
        self.connecting = connecting
        self.firstByte = firstByte
        self.silence = silence
        self.total = total
        self.highWaterByteCount = highWaterByteCount
        self.lowWaterByteCount = lowWaterByteCount
    }
}
