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
    /// Whether the sound ended before the file's header says; known once it has ended.
    public var isCut: Bool { source.isCut }

    private let source: AnySource

    /// Opens a file, or a track of a film.
    ///
    /// - Throws: `notFound`, `malformedInput`, `unsupported`, `noAudio`, or `missingProgram` when only ffmpeg could
    ///   read the file and it is not installed.
    public init(path: String, track: AudioTrack = .automatic) async throws(AudioError) {
        let head = try Self.head(of: path)
        guard !head.isEmpty else { throw AudioError(.malformedInput, "\(path) is empty") }
        do throws(AudioError) {
            switch SoundKind(head: head.span) {
            case .wave: source = try Box(Self.stream(path, WAVReader()))
            case .oggOpus: source = try Box(Self.stream(path, OggOpusReader()))
            case .soundFile: source = try Box(SoundFileReader(path: path))
            case .other: source = try await Self.other(path, track)
            }
        } catch  where error.code == .unsupported {
            // A WAVE codec that libsndfile may know, or a file that only ffmpeg does.
            source = try await Self.other(path, track)
        }
    }

    /// The next chunk, or nil at the end.
    public mutating func next() async throws(AudioError) -> PCMChunk<Float>? { try await source.next() }
}

extension AudioInput {
    /// Opens what comes through a pipe: read as it comes when it is WAVE or Ogg Opus, else kept in a temporary file
    /// first, since other formats are read back and forth.
    package init(pipe: consuming OpenFile) async throws(AudioError) {
        var first: [UInt8] = []
        repeat {
            let missing = SoundKind.headByteCount - first.count
            let count = try withAudioErrors { () throws(SystemError) in
                try pipe.read(upTo: missing, appendingTo: &first)
            }
            if count == 0 { break }
        } while first.count < SoundKind.headByteCount
        switch SoundKind(head: first.span) {
        case .wave: source = try Box(StreamedInput(ByteSource(pipe, after: first), reader: WAVReader()))
        case .oggOpus: source = try Box(StreamedInput(ByteSource(pipe, after: first), reader: OggOpusReader()))
        case .soundFile, .other:
            let file = try Self.spool(ByteSource(pipe, after: first))
            source = SpooledBox(try await AudioInput(path: file.path).source, file: file)
        }
    }

    private static func head(of path: String) throws(AudioError) -> [UInt8] {
        do throws(SystemError) {
            var head: [UInt8] = []
            _ = try OpenFile(reading: path).read(upTo: SoundKind.headByteCount, appendingTo: &head)
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

    /// Tries libsndfile, which knows MP3 without a tag and raw formats with odd names, then ffmpeg.
    private static func other(_ path: String, _ track: AudioTrack) async throws(AudioError) -> AnySource {
        if track == .automatic, let reader = try? SoundFileReader(path: path) { return Box(reader) }
        return Box(try await MediaReader(path: path, track: track))
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
    var format: PCMFormat { PCMFormat(rate: 1, channels: 1) }
    var expectedFrameCount: Int? { nil }
    var isCut: Bool { false }
    func next() async throws(AudioError) -> PCMChunk<Float>? { nil }
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
