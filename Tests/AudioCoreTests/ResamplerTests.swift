import TestSupport
import Testing

@testable import AudioCore

struct ResamplerTests {
    struct Pair: CustomTestStringConvertible, Sendable {
        let from: Int
        let to: Int
        let mode: Resampler.Mode
        var testDescription: String { "\(from) → \(to) Hz, \(mode)" }

        static let all = ResamplingPlan.rates.flatMap { from in
            ResamplingPlan.rates.filter { $0 != from }.flatMap { to in
                Resampler.Mode.allCases.map { Pair(from: from, to: to, mode: $0) }
            }
        }
        /// One pair for every kind of plan.
        static let some = [
            Pair(from: 24_000, to: 16_000, mode: .throughput), Pair(from: 44_100, to: 16_000, mode: .throughput),
            Pair(from: 24_000, to: 44_100, mode: .throughput), Pair(from: 24_000, to: 16_000, mode: .lowLatency),
            Pair(from: 44_100, to: 16_000, mode: .lowLatency), Pair(from: 24_000, to: 44_100, mode: .lowLatency),
        ]
    }

    private static func resample(
        _ pieces: [ArraySlice<Float>], _ pair: Pair, channels: Int = 1, kernels: Kernels = .active
    ) throws -> [Float] {
        var resampler = try Resampler(
            from: pair.from, to: pair.to, channels: channels, mode: pair.mode, kernels: kernels)
        var output: [Float] = []
        for piece in pieces { try resampler.convert(piece.span, appendingTo: &output) }
        try resampler.finish(appendingTo: &output)
        return output
    }

    @Test(arguments: Pair.all)
    func `a sine keeps its level, its pitch and its place`(pair: Pair) throws {
        let frames = pair.from / 4
        let output = try Self.resample([Signals.sine(440, rate: pair.from, frames: frames)[...]], pair)
        #expect(output.count == (frames * pair.to + pair.from - 1) / pair.from)
        let expected = Signals.sine(440, rate: pair.to, frames: output.count)
        let edge = pair.to / 50
        let worst = (edge..<output.count - edge).map { abs(output[$0] - expected[$0]) }.max() ?? .infinity
        #expect(worst < 6e-5, "ripple of 0.0008 dB is 4.6e-5 of half of full scale")
    }

    @Test(arguments: Pair.some, 0..<6)
    func `how the input is cut does not change the output`(pair: Pair, seed: UInt64) throws {
        let samples = Signals.noise(frames: 20_000, seed: seed)
        let whole = try Self.resample([samples[...]], pair, channels: 2)
        let cut = try Self.resample(samples.cut(seed: seed, longest: 900, unit: 2), pair, channels: 2)
        #expect(cut == whole)
    }
}
