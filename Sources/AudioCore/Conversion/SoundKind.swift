/// What a file is, by its first bytes.
enum SoundKind {
    case wave
    case oggOpus
    /// Left to libsndfile.
    case soundFile
    /// Left to ffmpeg, or to libsndfile where it knows better.
    case other

    /// How many bytes are enough to tell.
    static let headByteCount = 64

    init(head: Span<UInt8>) {
        if Self.startsRIFF(head) {
            self = .wave
        } else if Self.has("OggS", in: head, at: 0) {
            self = Self.has("OpusHead", in: head, at: 28) ? .oggOpus : .soundFile
        } else if Self.soundFileMagics.contains(where: { Self.has($0, in: head, at: 0) }) {
            self = .soundFile
        } else {
            self = .other
        }
    }

    /// FLAC, AIFF, CAF, AU, W64, NIST, MP3 with a tag.
    private static let soundFileMagics = ["fLaC", "FORM", "caff", ".snd", "riff", "NIST", "ID3"]

    private static func startsRIFF(_ head: Span<UInt8>) -> Bool {
        ["RIFF", "RIFX", "RF64", "BW64"].contains { has($0, in: head, at: 0) } && has("WAVE", in: head, at: 8)
    }

    private static func has(_ text: String, in head: Span<UInt8>, at offset: Int) -> Bool {
        let bytes = Array(text.utf8)
        return offset + bytes.count <= head.count && bytes.indices.allSatisfy { head[offset + $0] == bytes[$0] }
    }
}
