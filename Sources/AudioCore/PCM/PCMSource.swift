/// Where sound comes from: pulled chunk by chunk, at the pace of whoever asks.
///
/// Nothing is read ahead and nothing is buffered beyond a chunk, so a source of any length takes little memory. A source
/// reads and decodes on the thread that asks: for a local file that is work, not waiting, but a server that reads from slow
/// disks gives its sources an executor of their own (`withTaskExecutorPreference`).
///
/// ```swift
/// var film = try await AudioInput(path: "film.mkv")
/// while let chunk = try await film.next() { meter.add(chunk.samples.span) }
/// ```
public protocol PCMSource: ~Copyable {
    /// The rate and the channels of every chunk.
    var format: PCMFormat { get }

    /// The next chunk, never empty, or nil at the end.
    mutating func next() async throws(AudioError) -> PCMChunk<Float>?
}
