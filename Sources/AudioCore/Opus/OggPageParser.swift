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
