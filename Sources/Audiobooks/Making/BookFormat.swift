internal import AudioCore

/// The kinds of files that a book of sound is written to.
public enum BookFormat: String, Hashable, Sendable, CaseIterable {
    /// AAC in MPEG-4, as most players of audiobooks want it; made by ffmpeg.
    case m4b
    /// Opus in Ogg, the smallest.
    case opus
    /// MPEG layer III with ID3 tags, which everything plays; made by ffmpeg.
    case mp3
    /// Without loss; made by ffmpeg.
    case flac
    /// Samples as they are, of any length, without chapters and tags.
    case wav

    /// The format that a file's name asks for.
    public init?(path: String) {
        guard let dot = path.lastIndex(of: "."), path[dot...].firstIndex(of: "/") == nil else { return nil }
        let ending = path[path.index(after: dot)...].lowercased()
        let others = ["m4a": BookFormat.m4b, "mp4": .m4b, "ogg": .opus, "oga": .opus, "wave": .wav]
        guard let format = BookFormat(rawValue: ending) ?? others[ending] else { return nil }
        self = format
    }

    /// Whether ffmpeg makes it.
    public var needsFFmpeg: Bool { chaptered != nil }

    /// The bits per second that can be asked for; nil where there is no choice.
    public var bitrates: ClosedRange<Int>? {
        switch self {
        case .m4b: 16_000...320_000
        case .opus: 6_000...510_000
        case .mp3: 8_000...320_000
        case .flac, .wav: nil
        }
    }

    /// The highest true peak before coding, in dB of full scale: codecs lift peaks by up to a decibel.
    public var ceiling: Double {
        switch self {
        case .m4b, .opus, .mp3: -2
        case .flac, .wav: -1
        }
    }

    var chaptered: ChapteredSound.Kind? {
        switch self {
        case .m4b: .m4b
        case .mp3: .mp3
        case .flac: .flac
        case .opus, .wav: nil
        }
    }
}
