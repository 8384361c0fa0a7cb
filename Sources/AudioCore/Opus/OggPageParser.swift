internal import COgg

/// Finds Ogg pages in bytes that are cut anywhere.
@safe
struct OggPageParser: ~Copyable {
    private let sync: UnsafeMutablePointer<ogg_sync_state>
    private var page = unsafe ogg_page()

    init() {
        unsafe sync = UnsafeMutablePointer<ogg_sync_state>.allocate(capacity: 1)
        unsafe ogg_sync_init(sync)
    }

    deinit {
        unsafe ogg_sync_clear(sync)
        unsafe sync.deallocate()
    }

    /// What the bytes so far hold next.
    enum Finding {
        case page
        case needsMore
        /// Bytes that belong to no page were passed over.
        case skipped
    }

    /// Takes in bytes.
    mutating func append(_ bytes: Span<UInt8>) throws(AudioError) {
        guard !bytes.isEmpty else { return }
        let status = unsafe bytes.withUnsafeBufferPointer { source in
            guard let base = source.baseAddress else { return CInt(0) }
            guard let room = unsafe ogg_sync_buffer(sync, source.count) else { return CInt(-1) }
            unsafe UnsafeMutableRawPointer(room).copyMemory(from: base, byteCount: source.count)
            return unsafe ogg_sync_wrote(sync, source.count)
        }
        guard status == 0, !Faults.strike("ogg_sync_wrote") else {
            throw AudioError(ogg: "ogg_sync_wrote", "no memory for Ogg pages")
        }
    }

    /// Looks for the next page, which stays current until the next call.
    mutating func next() -> Finding {
        switch unsafe ogg_sync_pageout(sync, &page) {
        case 1: .page
        case 0: .needsMore
        default: .skipped
        }
    }

    var serial: Int32 { unsafe withUnsafePointer(to: page) { unsafe ogg_page_serialno($0) } }
    var isFirst: Bool { unsafe withUnsafePointer(to: page) { unsafe ogg_page_bos($0) != 0 } }
    var isLast: Bool { unsafe withUnsafePointer(to: page) { unsafe ogg_page_eos($0) != 0 } }
    /// The granule position: for Opus, where the last packet that ends on the page ends; −1 when none does.
    var granule: Int64 { unsafe withUnsafePointer(to: page) { unsafe ogg_page_granulepos($0) } }
    var bodyByteCount: Int { unsafe page.body_len }

    /// Lends the page to a stream.
    mutating func submit(to stream: UnsafeMutablePointer<ogg_stream_state>) -> CInt {
        unsafe ogg_stream_pagein(stream, &page)
    }
}

/// Puts packets together from the pages of one logical stream.
@safe
struct OggPacketParser: ~Copyable {
    let serial: Int32
    private let stream: UnsafeMutablePointer<ogg_stream_state>

    init(serial: Int32) throws(AudioError) {
        let memory = UnsafeMutablePointer<ogg_stream_state>.allocate(capacity: 1)
        guard unsafe ogg_stream_init(memory, serial) == 0, !Faults.strike("ogg_stream_init") else {
            unsafe memory.deallocate()
            throw AudioError(ogg: "ogg_stream_init", "no memory for an Ogg stream")
        }
        unsafe stream = memory
        self.serial = serial
    }

    deinit {
        unsafe ogg_stream_clear(stream)
        unsafe stream.deallocate()
    }

    /// Takes in the current page of a parser.
    mutating func append(pageOf pages: inout OggPageParser) {
        // It refuses pages of other streams and other versions, which are then as good as lost.
        _ = unsafe pages.submit(to: stream)
    }

    /// The next packet, or nil when none is complete; gaps between packets are passed over.
    mutating func next() -> [UInt8]? {
        var packet = unsafe ogg_packet()
        while true {
            switch unsafe ogg_stream_packetout(stream, &packet) {
            case 1: return unsafe Array(UnsafeBufferPointer(start: packet.packet, count: packet.bytes))
            case 0: return nil
            default: continue
            }
        }
    }
}
