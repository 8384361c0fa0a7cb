internal import COpus

/// Opus packets one after the other, each with its own length.
public struct OpusPackets: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    /// Makes an empty list.
    public init() {}

    /// The places of the packets.
    public var indices: Range<Int> { ends.indices }

    /// The bytes of a packet.
    public subscript(index: Int) -> ArraySlice<UInt8> {
        bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
    }

    /// Forgets all packets and keeps their memory.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }

    /// Lends room for a packet to a C function that returns the packet's length, or a negative status.
    mutating func append(
        room: Int, _ body: (UnsafeMutablePointer<UInt8>, _ room: Int) -> CInt
    ) -> CInt {
        var status: CInt = OPUS_BAD_ARG
        bytes.append(addingCapacity: room) { free in
            unsafe free.withUnsafeMutableBufferPointer { target, initialized in
                guard let base = target.baseAddress else { return }
                status = unsafe body(base, room)
                initialized = Int(max(status, 0))
            }
        }
        if status > 0 { ends.append(bytes.count) }
        return status
    }
}
