#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A network with one hidden layer that turns inputs into a probability.
struct Perceptron: Sendable {
    private let means: [Float]
    private let deviations: [Float]
    private let hidden: [[Float]]
    private let hiddenBias: [Float]
    private let output: [Float]
    private let outputBias: Float

    /// Makes a network of weights in thousandths.
    init(
        means: [Int16], deviations: [Int16], hidden: [[Int16]], hiddenBias: [Int16], output: [Int16], outputBias: Int16
    ) {
        precondition(
            hidden.allSatisfy { $0.count == means.count } && deviations.count == means.count
                && hiddenBias.count == hidden.count && output.count == hidden.count, "every weight has its place")
        func numbers(_ thousandths: [Int16]) -> [Float] { thousandths.map { Float($0) / 1_000 } }
        self.means = numbers(means)
        self.deviations = numbers(deviations)
        self.hidden = hidden.map(numbers)
        self.hiddenBias = numbers(hiddenBias)
        self.output = numbers(output)
        self.outputBias = Float(outputBias) / 1_000
    }

    /// How many inputs it takes.
    var inputCount: Int { means.count }

    /// The probabilities of some frames, for columns of inputs.
    func probabilities(_ columns: [[Float]], of frames: Range<Int>) -> [Float] {
        precondition(columns.count == inputCount, "every input has its column")
        var sums = hiddenBias.map { Array(repeating: $0, count: frames.count) }
        for (input, column) in columns.enumerated() {
            let (mean, scale) = (means[input], 1 / deviations[input])
            let normal = column[frames].map { min(max(($0 - mean) * scale, -5), 5) }
            for unit in sums.indices { Self.add(normal.span, times: hidden[unit][input], to: &sums[unit]) }
        }
        return (0..<frames.count).map { frame in
            var sum = outputBias
            for unit in sums.indices { sum += output[unit] * tanh(sums[unit][frame]) }
            return 1 / (1 + exp(-sum))
        }
    }

    /// Most of the work: no check and no call stands in the way of the processor's vectors.
    private static func add(_ values: Span<Float>, times weight: Float, to sums: inout [Float]) {
        var sums = sums.mutableSpan
        precondition(sums.count == values.count, "a sum for every value")
        for index in values.indices { unsafe sums[unchecked: index] += weight * values[unchecked: index] }
    }

    /// The probability for the inputs of one frame.
    func probability(_ inputs: [Float]) -> Float {
        precondition(inputs.count == inputCount, "every input has its value")
        let normal = inputs.indices.map { min(max((inputs[$0] - means[$0]) / deviations[$0], -5), 5) }
        var sum = outputBias
        for unit in hidden.indices {
            var inner = hiddenBias[unit]
            for input in normal.indices { inner += hidden[unit][input] * normal[input] }
            sum += output[unit] * tanh(inner)
        }
        return 1 / (1 + exp(-sum))
    }
}
