internal import Platform

/// Reads a sound track of a film, or of anything else that ffmpeg knows.
///
/// The program runs beside the reader and is as far ahead as a pipe holds. It is killed when the reader goes away or
/// its task is cancelled.
public struct MediaReader: ~Copyable, PCMSource {
    /// The rate and the channels of the track.
    public var format: PCMFormat { timeline.format }
    /// The track that is read.
    public let track: MediaProbe.Track
    /// How long the file lasts, when it says so.
    public let duration: Duration?
    private let path: String
    private var decoder: ChildProcess?
    private var reader: WAVReader
    private var bytes: [UInt8] = []
    private var ready: [Float]
    private var timeline: Timeline

    /// Opens a track of a file.
    ///
    /// - Throws: `notFound`; `missingProgram` without ffmpeg; `malformedInput` when the file is no media file;
    ///   `noAudio` when it has no such track.
    public init(path: String, track choice: AudioTrack = .automatic) async throws(AudioError) {
        let probe = try await MediaProbe(path: path)
        let track = try probe.track(choice, in: path)
        var decoder = try FFmpeg.decoder(of: path, track: track.index)
        var header = WAVReader()
        var first: [Float] = []
        var bytes: [UInt8] = []
        while header.format == nil {
            bytes.removeAll(keepingCapacity: true)
            guard try await FFmpeg.read(&decoder, appendingTo: &bytes) else { break }
            try header.read(bytes.span, appendingTo: &first)
        }
        guard let format = header.format else {
            throw Self.failure(try await FFmpeg.end(decoder), path: path)
        }
        self.path = path
        self.track = track
        timeline = Timeline(format: format)
        self.decoder = consume decoder
        duration = probe.duration
        reader = header
        ready = first
    }

    /// The next chunk, or nil at the end.
    ///
    /// - Throws: `libraryFailure` with ffmpeg's words when it fails, `cancelled`, or `limitExceeded` when it stalls.
    public mutating func next() async throws(AudioError) -> PCMChunk<Float>? {
        while ready.isEmpty {
            guard var running = decoder.take() else { return nil }
            bytes.removeAll(keepingCapacity: true)
            if try await FFmpeg.read(&running, appendingTo: &bytes) {
                decoder = consume running
                let piece = bytes
                try reader.read(piece.span, appendingTo: &ready)
            } else {
                let ending = try await FFmpeg.end(running)
                guard ending.isSuccess else { throw Self.failure(ending, path: path) }
            }
        }
        defer { ready = [] }
        return timeline.chunk(of: ready)
    }

    private static func failure(_ ending: ChildProcess.Ending, path: String) -> AudioError {
        let text = FFmpeg.lastLine(of: ending.errors)
        return AudioError(
            .malformedInput, "ffmpeg cannot decode \(path)",
            cause: .init(function: "ffmpeg", status: Int(ending.status ?? -1), text: text))
    }
}
