internal import COpus
internal import Platform

/// Makes Ogg Opus files (RFC 7845) while the sound still arrives.
///
/// A page goes out whenever `pageInterval` has passed, the headers with the first one: at 20 ms, a listener can start
/// with the first packet. The same input, settings and tags give the same bytes.
///
/// ```swift
/// var writer = try OggOpusWriter(format: PCMFormat(rate: 24_000, channels: 1))
/// while let chunk = try await speech.next() { try writer.write(chunk.samples.span, appendingTo: &bytes) }
/// try writer.finish(appendingTo: &bytes)
/// ```
public struct OggOpusWriter: ~Copyable {
    private var encoder: OpusEncoder
    private let head: [UInt8]
    private let tags: [UInt8]
    private let pageFrameCount: Int
    /// Ticks of the 48 kHz clock of RFC 7845 in a frame of input.
    private let frameScale: Int
    private let fixedSerial: UInt32?
    // Spelled out, since `OggPager?` would be set to nil before an initializer that may throw.
    private var pager: Optional<OggPager>
    private var packets = OpusPackets()
    private var writtenFrameCount = 0
    private var codedFrameCount = 0
    private var waitingPacketFrameCount = 0

    /// The shortest and the longest time between pages.
    public static let pageIntervals: ClosedRange<Duration> = .milliseconds(20)...(.seconds(1))

    /// Begins a file of sound in a format that ``OpusEncoder`` takes.
    ///
    /// A page holds the sound of `pageInterval`, within ``pageIntervals``: short for a live listener, long for little
    /// overhead. Tags without a vendor get libopus as theirs. Without a serial, the stream's number comes from the
    /// content.
    ///
    /// - Throws: `unsupported` when Opus does not code the format.
    public init(
        format: PCMFormat, settings: OpusSettings = OpusSettings(), tags: OpusTags = OpusTags(),
        pageInterval: Duration = .seconds(1), serial: UInt32? = nil
    ) throws(AudioError) {
        precondition(Self.pageIntervals.contains(pageInterval), "a page lasts from 20 ms to 1 s")
        let encoder = try OpusEncoder(format: format, settings: settings)
        frameScale = 48_000 / format.rate
        let preSkip = encoder.lookAhead * frameScale
        head =
            OpusHead(
                channels: format.channels, preSkip: preSkip, inputRate: format.rate, gain: 0,
                mapping: .plain(channels: format.channels)
            ).packet
        var tags = tags
        if tags.vendor.isEmpty { tags.vendor = unsafe String(cString: opus_get_version_string()) }
        self.tags = tags.packet
        pageFrameCount = Int(pageInterval / .microseconds(1)) * format.rate / 1_000_000
        fixedSerial = serial
        pager = nil
        self.encoder = encoder
    }

    /// Codes samples and appends the pages that are ready.
    public mutating func write(_ samples: Span<Float>, appendingTo bytes: inout [UInt8]) throws(AudioError) {
        writtenFrameCount += samples.count / encoder.format.channels
        try encoder.encode(samples, appendingTo: &packets)
        try layPackets(isEnd: false, appendingTo: &bytes)
    }

    /// Ends the file and appends its last page, which tells a player where the sound ends to the sample.
    public consuming func finish(appendingTo bytes: inout [UInt8]) throws(AudioError) {
        // The encoder is behind by its look-ahead, which is never zero: at least one packet is still to come.
        let uncoded = encoder.lookAhead + writtenFrameCount - codedFrameCount
        let length = encoder.packetFrameCount
        let silence = (uncoded + length - 1) / length * length - encoder.waitingFrameCount
        try encoder.encode(
            [Float](repeating: 0, count: silence * encoder.format.channels).span, appendingTo: &packets)
        try layPackets(isEnd: true, appendingTo: &bytes)
    }
}

extension OggOpusWriter {
    private mutating func layPackets(isEnd: Bool, appendingTo bytes: inout [UInt8]) throws(AudioError) {
        // The headers go out with the first page: until then, its packets are gathered for the serial.
        let frames = packets.indices.count * encoder.packetFrameCount
        if pager == nil {
            guard isEnd || frames >= pageFrameCount else { return }
            try begin(appendingTo: &bytes)
        }
        for index in packets.indices {
            codedFrameCount += encoder.packetFrameCount
            waitingPacketFrameCount += encoder.packetFrameCount
            let isLast = isEnd && index == packets.indices.upperBound - 1
            let granule = (isLast ? encoder.lookAhead + writtenFrameCount : codedFrameCount) * frameScale
            try pager?.add(packets[index].span, granule: Int64(granule), isLast: isLast, appendingTo: &bytes)
            if isLast || waitingPacketFrameCount >= pageFrameCount {
                pager?.flush(appendingTo: &bytes)
                waitingPacketFrameCount = 0
            }
        }
        packets.removeAll()
    }

    /// Writes both headers, each on pages of its own (RFC 7845, section 3), once the first packet can give the serial.
    private mutating func begin(appendingTo bytes: inout [UInt8]) throws(AudioError) {
        var pager = try OggPager(serial: fixedSerial ?? contentSerial())
        for header in [head, tags] {
            try pager.add(header.span, granule: 0, appendingTo: &bytes)
            pager.flush(appendingTo: &bytes)
        }
        self.pager = consume pager
    }

    /// A number that depends on nothing but what is in the file: its headers and its first page.
    private func contentSerial() -> UInt32 {
        var digest = SHA256()
        digest.update(head.span)
        digest.update(tags.span)
        let pagePacketCount = (pageFrameCount + encoder.packetFrameCount - 1) / encoder.packetFrameCount
        for index in packets.indices.prefix(pagePacketCount) { digest.update(packets[index].span) }
        return digest.finish().prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }
}
