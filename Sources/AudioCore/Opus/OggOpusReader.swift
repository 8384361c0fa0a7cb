/// Reads Ogg Opus (RFC 7845) piece by piece, however the bytes are cut: sound at 48 kHz.
///
/// Chained streams follow one another; the beginning and the end are trimmed to the sample; the header's gain is
/// applied; what is lost between pages becomes silence of the same length, so that everything keeps its time. Beside
/// other streams in the file, the first one of Opus is read. A file without Opus is refused with the name of what it
/// holds.
public struct OggOpusReader: ~Copyable {
    /// The rate, 48 kHz, and the channels of the first stream, once its header has been read.
    public private(set) var format: PCMFormat?
    /// What the current stream says about itself, once its header has been read.
    public private(set) var tags: OpusTags?
    /// Frames of silence that stand for lost pages.
    public private(set) var lostFrameCount = 0

    private var pages = OggPageParser()
    private var link: OpusLink?
    private var foreignCodec: String?
    private var hasSound = false
    private var hasSeenPage = false
    /// A stream of the chain gave way to the next before its last page.
    private var hasCutLink = false

    /// The most bytes that headers may have: a cover picture is among them.
    public static let maximumHeaderByteCount = 64 << 20

    /// Makes a reader that waits for the first byte of a file.
    public init() {}

    /// Reads bytes and appends the samples of the pages that they complete.
    ///
    /// - Throws: `malformedInput` when this is no Ogg file or holds no Opus, `limitExceeded` when a header is too large.
    public mutating func read(_ bytes: Span<UInt8>, appendingTo samples: inout [Float]) throws(AudioError) {
        try pages.append(bytes)
        while true {
            switch pages.next() {
            case .page:
                hasSeenPage = true
                try readPage(appendingTo: &samples)
            case .needsMore: return
            case .skipped:
                guard hasSeenPage else { throw AudioError(.malformedInput, "not an Ogg file") }
            }
        }
    }

    /// Whether a stream ends before its last page: a cut file.
    public var isCut: Bool { hasCutLink || isLinkCut }

    private var isLinkCut: Bool {
        switch link {
        case .some(let current): !current.hasEnded
        case .none: true
        }
    }

    /// Ends the file.
    ///
    /// - Throws: `malformedInput` when no Opus was in it, or when it is cut before any sound.
    public consuming func finish() throws(AudioError) {
        guard format != nil else {
            throw AudioError(.malformedInput, hasSeenPage ? noOpusMessage : "not an Ogg file, or one that is cut short")
        }
        guard hasSound || !isCut else {
            throw AudioError(.malformedInput, "an Ogg Opus file that is cut before its sound")
        }
    }

    private var noOpusMessage: String {
        foreignCodec.map { "an Ogg file of \($0), not of Opus" } ?? "an Ogg file without Opus, or cut in its header"
    }

    private mutating func readPage(appendingTo samples: inout [Float]) throws(AudioError) {
        if pages.isFirst {
            // A stream that begins after the headers of ours is the next link of a chain.
            if isBetweenLinks { try beginLink() }
            return
        }
        guard var current = link.take() else {
            guard format != nil || foreignCodec == nil else { throw AudioError(.malformedInput, noOpusMessage) }
            return
        }
        if pages.serial == current.serial {
            try current.readPage(&pages)
            if current.isReady { give(&current, appendingTo: &samples) }
        }
        link = consume current
    }

    private mutating func give(_ link: inout OpusLink, appendingTo samples: inout [Float]) {
        let target = format ?? PCMFormat(rate: 48_000, channels: link.channels)
        format = target
        tags = link.tags
        let before = samples.count
        defer { hasSound = hasSound || samples.count > before }
        lostFrameCount += link.decode(into: target, appendingTo: &samples)
    }

    private var isBetweenLinks: Bool {
        switch link {
        case .some(let current): current.isReady
        case .none: true
        }
    }

    private mutating func beginLink() throws(AudioError) {
        var packets = try OggPacketParser(serial: pages.serial)
        packets.append(pageOf: &pages)
        guard let first = packets.next() else { return }
        if first.starts(with: OpusHead.magic) {
            hasCutLink = hasCutLink || (format != nil && isLinkCut)
            link = try OpusLink(head: OpusHead(packet: first.span), packets: packets)
        } else if foreignCodec == nil {
            foreignCodec = Self.codecName(of: first)
        }
    }

    /// What a stream's first packet says that it is.
    private static func codecName(of packet: [UInt8]) -> String {
        let names: [(magic: [UInt8], name: String)] = [
            (Array("\u{1}vorbis".utf8), "Vorbis"), (Array("\u{7F}FLAC".utf8), "FLAC"), (Array("Speex".utf8), "Speex"),
            ([0x80] + Array("theora".utf8), "Theora video"), (Array("fishead".utf8), "a skeleton"),
        ]
        return names.first { packet.starts(with: $0.magic) }?.name ?? "an unknown codec"
    }
}
