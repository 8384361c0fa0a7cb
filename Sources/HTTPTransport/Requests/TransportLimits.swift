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
    /// The transfer is paused when so many bytes wait for their reader, who takes them all, and goes on then.
    public var unreadByteCount: Int

    /// Makes limits; those left out are fit for speech that streams.
    public init(
        connecting: Duration = .seconds(10), firstByte: Duration = .seconds(60), silence: Duration = .seconds(30),
        total: Duration? = nil, unreadByteCount: Int = 262_144
    ) {
        precondition(unreadByteCount > 0, "a reader needs something to read")
        self.connecting = connecting
        self.firstByte = firstByte
        self.silence = silence
        self.total = total
        self.unreadByteCount = unreadByteCount
    }
}
