import AudioCore
import Foundation

/// How clean resampling is, by sines swept through every pair of the usual rates.
enum ResamplingQuality {
    static let rates = [16_000, 24_000, 44_100, 48_000]

    static func measure() throws -> [Measurement] {
        var all: [Measurement] = []
        for mode in Resampler.Mode.allCases {
            let figures = rates.flatMap { from in rates.filter { $0 != from }.map { Figures(from: from, to: $0, mode) }
            }
            let name = mode == .throughput ? "throughput" : "low latency"
            func worst(_ value: (Figures) -> Double) -> Double { figures.map(value).max() ?? .nan }
            all += [
                Measurement(
                    name: "ripple to 0.9 Nyquist, \(name)", value: worst(\.ripple), unit: "dB", goal: .atMost(0.001)),
                Measurement(
                    name: "loss at 0.91 Nyquist, \(name)", value: worst(\.lossAtEdge), unit: "dB", goal: .atMost(0.01)),
                Measurement(
                    name: "worst alias or image, \(name)", value: worst(\.alias), unit: "dB", goal: .atMost(-135)),
                Measurement(
                    name: "THD+N at 997 Hz and 0.9 Nyquist, \(name)", value: worst(\.noise), unit: "dB",
                    goal: .atMost(-135)),
                Measurement(
                    name: "16-bit THD+N over quantizing alone, \(name)", value: worst(\.integerLoss), unit: "dB",
                    goal: .atMost(0.5)),
            ]
        }
        return all
    }
}

/// The figures of one pair of rates.
private struct Figures {
    let ripple: Double
    let lossAtEdge: Double
    let alias: Double
    let noise: Double
    let integerLoss: Double

    init(from: Int, to: Int, _ mode: Resampler.Mode) {
        let probe = Probe(from: from, to: to, mode: mode)
        let lower = Double(min(from, to)) / 2
        let levels = stride(from: 0.02, through: 0.9, by: 0.022).map { probe.gain(at: $0 * lower) }
        ripple = levels.map { abs($0) }.max() ?? .nan
        lossAtEdge = -probe.gain(at: 0.91 * lower)
        alias =
            to < from
            ? stride(from: 1.0005, to: Double(from) / Double(to), by: 0.011).map { probe.alias(at: $0 * lower) }.max()
                ?? .nan
            : stride(from: 0.9, to: 0.9999, by: 0.004).map { probe.image(at: $0 * lower) }.max() ?? .nan
        noise = max(probe.noise(at: 997), probe.noise(at: 0.9 * lower))
        integerLoss = probe.integerLoss(at: 997)
    }
}

/// Sends sines through one resampler.
private struct Probe {
    let from: Int
    let to: Int
    let mode: Resampler.Mode
    private let level = 0.9

    func gain(at frequency: Double) -> Double { decibels(Spectrum(output(frequency), to).line(frequency) / level) }

    /// The line onto which a frequency over the output's Nyquist folds.
    func alias(at frequency: Double) -> Double {
        let folded = abs(frequency - (frequency / Double(to)).rounded() * Double(to))
        return decibels(Spectrum(output(frequency), to).line(folded) / level)
    }

    /// The strongest of the lines around the multiples of the input rate.
    func image(at frequency: Double) -> Double {
        let spectrum = Spectrum(output(frequency), to)
        let images = (1...8).flatMap { [Double($0 * from) - frequency, Double($0 * from) + frequency] }
        let folded = images.map { abs($0 - ($0 / Double(to)).rounded() * Double(to)) }
        // What folds close to the tone itself cannot be told from it.
        return folded.filter { abs($0 - frequency) > 40 }.map { decibels(spectrum.line($0) / level) }.max() ?? -200
    }

    /// All that is not the tone.
    func noise(at frequency: Double) -> Double { decibels(Spectrum(output(frequency), to).residual(frequency) / level) }

    /// How much worse the 16-bit path is than the sine rounded to 16 bits.
    func integerLoss(at frequency: Double) -> Double {
        let input = sine(frequency, from).map { Int16(($0 * 32_768).rounded(.toNearestOrEven)) }
        var output: [Int16] = []
        mustWork {
            var resampler = try Resampler(from: from, to: to, channels: 1, mode: mode)
            try resampler.convert(input.span, appendingTo: &output)
            try resampler.finish(appendingTo: &output)
        }
        let ideal = sine(frequency, to).map { Float(($0 * 32_768).rounded(.toNearestOrEven)) / 32_768 }
        let ours = Spectrum(output.map { Float($0) / 32_768 }, to).residual(frequency)
        return decibels(ours / Spectrum(ideal, to).residual(frequency)) - inputShare
    }

    /// The input is rounded too: of its noise, what lies in the output's band comes through.
    private var inputShare: Double { 10 * log10(1 + Double(min(from, to)) / Double(from) * 1) }

    private func output(_ frequency: Double) -> [Float] {
        var output: [Float] = []
        ResamplingSpeed.resample(sine(frequency, from), from, to, mode, block: 0, into: &output)
        return output
    }

    private func sine(_ frequency: Double, _ rate: Int) -> [Float] {
        (0..<2 * rate).map { Float(level * sin(2 * Double.pi * frequency * Double($0) / Double(rate))) }
    }

    private func decibels(_ ratio: Double) -> Double { 20 * log10(max(ratio, 1e-12)) }
}

/// Lines of a sound under a window that hides its ends by more than 180 dB.
private struct Spectrum {
    private let samples: [Double]
    private let window: [Double]
    private let rate: Double

    /// Looks at the middle second of two.
    init(_ sound: [Float], _ rate: Int) {
        let start = rate / 2
        samples = (0..<rate).map { Double(sound[start + $0]) }
        self.rate = Double(rate)
        // A Kaiser window of β = 22.
        let scale = bessel(22)
        window = (0..<rate).map { index in
            let position = 2 * Double(index) / Double(rate - 1) - 1
            return bessel(22 * (1 - position * position).squareRoot()) / scale
        }
    }

    /// The amplitude of the line at a frequency.
    func line(_ frequency: Double) -> Double {
        var re = 0.0
        var im = 0.0
        for (index, sample) in samples.enumerated() {
            let turn = 2 * Double.pi * frequency * Double(index) / rate
            re += sample * window[index] * cos(turn)
            im += sample * window[index] * sin(turn)
        }
        return 2 * (re * re + im * im).squareRoot() / window.reduce(0, +)
    }

    /// The amplitude of a sine as strong as all that is left without the tone, fitted by least squares.
    func residual(_ frequency: Double) -> Double {
        let basis = (0..<samples.count).map { index in
            let turn = 2 * Double.pi * frequency * Double(index) / rate
            return (c: cos(turn), s: sin(turn))
        }
        var (cc, cs, ss, xc, xs) = (0.0, 0.0, 0.0, 0.0, 0.0)
        for (sample, wave) in zip(samples, basis) {
            cc += wave.c * wave.c
            cs += wave.c * wave.s
            ss += wave.s * wave.s
            xc += sample * wave.c
            xs += sample * wave.s
        }
        let determinant = cc * ss - cs * cs
        let a = (xc * ss - xs * cs) / determinant
        let b = (xs * cc - xc * cs) / determinant
        let power = zip(samples, basis).reduce(0.0) { sum, pair in
            let rest = pair.0 - a * pair.1.c - b * pair.1.s
            return sum + rest * rest
        }
        return (2 * power / Double(samples.count)).squareRoot()
    }
}

private func bessel(_ x: Double) -> Double {
    var (sum, term, index) = (1.0, 1.0, 1.0)
    while term > sum * 1e-18 {
        term *= x * x / 4 / (index * index)
        sum += term
        index += 1
    }
    return sum
}
