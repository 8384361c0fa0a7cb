internal import COgg

/// Puts packets together from the pages of one logical stream.
struct OggPacketParser: ~Copyable {
    private let stream: OggStream

    init(serial: Int32) throws(AudioError) { stream = try OggStream(serial: serial) }

    var serial: Int32 { stream.serial }

    /// Takes in the current page of a parser.
    mutating func append(pageOf pages: inout OggPageParser) {
        // It refuses pages of other streams and other versions, which are then as good as lost.
        _ = unsafe pages.submit(to: stream.pointer)
    }

    /// The next packet, or nil when none is complete; gaps between packets are passed over.
    mutating func next() -> [UInt8]? {
        var packet = unsafe ogg_packet()
        while true {
            switch unsafe ogg_stream_packetout(stream.pointer, &packet) {
            case 1: return unsafe Array(UnsafeBufferPointer(start: packet.packet, count: packet.bytes))
            case 0: return nil
            default: continue
            }
        }
    }
}
