/// Codes sound as it comes, for a reader who cannot go back: the body of an answer, a socket.
///
/// ```swift
/// var encoder = try SoundEncoder(OutputSettings(kind: .mp3), format: format)
/// while let chunk = try await speech.next() { try encoder.encode(chunk.samples.span, appendingTo: &bytes) }
/// try encoder.finish(appendingTo: &bytes)
/// ```
public struct SoundEncoder: ~Copyable {
    // One of them codes.
    private var pcm: PCMEncoder?
    private var wav: WAVWriter?
    private var opus: Optional<OggOpusWriter> = nil
    private var soundFile: Optional<SoundFileWriter> = nil
    private var isBegun = false

    /// Begins to code sound in a format that the kind holds, see ``OutputSettings/Kind/nearest(to:)``.
    ///
    /// - Throws: `unsupported` when the kind cannot hold it.
    public init(_ settings: OutputSettings, format: PCMFormat) throws(AudioError) {
        switch settings.kind {
        case .pcm: pcm = PCMEncoder(settings.encoding)
        case .wav: wav = WAVWriter(format: format, encoding: settings.encoding, target: .stream)
        case .opus:
            var coding = settings.opus
            if let bitrate = settings.bitrate { coding.bitrate = bitrate }
            opus = try OggOpusWriter(
                format: format, settings: coding, tags: settings.tags, pageInterval: settings.pageInterval)
        case .flac, .ogg, .mp3, .aiff, .caf:
            guard let kind = settings.kind.soundFileKind else { preconditionFailure("libsndfile writes the others") }
            soundFile = try SoundFileWriter(
                taking: kind, format: format, encoding: settings.encoding, bitrate: settings.bitrate)
        }
    }

    /// Codes whole frames, and appends the bytes that are ready.
    public mutating func encode(_ samples: Span<Float>, appendingTo bytes: inout [UInt8]) throws(AudioError) {
        begin(appendingTo: &bytes)
        pcm?.encode(samples, appendingTo: &bytes)
        bytes += wav?.encode(samples) ?? []
        try opus?.write(samples, appendingTo: &bytes)
        try soundFile?.write(samples)
        soundFile?.takeBytes(appendingTo: &bytes)
    }

    /// Ends the sound, and appends the last bytes.
    public consuming func finish(appendingTo bytes: inout [UInt8]) throws(AudioError) {
        begin(appendingTo: &bytes)
        bytes += wav?.finish().padding ?? []
        try opus.take()?.finish(appendingTo: &bytes)
        try soundFile.take()?.finish(appendingTo: &bytes)
    }

    private mutating func begin(appendingTo bytes: inout [UInt8]) {
        guard !isBegun else { return }
        isBegun = true
        bytes += wav?.header() ?? []
    }
}
