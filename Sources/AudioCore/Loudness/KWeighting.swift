internal import CAudioKernels

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The filter of ITU-R BS.1770-4, annex 1: a shelf for the head, then a high-pass, for any rate.
///
/// The recommendation gives coefficients for 48 kHz only; these are of the analogue filters that lie behind them.
struct KWeighting {
    /// Two sections in transposed direct form II.
    typealias State = SIMD4<Double>

    private let shelf: Section
    private let highPass: Section
    /// The same filter eight steps at a time.
    private(set) var block = oriole_kweighting()

    private struct Section {
        let b0, b1, b2, a1, a2: Double
    }

    init(rate: Int) {
        shelf = Self.shelf(rate: Double(rate))
        highPass = Self.highPass(rate: Double(rate))
        block = blockOfEight()
    }

    /// One step: the output for an input, and the state after it.
    func step(_ input: Double, _ state: inout State) -> Double {
        let middle = shelf.b0 * input + state[0]
        let output = highPass.b0 * middle + state[2]
        state = State(
            shelf.b1 * input - shelf.a1 * middle + state[1], shelf.b2 * input - shelf.a2 * middle,
            highPass.b1 * middle - highPass.a1 * output + state[3], highPass.b2 * middle - highPass.a2 * output)
        return output
    }

    private static func shelf(rate: Double) -> Section {
        let gain = pow(10, 3.999_843_853_973_347 / 20)
        let middle = pow(gain, 0.499_666_774_154_541_6)
        let q = 0.707_175_236_955_419_6
        let k = tan(Double.pi * 1_681.974_450_955_533 / rate)
        let a0 = 1 + k / q + k * k
        return Section(
            b0: (gain + middle * k / q + k * k) / a0, b1: 2 * (k * k - gain) / a0,
            b2: (gain - middle * k / q + k * k) / a0, a1: 2 * (k * k - 1) / a0, a2: (1 - k / q + k * k) / a0)
    }

    private static func highPass(rate: Double) -> Section {
        let q = 0.500_327_037_323_877_3
        let k = tan(Double.pi * 38.135_470_876_024_44 / rate)
        let a0 = 1 + k / q + k * k
        return Section(b0: 1, b1: -2, b2: 1, a1: 2 * (k * k - 1) / a0, a2: (1 - k / q + k * k) / a0)
    }
}

extension KWeighting {
    /// The matrices of eight steps: their columns are what the filter does to one input, or to one number of state.
    private func blockOfEight() -> oriole_kweighting {
        var matrices = oriole_kweighting()
        unsafe withUnsafeMutableBytes(of: &matrices) { bytes in
            let numbers = unsafe bytes.assumingMemoryBound(to: Double.self)
            // The order of the fields: feed 8 × 8, read 4 × 8, move 4 × 4, take 8 × 4.
            for input in 0..<8 {
                let (outputs, state) = run(inputs: (0..<8).map { $0 == input ? 1 : 0 }, from: State())
                for index in 0..<8 { unsafe numbers[input * 8 + index] = outputs[index] }
                for index in 0..<4 { unsafe numbers[112 + input * 4 + index] = state[index] }
            }
            for number in 0..<4 {
                var unit = State()
                unit[number] = 1
                let (outputs, state) = run(inputs: Array(repeating: 0, count: 8), from: unit)
                for index in 0..<8 { unsafe numbers[64 + number * 8 + index] = outputs[index] }
                for index in 0..<4 { unsafe numbers[96 + number * 4 + index] = state[index] }
            }
        }
        return matrices
    }

    private func run(inputs: [Double], from start: State) -> (outputs: [Double], state: State) {
        var state = start
        let outputs = inputs.map { step($0, &state) }
        return (outputs, state)
    }
}
