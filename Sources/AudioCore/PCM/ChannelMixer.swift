internal import Platform

/// Turns frames of one number of channels into frames of another.
///
/// Down to one channel it takes the mean of left and right. Down from surround sound it first makes these two after
/// ITU-R BS.775: centre and surrounds at −3 dB on their side, scaled so that nothing can clip, without the
/// low-frequency channel. Up, it copies.
public struct ChannelMixer: Sendable {
    /// Samples per frame that go in.
    public let inputs: Int
    /// Samples per frame that come out.
    public let outputs: Int
    private let weights: [[Float]]
    private let kernels: Kernels

    /// Makes a mixer.
    public init(from inputs: Int, to outputs: Int) { self.init(from: inputs, to: outputs, kernels: .active) }

    init(from inputs: Int, to outputs: Int, kernels: Kernels) {
        precondition(inputs > 0 && outputs > 0, "a mixer needs channels on both sides")
        self.inputs = inputs
        self.outputs = outputs
        self.kernels = kernels
        weights = Self.weights(from: inputs, to: outputs)
    }

    /// Appends the mix of whole frames.
    public func mix(_ samples: Span<Float>, appendingTo output: inout [Float]) {
        if inputs == 2 && outputs == 1 {
            precondition(samples.count.isMultiple(of: inputs), "interleaved samples end inside a frame")
            kernels.appendMono(samples, to: &output)
        } else {
            mixByWeights(samples, appendingTo: &output)
        }
    }

    /// Appends the mix of whole frames, each sample rounded once.
    public func mix(_ samples: Span<Int16>, appendingTo output: inout [Int16]) {
        mixByWeights(samples, appendingTo: &output)
    }

    @specialized(where Sample == Float)
    @specialized(where Sample == Int16)
    private func mixByWeights<Sample: PCMSample>(_ samples: Span<Sample>, appendingTo output: inout [Sample]) {
        precondition(samples.count.isMultiple(of: inputs), "interleaved samples end inside a frame")
        guard inputs != outputs else { return output.append(copying: samples) }
        output.append(addingCapacity: samples.count / inputs * outputs) { free in
            for frame in stride(from: 0, to: samples.count, by: inputs) {
                for row in weights {
                    var sum: Float = 0
                    for channel in 0..<inputs { sum += row[channel] * samples[frame + channel].level }
                    free.append(Sample(nearest: sum))
                }
            }
        }
    }
}

extension ChannelMixer {
    /// One row of input weights for each output.
    private static func weights(from inputs: Int, to outputs: Int) -> [[Float]] {
        // Down, by way of left and right; up, these two stay where they are.
        if outputs < inputs {
            let stereo = stereoWeights(of: inputs)
            if outputs == 1 { return [zip(stereo[0], stereo[1]).map { ($0 + $1) / 2 }] }
            return stereo + Array(repeating: [Float](repeating: 0, count: inputs), count: outputs - 2)
        }
        return (0..<outputs).map { output in
            let source = inputs == 1 ? (output < 2 ? 0 : -1) : output
            return (0..<inputs).map { $0 == source ? 1 : 0 }
        }
    }

    /// ITU-R BS.775-3, table 2, for the channel orders of WAVE files: L R C LFE, then the surrounds in pairs.
    private static func stereoWeights(of inputs: Int) -> [[Float]] {
        let side = Float(0.5).squareRoot()
        let pairs: [Int: (left: [Float], right: [Float])] = [
            2: ([1, 0], [0, 1]),
            3: ([1, 0, side], [0, 1, side]),
            4: ([1, 0, side, 0], [0, 1, 0, side]),
            5: ([1, 0, side, side, 0], [0, 1, side, 0, side]),
            6: ([1, 0, side, 0, side, 0], [0, 1, side, 0, 0, side]),
            7: ([1, 0, side, 0, side / 2, side, 0], [0, 1, side, 0, side / 2, 0, side]),
            8: ([1, 0, side, 0, side, 0, side, 0], [0, 1, side, 0, 0, side, 0, side]),
        ]
        // Of a layout that is not known, everything goes everywhere, so that nothing is lost.
        let all = [Float](repeating: 1, count: inputs)
        let rows = pairs[inputs] ?? (all, all)
        let sum = rows.left.reduce(0, +)
        return [rows.left, rows.right].map { row in row.map { $0 / sum } }
    }
}
