/// One logical Opus stream of an Ogg file: its header, then pages of sound, each put at its place in time.
struct OpusLink: ~Copyable {
    let channels: Int
    private(set) var tags: OpusTags?
    private var packets: OggPacketParser
    private var decoder: OpusDecoder
    private var preSkip: Int
    /// Ticks of the 48 kHz clock at the end of what has been decoded, once the first page has told.
    private var position: Int?
    /// Bytes of pages since the last whole packet.
    private var unfinishedByteCount = 0
    private var page = Page()

    /// What the current page completes.
    private struct Page {
        var packets: [[UInt8]] = []
        var granule: Int64 = -1
        var isLast = false
    }

    private var decodedFrameCount = 0
    private var silentFrameCount = 0

    /// Silence may stand for gaps up to a minute and ten times the sound that is there: more is a lie of the clock.
    private var silenceLeft: Int { max(60 * 48_000 + 10 * decodedFrameCount - silentFrameCount, 0) }

    init(head: OpusHead, packets: consuming OggPacketParser) throws(AudioError) {
        decoder = try OpusDecoder(head)
        channels = head.channels
        preSkip = head.preSkip
        self.packets = packets
    }

    var serial: Int32 { packets.serial }

    /// The last page of the stream has been read.
    var hasEnded: Bool { page.isLast }

    /// Both headers have been read.
    var isReady: Bool { tags != nil }

    /// Takes in the current page of a parser, whose sound ``decode(into:appendingTo:)`` gives.
    mutating func readPage(_ pages: inout OggPageParser) throws(AudioError) {
        unfinishedByteCount += pages.bodyByteCount
        packets.append(pageOf: &pages)
        page = Page(granule: pages.granule, isLast: pages.isLast)
        while let packet = packets.next() {
            unfinishedByteCount = 0
            if isReady {
                page.packets.append(packet)
            } else if packet.starts(with: OpusTags.magic) {
                tags = OpusTags(packet: packet.span)
            } else {
                throw AudioError(.malformedInput, "an Opus stream without its comments")
            }
        }
        guard unfinishedByteCount <= OggOpusReader.maximumHeaderByteCount else {
            throw AudioError(
                .limitExceeded, "an Opus packet of more than \(OggOpusReader.maximumHeaderByteCount) bytes")
        }
    }

    /// Decodes the page and appends what belongs to the sound, in the channels of a format.
    ///
    /// - Returns: how many frames of silence were put in for what is lost.
    mutating func decode(into format: PCMFormat, appendingTo samples: inout [Float]) -> Int {
        var sound: [Float] = []
        for packet in page.packets {
            guard let count = OpusDecoder.frameCount(of: packet), count <= OpusDecoder.maximumFrameCount else {
                continue
            }
            decoder.decode(packet, frameCount: count, appendingTo: &sound)
        }
        page.packets = []
        decodedFrameCount += sound.count / channels
        let gap = advance(by: sound.count / channels)
        trimEnd(of: &sound)
        trimStart(of: &sound)
        let mixer = ChannelMixer(from: channels, to: format.channels)
        samples += [Float](repeating: 0, count: gap * format.channels)
        mixer.mix(sound.span, appendingTo: &samples)
        return gap
    }

    /// Moves the clock over the frames of this page and returns how many are missing before them.
    private mutating func advance(by frames: Int) -> Int {
        guard page.granule >= 0, frames > 0 else {
            position = position.map { $0 + frames }
            return 0
        }
        let end = Int(clamping: page.granule)
        guard let before = position else {
            // The first page of sound: a stream may have been cut out of a longer one. RFC 7845, section 4.5: only a
            // last page may end before its packets do.
            position = page.isLast ? max(end, frames) : end
            return 0
        }
        let gap = min(max(end - before - frames, 0), silenceLeft)
        silentFrameCount += gap
        position = max(before + frames, end)
        return gap
    }

    /// Drops what a last page says is beyond the end of the sound.
    private mutating func trimEnd(of sound: inout [Float]) {
        guard page.isLast, page.granule >= 0, let position else { return }
        let excess = min(max(position - Int(clamping: page.granule), 0), sound.count / channels)
        sound.removeLast(excess * channels)
    }

    /// Drops the frames that the encoder says are from before the beginning.
    private mutating func trimStart(of sound: inout [Float]) {
        let skipped = min(preSkip, sound.count / channels)
        sound.removeFirst(skipped * channels)
        preSkip -= skipped
    }
}
