/// A change of level.
public struct Gain: Hashable, Sendable {
    /// What every sample is multiplied by.
    public let factor: Float

    /// Makes a gain from the number that samples are multiplied by.
    public init(factor: Float) { self.factor = factor }

    /// Makes a gain from decibels.
    public init(decibels: Double) { factor = Float(decibelsToFactor(decibels)) }

    /// The gain in decibels.
    public var decibels: Double { factorToDecibels(Double(factor)) }

    /// Multiplies every sample.
    @specialized(where Sample == Float)
    @specialized(where Sample == Int16)
    public func apply<Sample: PCMSample>(to samples: inout MutableSpan<Sample>) {
        guard factor != 1 else { return }
        for index in samples.indices { samples[index] = Sample(nearest: samples[index].level * factor) }
    }
}

/// A gain that moves evenly from one level to another over a number of frames, so that a cut does not click.
///
/// The fade is a position in a stream: what is given to ``apply(to:)`` in pieces fades as if it were whole.
public struct Fade: Sendable {
    private let first: Float
    private let last: Float
    private let frames: Int
    private let channels: Int
    private var position = 0

    /// Makes a fade for interleaved frames.
    public init(from first: Gain, to last: Gain, frames: Int, channels: Int) {
        precondition(frames > 0 && channels > 0, "a fade lasts at least a frame")
        self.first = first.factor
        self.last = last.factor
        self.frames = frames
        self.channels = channels
    }

    /// Fades whole frames; those after the fade get its last level.
    @specialized(where Sample == Float)
    @specialized(where Sample == Int16)
    public mutating func apply<Sample: PCMSample>(to samples: inout MutableSpan<Sample>) {
        precondition(samples.count.isMultiple(of: channels), "interleaved samples end inside a frame")
        for frame in 0..<samples.count / channels {
            let done = Float(min(position, frames)) / Float(frames)
            let level = first + (last - first) * done
            for index in frame * channels..<(frame + 1) * channels {
                samples[index] = Sample(nearest: samples[index].level * level)
            }
            position += 1
        }
    }
}
