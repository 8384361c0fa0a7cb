/// Gives the chunks of a stream their places in time, one after another.
struct Timeline: Sendable {
    let format: PCMFormat
    private var position = 0

    init(format: PCMFormat) { self.format = format }

    /// When the next chunk begins.
    var now: MediaTime { MediaTime(frames: position, rate: format.rate) }

    /// The samples as the next chunk.
    mutating func chunk(of samples: [Float]) -> PCMChunk<Float> {
        let chunk = PCMChunk(format: format, start: now, samples: samples)
        position += chunk.frameCount
        return chunk
    }
}
