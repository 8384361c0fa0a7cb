internal import COgg

/// Lays packets onto the pages of one logical Ogg stream (RFC 3533).
struct OggPager: ~Copyable {
    private let stream: OggStream
    private var packetNumber: Int64 = 0
    /// Segments of the packets that wait for their page, each 255 bytes at most.
    private var waitingSegmentCount = 0

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
        waitingSegmentCount += packet.count / Self.segmentByteCount + 1
        // Asked for every packet, the library would walk over all that wait each time: half of what packaging cost.
        if waitingSegmentCount >= Self.segmentsPerPage { appendFullPages(to: &bytes) }
    }

    /// Appends pages with all packets that wait.
    mutating func flush(appendingTo bytes: inout [UInt8]) {
        var page = unsafe ogg_page()
        while unsafe ogg_stream_flush(stream.pointer, &page) != 0 { unsafe Self.append(page, to: &bytes) }
        waitingSegmentCount = 0
    }

    private mutating func appendFullPages(to bytes: inout [UInt8]) {
        let fullPage = CInt(Self.segmentsPerPage * Self.segmentByteCount)
        var page = unsafe ogg_page()
        while unsafe ogg_stream_pageout_fill(stream.pointer, &page, fullPage) != 0 {
            waitingSegmentCount -= unsafe Int(page.header_len) - Self.plainHeaderByteCount
            unsafe Self.append(page, to: &bytes)
        }
    }

    // RFC 3533, section 6: a page has up to 255 segments of up to 255 bytes, its header a byte for each after 27.
    private static let segmentsPerPage = 255
    private static let segmentByteCount = 255
    private static let plainHeaderByteCount = 27

    private static func append(_ page: ogg_page, to bytes: inout [UInt8]) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: page.header, count: page.header_len))
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: page.body, count: page.body_len))
    }
}
