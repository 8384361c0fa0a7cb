internal import Platform

/// A file of sound that is being written, whole or not at all: it has its name only once it is finished.
///
/// ```swift
/// var output = try AudioOutput(path: "speech.opus", settings: OutputSettings(kind: .opus), format: format)
/// while let chunk = try await speech.next() { try output.write(chunk.samples.span) }
/// try output.finish()
/// ```
public struct AudioOutput: ~Copyable {
    private let sink: AnySink

    /// Begins a file, for so many frames when that is known.
    ///
    /// - Throws: `unsupported` when the kind of file cannot hold the format.
    public init(
        path: String, settings: OutputSettings, format: PCMFormat, expectedFrameCount: Int? = nil
    ) throws(AudioError) {
        if let kind = settings.kind.soundFileKind {
            sink = SoundFileSink(
                try SoundFileWriter(
                    path: path, kind: kind, format: format, encoding: settings.encoding, bitrate: settings.bitrate))
            return
        }
        let file = try withAudioErrors { () throws(SystemError) in try OutputFile(path) }
        sink = try Self.ownSink(file, settings, format, expectedFrameCount)
    }

    /// Begins writing to standard output, which is not read back: WAVE and Opus go out as they are made, the kinds that
    /// are mended at their end once they are whole.
    package init(standardOutput settings: OutputSettings, format: PCMFormat) throws(AudioError) {
        if settings.kind.soundFileKind != nil {
            let file = try withAudioErrors { () throws(SystemError) in try TemporaryFile(suffix: ".sound") }
            let inner = try AudioOutput(path: file.path, settings: settings, format: format)
            sink = CopyingSink(inner.sink, file: file)
        } else {
            sink = try Self.ownSink(.standardOutput, settings, format, nil)
        }
    }

    /// Writes whole frames.
    public mutating func write(_ samples: Span<Float>) throws(AudioError) { try sink.write(samples) }

    /// Writes the end and gives the file its name.
    public consuming func finish() throws(AudioError) { try sink.finish() }

    private static func ownSink(
        _ file: consuming OutputFile, _ settings: OutputSettings, _ format: PCMFormat, _ expected: Int?
    ) throws(AudioError) -> AnySink {
        switch settings.kind {
        case .opus: return try OpusSink(file, settings, format)
        case .pcm: return PCMSink(file, settings)
        default: return try WAVSink(file, settings, format, expected)
        }
    }
}

extension OutputSettings.Kind {
    /// What libsndfile calls this kind, when it is left to it.
    var soundFileKind: SoundFileWriter.Kind? {
        switch self {
        case .wav, .pcm, .opus: nil
        case .flac: .flac
        case .ogg: .vorbis
        case .mp3: .mp3
        case .aiff: .aiff
        case .caf: .caf
        }
    }
}

// MARK: - Where the sound goes

/// A writer whose type is not known any more.
private class AnySink {
    func write(_ samples: Span<Float>) throws(AudioError) { preconditionFailure("every sink writes") }
    func finish() throws(AudioError) { preconditionFailure("every sink ends") }
}

/// Bytes on their way into a file: gathered for a file of ours, passed on at once to whoever listens at a pipe.
private class ByteSink: AnySink {
    private var file: Optional<OutputFile>
    private var gathered: [UInt8] = []
    private let gatheredByteCount: Int
    let isSeekable: Bool

    init(_ file: consuming OutputFile) {
        isSeekable = file.isSeekable
        gatheredByteCount = file.isSeekable ? 65_536 : 1
        self.file = consume file
    }

    func put(_ bytes: [UInt8]) throws(AudioError) {
        gathered += bytes
        if gathered.count >= gatheredByteCount { try flush() }
    }

    func mend(_ patch: WAVWriter.Patch) throws(AudioError) {
        try flush()
        try withAudioErrors { () throws(SystemError) in try file?.overwrite(patch.bytes.span, at: patch.offset) }
    }

    func commit() throws(AudioError) {
        try flush()
        guard let file = file.take() else { return }
        do throws(SystemError) {
            try file.commit()
        } catch {
            throw AudioError(error)
        }
    }

    private func flush() throws(AudioError) {
        try withAudioErrors { () throws(SystemError) in try file?.write(gathered.span) }
        gathered.removeAll(keepingCapacity: true)
    }
}

private final class PCMSink: ByteSink {
    private let encoder: PCMEncoder

    init(_ file: consuming OutputFile, _ settings: OutputSettings) {
        encoder = PCMEncoder(settings.encoding)
        super.init(file)
    }

    override func write(_ samples: Span<Float>) throws(AudioError) {
        var bytes: [UInt8] = []
        encoder.encode(samples, appendingTo: &bytes)
        try put(bytes)
    }

    override func finish() throws(AudioError) { try commit() }
}

private final class WAVSink: ByteSink {
    private var writer: WAVWriter

    init(
        _ file: consuming OutputFile, _ settings: OutputSettings, _ format: PCMFormat, _ expected: Int?
    ) throws(AudioError) {
        let target = file.isSeekable ? WAVWriter.Target.seekable(expectedFrameCount: expected) : .stream
        writer = WAVWriter(format: format, encoding: settings.encoding, target: target)
        super.init(file)
        try put(writer.header())
    }

    override func write(_ samples: Span<Float>) throws(AudioError) { try put(writer.encode(samples)) }

    override func finish() throws(AudioError) {
        let ending = writer.finish()
        try put(ending.padding)
        for patch in ending.patches { try mend(patch) }
        try commit()
    }
}

private final class OpusSink: ByteSink {
    private var writer: Optional<OggOpusWriter>

    init(_ file: consuming OutputFile, _ settings: OutputSettings, _ format: PCMFormat) throws(AudioError) {
        var opus = settings.opus
        if let bitrate = settings.bitrate { opus.bitrate = bitrate }
        writer = try OggOpusWriter(
            format: format, settings: opus, tags: settings.tags, pageInterval: settings.pageInterval)
        super.init(file)
    }

    override func write(_ samples: Span<Float>) throws(AudioError) {
        var pages: [UInt8] = []
        try writer?.write(samples, appendingTo: &pages)
        try put(pages)
    }

    override func finish() throws(AudioError) {
        var pages: [UInt8] = []
        try writer.take()?.finish(appendingTo: &pages)
        try put(pages)
        try commit()
    }
}

private final class SoundFileSink: AnySink {
    private var writer: Optional<SoundFileWriter>

    init(_ writer: consuming SoundFileWriter) { self.writer = consume writer }

    override func write(_ samples: Span<Float>) throws(AudioError) { try writer?.write(samples) }
    override func finish() throws(AudioError) { try writer.take()?.finish() }
}

/// Makes a temporary file and copies it to standard output at the end.
private final class CopyingSink: AnySink {
    private let inner: AnySink
    private let file: TemporaryFile

    init(_ inner: AnySink, file: consuming TemporaryFile) {
        self.inner = inner
        self.file = file
    }

    override func write(_ samples: Span<Float>) throws(AudioError) { try inner.write(samples) }

    override func finish() throws(AudioError) {
        try inner.finish()
        let whole = try withAudioErrors { () throws(SystemError) in try OpenFile(reading: file.path) }
        var source = ByteSource(whole)
        var bytes: [UInt8] = []
        while true {
            try source.next(into: &bytes)
            guard !bytes.isEmpty else { return }
            try withAudioErrors { () throws(SystemError) in try OpenFile.standardOutput.write(bytes.span) }
        }
    }
}
