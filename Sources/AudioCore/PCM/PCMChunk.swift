/// A type that samples have inside this library: `Float`, full scale ±1, or `Int16`.
///
/// What is computed is computed as floats in the type's own units, and rounded once.
public protocol PCMSample: BitwiseCopyable, Equatable, Sendable {
    /// The sample as a number, in units of its type.
    var level: Float { get }

    /// The sample nearest to a number in the same units, saturated where the type ends.
    init(nearest level: Float)
}

extension Float: PCMSample {
    /// The sample itself.
    public var level: Float { self }

    /// The number itself.
    public init(nearest level: Float) { self = level }
}

extension Int16: PCMSample {
    /// The sample as a number from −32768 to 32767.
    public var level: Float { Float(self) }

    /// The integer nearest to a number, ties to even; what is no number becomes silence.
    public init(nearest level: Float) {
        let rounded = level.rounded(.toNearestOrEven)
        self = Int16(exactly: rounded) ?? (rounded > 0 ? .max : rounded < 0 ? .min : 0)
    }
}

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
