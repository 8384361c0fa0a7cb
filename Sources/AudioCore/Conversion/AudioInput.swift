package import Platform

/// Any sound that can be read, whatever file it is in.
///
/// WAVE and Ogg Opus are read by our own readers, other sound files by libsndfile, films and the rest by ffmpeg. What a
/// file is, its first bytes say, not its name.
///
/// ```swift
/// var input = try await AudioInput(path: "film.mkv")
/// while let chunk = try await input.next() { … }
/// ```
public struct AudioInput: ~Copyable, PCMSource {
    /// The rate and the channels of every chunk.
    public var format: PCMFormat { source.format }
    /// How many frames are to be expected, when that is known.
    public var expectedFrameCount: Int? { source.expectedFrameCount }
    /// Whether sound is missing, since the file ends before its header says or has a hole; known once it has ended.
    public var isCut: Bool { source.isCut }

    private let source: AnySource

    /// Opens a file, or a track of a film.
    ///
    /// - Throws: `notFound`, `malformedInput`, `unsupported`, `noAudio`, or `missingProgram` when only ffmpeg could
    ///   read the file and it is not installed.
    public init(path: String, track: AudioTrack = .automatic) async throws(AudioError) {
        let file = try withAudioErrors { () throws(SystemError) in try OpenFile(reading: path) }
        guard file.isSeekable else {
            source = try await Self.open(pipe: file, track: track)
            return
        }
        source = try await Self.open(path, head: Self.head(of: file), track: track)
    }

    /// Opens what comes through a pipe: read as it comes when it is WAVE or Ogg Opus, else kept in a temporary file
    /// first, since other formats are read back and forth.
    package init(pipe: consuming OpenFile, track: AudioTrack = .automatic) async throws(AudioError) {
        source = try await Self.open(pipe: pipe, track: track)
    }

    /// Opens a sound file that is in memory.
    ///
    /// - Throws: as for a path.
    public init(bytes: [UInt8], track: AudioTrack = .automatic) async throws(AudioError) {
        guard !bytes.isEmpty else { throw AudioError(.malformedInput, "the clip is empty") }
        let file = try withAudioErrors { () throws(SystemError) in
            let file = try TemporaryFile()
            try file.file.write(bytes.span)
            return file
        }
        let head = Array(bytes.prefix(SoundKind.headByteCount))
        source = try await Self.open(file, named: "the clip", head: head, track: track)
    }

    /// The next chunk, or nil at the end.
    public mutating func next() async throws(AudioError) -> PCMChunk<Float>? { try await source.next() }
}

// MARK: - Choosing a reader

extension AudioInput {
    private static func open(_ path: String, head: [UInt8], track: AudioTrack) async throws(AudioError) -> AnySource {
        guard !head.isEmpty else { throw AudioError(.malformedInput, "\(path) is empty") }
        // Which track is meant only matters where there can be several.
        guard track == .automatic else { return Box(try await MediaReader(path: path, track: track)) }
        let kind = SoundKind(head: head.span)
        do throws(AudioError) {
            switch kind {
            case .wave: return try Box(stream(path, WAVReader()))
            case .oggOpus: return try Box(stream(path, OggOpusReader()))
            case .soundFile: return try Box(SoundFileReader(path: path))
            case .other: return try await other(path)
            }
        } catch {
            guard error.code == .unsupported || kind == .soundFile else { throw error }
            return try await other(path, after: error)
        }
    }

    private static func open(pipe: consuming OpenFile, track: AudioTrack) async throws(AudioError) -> AnySource {
        let (first, isOurs) = try beginning(of: pipe)
        guard !first.isEmpty else { throw AudioError(.malformedInput, "\(pipe.name) is empty") }
        let name = pipe.name
        let rest = ByteSource(pipe, after: first)
        if isOurs && track == .automatic {
            if SoundKind(head: first.span) == .wave { return try Box(StreamedInput(rest, reader: WAVReader())) }
            return try Box(StreamedInput(rest, reader: OggOpusReader()))
        }
        return try await open(try spool(rest), named: name, head: first, track: track)
    }

    /// Opens a temporary file, of which nobody knows: messages name what is kept in it.
    private static func open(
        _ file: consuming TemporaryFile, named name: String, head: [UInt8], track: AudioTrack
    ) async throws(AudioError) -> AnySource {
        do throws(AudioError) {
            return SpooledBox(try await open(file.path, head: head, track: track), file: file)
        } catch {
            let message = error.message.replacing(file.path, with: name)
            throw AudioError(error.code, message, remedy: error.remedy, cause: error.cause)
        }
    }

    /// Reads until it is clear whether one of our readers, which need not go back, can read a pipe.
    private static func beginning(of pipe: borrowing OpenFile) throws(AudioError) -> (bytes: [UInt8], isOurs: Bool) {
        var bytes: [UInt8] = []
        while bytes.count < longestHeader {
            let count = try withAudioErrors { () throws(SystemError) in
                try pipe.read(upTo: ByteSource.pieceByteCount, appendingTo: &bytes)
            }
            let kind = SoundKind(head: bytes.span)
            if kind == .oggOpus { return (bytes, true) }
            if kind == .wave, let isKnown = isKnownWave(bytes) { return (bytes, isKnown) }
            if count == 0 || (kind != .wave && bytes.count >= SoundKind.headByteCount) { return (bytes, kind == .wave) }
        }
        return (bytes, true)
    }

    /// The bytes within which a WAVE file should say what it holds; one that does not is read as it comes.
    private static let longestHeader = 1 << 20

    /// Whether the codec is one of ours, or nil while that is not known; what is damaged is ours to refuse.
    private static func isKnownWave(_ bytes: [UInt8]) -> Bool? {
        var reader = WAVReader()
        var ignored: [Float] = []
        do throws(AudioError) {
            try reader.read(bytes.span, appendingTo: &ignored)
        } catch {
            return error.code != .unsupported
        }
        return reader.format == nil ? nil : true
    }

    private static func head(of file: borrowing OpenFile) throws(AudioError) -> [UInt8] {
        do throws(SystemError) {
            var head: [UInt8] = []
            _ = try file.read(upTo: SoundKind.headByteCount, appendingTo: &head)
            return head
        } catch {
            throw AudioError(error)
        }
    }

    private static func stream<Reader: PieceReader & ~Copyable>(
        _ path: String, _ reader: consuming Reader
    ) throws(AudioError) -> StreamedInput<Reader> {
        let file = try withAudioErrors { () throws(SystemError) in try OpenFile(reading: path) }
        return try StreamedInput(ByteSource(file), reader: reader)
    }

    /// Tries the readers of last resort; when they know no more, the first one's reason is the best.
    private static func other(_ path: String, after first: AudioError) async throws(AudioError) -> AnySource {
        do throws(AudioError) {
            return try await other(path)
        } catch {
            let tellsOfFile: [AudioError.Code] = [.malformedInput, .unsupported, .noAudio]
            throw tellsOfFile.contains(error.code) ? first : error
        }
    }

    /// Tries libsndfile, which knows MP3 without a tag and raw formats with odd names, then ffmpeg.
    private static func other(_ path: String) async throws(AudioError) -> AnySource {
        if let reader = try? SoundFileReader(path: path) { return Box(reader) }
        do throws(AudioError) {
            return Box(try await MediaReader(path: path))
        } catch {
            guard error.code == .missingProgram else { throw error }
            throw AudioError(
                .missingProgram, "no library here reads \(path), and ffmpeg, which may, is not installed",
                remedy: error.remedy)
        }
    }

    /// Copies what comes through a pipe into a temporary file, so that it can be read twice; nothing for a file.
    package static func spool(_ path: String) throws(AudioError) -> TemporaryFile? {
        let file = try withAudioErrors { () throws(SystemError) in try OpenFile(reading: path) }
        return file.isSeekable ? nil : try spool(ByteSource(file))
    }

    /// Copies everything into a temporary file.
    package static func spool(_ source: consuming ByteSource) throws(AudioError) -> TemporaryFile {
        let file = try withAudioErrors { () throws(SystemError) in try TemporaryFile() }
        var bytes: [UInt8] = []
        while true {
            try source.next(into: &bytes)
            guard !bytes.isEmpty else { return file }
            do throws(SystemError) {
                try file.file.write(bytes.span)
            } catch {
                throw AudioError(error)
            }
        }
    }
}

// MARK: - Any source behind one type

/// A source whose type is not known any more.
private class AnySource {
    var format: PCMFormat { preconditionFailure("every source has a format") }
    var expectedFrameCount: Int? { nil }
    var isCut: Bool { false }
    func next() async throws(AudioError) -> PCMChunk<Float>? { preconditionFailure("every source gives chunks") }
}

/// What sources of files tell beside their sound.
private protocol FileSource: PCMSource, ~Copyable {
    var expectedFrameCount: Int? { get }
    var isCut: Bool { get }
}

extension FileSource where Self: ~Copyable {
    fileprivate var isCut: Bool { false }
}

extension StreamedInput: FileSource where Reader: ~Copyable {}
extension SoundFileReader: FileSource {}
extension MediaReader: FileSource {
    fileprivate var expectedFrameCount: Int? { duration.map { Int($0 / .seconds(1) * Double(format.rate)) } }
}

private final class Box<Source: FileSource & ~Copyable>: AnySource {
    private var source: Source

    init(_ source: consuming Source) { self.source = source }

    override var format: PCMFormat { source.format }
    override var expectedFrameCount: Int? { source.expectedFrameCount }
    override var isCut: Bool { source.isCut }
    override func next() async throws(AudioError) -> PCMChunk<Float>? { try await source.next() }
}

/// A source that reads a temporary file, which goes when the source does.
private final class SpooledBox: AnySource {
    private let source: AnySource
    private let file: TemporaryFile

    init(_ source: AnySource, file: consuming TemporaryFile) {
        self.source = source
        self.file = file
    }

    override var format: PCMFormat { source.format }
    override var expectedFrameCount: Int? { source.expectedFrameCount }
    override var isCut: Bool { source.isCut }
    override func next() async throws(AudioError) -> PCMChunk<Float>? { try await source.next() }
}
