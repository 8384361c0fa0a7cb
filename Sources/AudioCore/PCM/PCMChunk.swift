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

extension PCMChunk<Float> {
    /// The chunk as 16-bit samples, saturated and rounded to nearest.
    public func integers() -> PCMChunk<Int16> {
        var integers: [Int16] = []
        Kernels.active.append(samples.span, to: &integers)
        return PCMChunk<Int16>(format: format, start: start, samples: integers)
    }
}

extension PCMChunk<Int16> {
    /// The chunk as floats, which hold every 16-bit sample exactly.
    public func floats() -> PCMChunk<Float> {
        var floats: [Float] = []
        Kernels.active.append(samples.span, to: &floats)
        return PCMChunk<Float>(format: format, start: start, samples: floats)
    }
}
