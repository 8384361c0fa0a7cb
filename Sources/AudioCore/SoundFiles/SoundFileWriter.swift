internal import CSndFile
internal import Platform

/// Writes the sound files that libsndfile makes: FLAC, Ogg Vorbis, MP3, AIFF, CAF.
public struct SoundFileWriter: ~Copyable {
    /// The kinds of files.
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// Free Lossless Audio Codec.
        case flac
        /// Vorbis in Ogg.
        case vorbis
        /// MPEG-1 and 2, layer III.
        case mp3
        /// Audio Interchange File Format.
        case aiff
        /// Core Audio Format.
        case caf
    }

    private let handle: SoundFileHandle
    private let file: FileUnderWriter
    private let path: String
    private let channels: Int

    /// Begins a file, which has its name only once it is finished.
    ///
    /// The encoding tells how samples are stored where the kind leaves a choice: 16 or 24 bits, or floats in CAF and
    /// AIFF. The bitrate, in bits per second, is for MP3.
    ///
    /// - Throws: `unsupported` when the kind cannot hold the format.
    public init(
        path: String, kind: Kind, format: PCMFormat, encoding: SampleEncoding = .signed16, bitrate: Int? = nil
    ) throws(AudioError) {
        try self.init(path, kind, format, encoding, bitrate) { () throws(SystemError) in
            FileUnderWriter(try OutputFile(path))
        }
    }

    /// Begins a file whose bytes are taken while they are made; what would be mended at its end is not.
    package init(
        taking kind: Kind, format: PCMFormat, encoding: SampleEncoding = .signed16, bitrate: Int? = nil
    ) throws(AudioError) {
        try self.init("the \(kind.rawValue)", kind, format, encoding, bitrate) { FileUnderWriter() }
    }

    private init(
        _ path: String, _ kind: Kind, _ format: PCMFormat, _ encoding: SampleEncoding, _ bitrate: Int?,
        _ makeFile: () throws(SystemError) -> FileUnderWriter
    ) throws(AudioError) {
        var info = SF_INFO()
        info.samplerate = CInt(clamping: format.rate)
        info.channels = CInt(clamping: format.channels)
        info.format = try Self.code(of: kind, encoding)
        // libsndfile itself finds out only at the first sample.
        let isWithinVorbis = kind != .vorbis || format.rate <= 192_000
        guard unsafe sf_format_check(&info) != 0, isWithinVorbis else {
            throw AudioError(
                .unsupported, "\(kind.rawValue) cannot hold \(format)",
                remedy: "choose another --rate, --channels or --format")
        }
        let level = try Self.level(of: bitrate, kind, format)
        let file = try withAudioErrors(makeFile)
        var calls = FileUnderWriter.calls
        let made =
            unsafe Faults.strike("sf_open_virtual")
            ? nil : sf_open_virtual(&calls, CInt(SFM_WRITE), &info, file.pointer)
        guard let pointer = unsafe made else {
            let cause = unsafe AudioError.LibraryStatus(sndfile: nil, function: "sf_open_virtual")
            throw file.failure.map { AudioError($0) }
                ?? AudioError(.unsupported, "cannot write \(format) as \(kind.rawValue)", cause: cause)
        }
        handle = unsafe SoundFileHandle(pointer)
        self.file = file
        self.path = path
        channels = format.channels
        configure(level: level)
    }

    /// Writes whole frames.
    public mutating func write(_ samples: Span<Float>) throws(AudioError) {
        precondition(samples.count.isMultiple(of: channels), "interleaved samples end inside a frame")
        let count = unsafe samples.withUnsafeBufferPointer { source in
            unsafe sf_write_float(handle.pointer, source.baseAddress, sf_count_t(source.count))
        }
        if let failure = file.failure { throw AudioError(failure) }
        guard count == samples.count, !Faults.strike("sf_write_float") else {
            throw AudioError(
                .libraryFailure, "cannot write \(path)",
                cause: handle.status(of: "sf_write_float"))
        }
    }

    /// The bytes that were made since the last time, of a file that is taken while it is made.
    package mutating func takeBytes(appendingTo bytes: inout [UInt8]) { file.takeBytes(appendingTo: &bytes) }

    /// Writes the end, and gives its bytes.
    package consuming func finish(appendingTo bytes: inout [UInt8]) throws(AudioError) {
        let file = file
        try finish()
        file.takeBytes(appendingTo: &bytes)
    }

    /// Writes the end and gives the file its name.
    public consuming func finish() throws(AudioError) {
        let (path, file) = (path, file)
        if let cause = handle.close() { throw AudioError(.libraryFailure, "cannot write \(path)", cause: cause) }
        // Some of libsndfile's writers do not notice that a write failed; the file does.
        if let failure = file.failure { throw AudioError(failure) }
        guard !file.isEmpty else { throw AudioError(.noAudio, "there is no sound to write into \(path)") }
        try withAudioErrors { () throws(SystemError) in try file.commit() }
    }
}

extension SoundFileWriter {
    private static func code(of kind: Kind, _ encoding: SampleEncoding) throws(AudioError) -> CInt {
        if kind == .vorbis { return CInt(SF_FORMAT_OGG | SF_FORMAT_VORBIS) }
        if kind == .mp3 { return CInt(SF_FORMAT_MPEG | SF_FORMAT_MPEG_LAYER_III) }
        let containers: [Kind: Int] = [.flac: SF_FORMAT_FLAC, .aiff: SF_FORMAT_AIFF, .caf: SF_FORMAT_CAF]
        var depths: [SampleEncoding: Int] = [.signed16: SF_FORMAT_PCM_16, .signed24: SF_FORMAT_PCM_24]
        if kind != .flac { depths[.float32] = SF_FORMAT_FLOAT }
        guard let container = containers[kind], let depth = depths[encoding] else {
            throw AudioError(
                .unsupported, "\(kind.rawValue) does not hold \(encoding) samples", remedy: "choose another --encoding")
        }
        return CInt(container | depth)
    }

    /// What libsndfile takes instead of a bitrate: how far it lies from the highest to the lowest of the MPEG version.
    private static func level(
        of bitrate: Int?, _ kind: Kind, _ format: PCMFormat
    ) throws(AudioError) -> Double? {
        guard kind == .mp3, let bitrate else { return nil }
        let range = format.rate >= 32_000 ? 32_000...320_000 : 8_000...160_000
        guard range.contains(bitrate) else {
            throw AudioError(
                .unsupported,
                "mp3 at \(format.rate) Hz has from \(range.lowerBound) to \(range.upperBound) bits per second",
                remedy: "choose another --bitrate, or another --rate")
        }
        return Double(range.upperBound - bitrate) / Double(range.count - 1)
    }

    /// Samples over full scale are held there instead of wrapping round; MP3 gets its level.
    private func configure(level: Double?) {
        unsafe sf_command(handle.pointer, CInt(SFC_SET_CLIPPING), nil, CInt(SF_TRUE))
        guard var level else { return }
        var mode = CInt(SF_BITRATE_MODE_CONSTANT)
        unsafe sf_command(handle.pointer, CInt(SFC_SET_BITRATE_MODE), &mode, CInt(MemoryLayout<CInt>.size))
        unsafe sf_command(handle.pointer, CInt(SFC_SET_COMPRESSION_LEVEL), &level, CInt(MemoryLayout<Double>.size))
    }
}
