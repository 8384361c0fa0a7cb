/// A type that samples have inside this library: `Float`, full scale ±1, or `Int16`.
public protocol PCMSample: BitwiseCopyable, Equatable, Sendable {}

extension Float: PCMSample {}
extension Int16: PCMSample {}

/// Interleaved samples that belong together, with their format and their place in time.
public struct PCMChunk<Sample: PCMSample>: Sendable {
    /// The rate and the channels of the samples.
    public let format: PCMFormat
    /// When the first frame sounds.
    public let start: MediaTime
    /// The samples, one frame after another.
    public let samples: [Sample]

    /// Makes a chunk of whole frames.
    public init(format: PCMFormat, start: MediaTime, samples: [Sample]) {
        precondition(samples.count.isMultiple(of: format.channels), "interleaved samples end inside a frame")
        self.format = format
        self.start = start
        self.samples = samples
    }

    /// How many frames the chunk lasts.
    public var frameCount: Int { samples.count / format.channels }

    /// When the frame after the last sounds, counted at the chunk's own rate.
    public var end: MediaTime { start.converted(to: format.rate).advanced(by: frameCount) }
}

extension PCMChunk: Equatable {}
