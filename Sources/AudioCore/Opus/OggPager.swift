internal import COgg

/// Lays packets onto the pages of one logical Ogg stream (RFC 3533).
struct OggPager: ~Copyable {
    private let stream: OggStream
    private var packetNumber: Int64 = 0

    /// Begins a stream.
    init(serial: UInt32) throws(AudioError) {
        stream = try OggStream(serial: Int32(bitPattern: serial))
    }

    /// Adds a packet and appends the pages that are full.
    mutating func add(
        _ packet: Span<UInt8>, granule: Int64, isLast: Bool = false, appendingTo bytes: inout [UInt8]
    ) throws(AudioError) {
        let status = unsafe packet.withUnsafeBufferPointer { source in
            var packet = unsafe ogg_packet(
                packet: UnsafeMutablePointer(mutating: source.baseAddress), bytes: source.count,
                b_o_s: packetNumber == 0 ? 1 : 0, e_o_s: isLast ? 1 : 0, granulepos: granule, packetno: packetNumber)
            return unsafe ogg_stream_packetin(stream.pointer, &packet)
        }
        guard status == 0, !Faults.strike("ogg_stream_packetin") else {
            throw AudioError(ogg: "ogg_stream_packetin", "no memory for an Ogg packet")
        }
        packetNumber += 1
        var page = unsafe ogg_page()
        while unsafe ogg_stream_pageout_fill(stream.pointer, &page, Self.fullPageByteCount) != 0 {
            unsafe Self.append(page, to: &bytes)
        }
    }

    /// Appends pages with all packets that wait.
    mutating func flush(appendingTo bytes: inout [UInt8]) {
        var page = unsafe ogg_page()
        while unsafe ogg_stream_flush(stream.pointer, &page) != 0 { unsafe Self.append(page, to: &bytes) }
    }

    /// The most that a page's 255 segments of 255 bytes hold: pages end by time, not by size.
    private static let fullPageByteCount: CInt = 255 * 255

    private static func append(_ page: ogg_page, to bytes: inout [UInt8]) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: page.header, count: page.header_len))
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: page.body, count: page.body_len))
    }
}
