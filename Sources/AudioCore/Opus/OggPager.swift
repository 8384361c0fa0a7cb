internal import COgg

/// Lays packets onto the pages of one logical Ogg stream (RFC 3533).
@safe
struct OggPager: ~Copyable {
    private let stream: UnsafeMutablePointer<ogg_stream_state>
    private var packetNumber: Int64 = 0

    /// Begins a stream.
    init(serial: UInt32) throws(AudioError) {
        let memory = UnsafeMutablePointer<ogg_stream_state>.allocate(capacity: 1)
        guard unsafe ogg_stream_init(memory, CInt(bitPattern: serial)) == 0, !Faults.strike("ogg_stream_init") else {
            unsafe memory.deallocate()
            throw AudioError(ogg: "ogg_stream_init", "no memory for an Ogg stream")
        }
        unsafe stream = memory
    }

    deinit {
        unsafe ogg_stream_clear(stream)
        unsafe stream.deallocate()
    }

    /// Adds a packet and appends the pages that are full.
    mutating func add(
        _ packet: Span<UInt8>, granule: Int64, isLast: Bool = false, appendingTo bytes: inout [UInt8]
    ) throws(AudioError) {
        let status = unsafe packet.withUnsafeBufferPointer { source in
            var packet = unsafe ogg_packet(
                packet: UnsafeMutablePointer(mutating: source.baseAddress), bytes: source.count,
                b_o_s: packetNumber == 0 ? 1 : 0, e_o_s: isLast ? 1 : 0, granulepos: granule, packetno: packetNumber)
            return unsafe ogg_stream_packetin(stream, &packet)
        }
        guard status == 0, !Faults.strike("ogg_stream_packetin") else {
            throw AudioError(ogg: "ogg_stream_packetin", "no memory for an Ogg packet")
        }
        packetNumber += 1
        var page = unsafe ogg_page()
        while unsafe ogg_stream_pageout_fill(stream, &page, Self.fullPageByteCount) != 0 {
            unsafe Self.append(page, to: &bytes)
        }
    }

    /// Appends pages with all packets that wait.
    mutating func flush(appendingTo bytes: inout [UInt8]) {
        var page = unsafe ogg_page()
        while unsafe ogg_stream_flush(stream, &page) != 0 { unsafe Self.append(page, to: &bytes) }
    }

    /// The most that a page's 255 segments of 255 bytes hold: pages end by time, not by size.
    private static let fullPageByteCount: CInt = 255 * 255

    private static func append(_ page: ogg_page, to bytes: inout [UInt8]) {
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: page.header, count: page.header_len))
        unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: page.body, count: page.body_len))
    }
}

extension AudioError {
    /// A failure of libogg, which only knows that something failed.
    init(ogg function: String, _ message: String) {
        self.init(.libraryFailure, message, cause: LibraryStatus(function: function, status: -1, text: "failed"))
    }
}
