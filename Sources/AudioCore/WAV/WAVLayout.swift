/// How a WAVE file writes its sound: what its format chunk says.
public struct WAVLayout: Hashable, Sendable {
    /// The rate and the channels.
    public let format: PCMFormat
    /// How a sample is written.
    public let encoding: SampleEncoding
    /// Which byte of a sample comes first.
    public let order: ByteOrder

    /// The most channels that a file may have.
    public static let maximumChannelCount = 1_024

    /// The highest rate that a file may have.
    public static let maximumRate = 10_000_000

    /// The bytes of one frame.
    public var frameByteCount: Int { encoding.byteCount * format.channels }

    /// A decoder for the bytes of the data chunk.
    func decoder() -> PCMDecoder { PCMDecoder(encoding, channels: format.channels, order: order) }
}

extension WAVLayout {
    /// Reads a format chunk: 16 bytes, or up to 40 of an extensible one (RFC 2361; Microsoft's WAVEFORMATEXTENSIBLE).
    init(formatChunk body: Span<UInt8>, order: ByteOrder) throws(AudioError) {
        let channels = Int(body.number(UInt16.self, at: 2, order))
        let rate = Int(body.number(UInt32.self, at: 4, order))
        guard channels > 0, rate > 0 else {
            throw AudioError(.malformedInput, "the header says \(channels) channels at \(rate) Hz")
        }
        guard channels <= Self.maximumChannelCount else {
            throw AudioError(
                .limitExceeded, "\(channels) channels, where \(Self.maximumChannelCount) is the most that is read")
        }
        guard rate <= Self.maximumRate else {
            throw AudioError(.limitExceeded, "\(rate) Hz, where \(Self.maximumRate) is the most that is read")
        }
        format = PCMFormat(rate: rate, channels: channels)
        self.order = order
        let frameByteCount = Int(body.number(UInt16.self, at: 12, order))
        encoding = try Self.encoding(
            codec: Self.codec(of: body, order), bits: Int(body.number(UInt16.self, at: 14, order)),
            container: frameByteCount / channels)
    }

    /// The codec's number, from within an extensible format when it is one of those that are made from plain numbers.
    private static func codec(of body: Span<UInt8>, _ order: ByteOrder) -> Int {
        let plain = Int(body.number(UInt16.self, at: 0, order))
        let extensible = 0xFFFE
        guard plain == extensible, body.count >= 40 else { return plain }
        let tail: [UInt8] = [0x80, 0x00, 0x00, 0xAA, 0x00, 0x38, 0x9B, 0x71]
        let isPlainNumber = tail.indices.allSatisfy { body[32 + $0] == tail[$0] }
        return isPlainNumber ? Int(body.number(UInt32.self, at: 24, order)) : extensible
    }

    /// How a sample is written, by its bits, of which only the number of bytes counts (20 bits are stored as 24), and by
    /// the bytes that the frame size leaves for it, where they are more.
    private static func encoding(codec: Int, bits: Int, container: Int) throws(AudioError) -> SampleEncoding {
        let bytes = (bits + 7) / 8
        switch (codec, bytes) {
        case (1, 1): return .unsigned8
        case (1, 2): return .signed16
        case (1, 3) where container == 4:
            // Some writers fill the low three bytes, some readers take the bytes as packed: any guess is noise to some.
            throw AudioError(.malformedInput, "samples of 24 bits in 4 bytes, without a word on which bytes they are")
        case (1, 3): return .signed24
        case (1, 4): return .signed32
        case (3, 4): return .float32
        case (3, 8): return .float64
        case (6, 1): return .aLaw
        case (7, 1): return .muLaw
        case (1, 0), (3, 0), (6, 0), (7, 0):
            throw AudioError(.malformedInput, "the header says samples of no bits")
        case (1, _), (3, _), (6, _), (7, _):
            throw AudioError(.unsupported, "samples of \(bits) bits in WAVE codec \(codec)")
        default:
            let name = codecNames[codec].map { " (\($0))" } ?? ""
            throw AudioError(.unsupported, "WAVE codec \(codec)\(name)", remedy: "convert the file with ffmpeg first")
        }
    }

    /// The numbers of RFC 2361 that one may meet.
    private static let codecNames = [
        0x02: "Microsoft ADPCM", 0x11: "IMA ADPCM", 0x31: "GSM 6.10", 0x40: "G.721", 0x55: "MP3",
    ]
}
