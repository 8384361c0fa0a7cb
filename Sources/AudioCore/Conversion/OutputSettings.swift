/// What kind of file sound is written to, and how.
public struct OutputSettings: Sendable {
    /// The kind of file.
    public var kind: Kind
    /// How samples are stored in kinds that leave a choice, see ``Kind/encodings``.
    public var encoding: SampleEncoding
    /// Bits per second in kinds that take a bitrate, or nil for the encoder's choice.
    public var bitrate: Int?
    /// How Opus is coded; the bitrate above goes before its own.
    public var opus: OpusSettings
    /// What an Opus file says about itself.
    public var tags: OpusTags
    /// The sound in a page of an Opus file.
    public var pageInterval: Duration

    /// Makes settings.
    public init(
        kind: Kind, encoding: SampleEncoding = .signed16, bitrate: Int? = nil, opus: OpusSettings = OpusSettings(),
        tags: OpusTags = OpusTags(), pageInterval: Duration = .seconds(1)
    ) {
        self.kind = kind
        self.encoding = encoding
        self.bitrate = bitrate
        self.opus = opus
        self.tags = tags
        self.pageInterval = pageInterval
    }

    /// The kinds of files that are written.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// WAVE.
        case wav
        /// Samples without a header, lowest byte first.
        case pcm
        /// Free Lossless Audio Codec.
        case flac
        /// Opus in Ogg.
        case opus
        /// Vorbis in Ogg.
        case ogg
        /// MPEG-1 and 2, layer III.
        case mp3
        /// Audio Interchange File Format.
        case aiff
        /// Core Audio Format.
        case caf

        /// The kind that a file's name asks for.
        public init?(path: String) {
            guard let dot = path.lastIndex(of: "."), path[dot...].firstIndex(of: "/") == nil else { return nil }
            let suffix = path[path.index(after: dot)...].lowercased()
            let others = ["wave": Kind.wav, "raw": .pcm, "oga": .ogg, "aif": .aiff]
            guard let kind = Kind(rawValue: suffix) ?? others[suffix] else { return nil }
            self = kind
        }
    }
}

extension OutputSettings.Kind {
    /// The ways in which samples can be stored; none where the codec decides.
    public var encodings: [SampleEncoding] {
        switch self {
        case .wav, .pcm, .aiff, .caf: [.signed16, .signed24, .float32]
        case .flac: [.signed16, .signed24]
        case .opus, .ogg, .mp3: []
        }
    }

    /// The bits per second that can be asked for; nil where there is no choice.
    public var bitrates: ClosedRange<Int>? {
        switch self {
        case .opus: 6_000...510_000
        case .mp3: 8_000...320_000
        case .wav, .pcm, .flac, .ogg, .aiff, .caf: nil
        }
    }

    /// The format nearest to another that this kind can hold.
    public func nearest(to format: PCMFormat) -> PCMFormat {
        switch self {
        case .opus:
            let rate = OpusEncoder.rates.first { $0 >= format.rate } ?? 48_000
            return PCMFormat(rate: rate, channels: min(format.channels, 2))
        case .mp3:
            let rates = [8_000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000]
            return PCMFormat(rate: rates.first { $0 >= format.rate } ?? 48_000, channels: min(format.channels, 2))
        case .ogg: return PCMFormat(rate: min(format.rate, 192_000), channels: min(format.channels, 8))
        case .flac: return PCMFormat(rate: min(format.rate, 655_350), channels: min(format.channels, 8))
        default: return format
        }
    }
}
