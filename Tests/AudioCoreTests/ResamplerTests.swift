import Foundation
import TestSupport
import Testing

@testable import AudioCore

@Suite(.tags(.handle))
struct ResamplerTests {
    struct Pair: CustomTestStringConvertible, Sendable {
        let from: Int
        let to: Int
        let mode: Resampler.Mode
        var testDescription: String { "\(from) → \(to) Hz, \(mode)" }

        static let all = Resampler.ownRates.flatMap { from in
            Resampler.ownRates.filter { $0 != from }.flatMap { to in
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
        let isSame = cut == whole
        #expect(isSame)
    }

    @Test(arguments: Pair.some)
    func `a sound of any length becomes one of the right length`(pair: Pair) throws {
        for frames in [0, 1, 2, 3, 15, 16, 17, 441, 1_000, 5_001] {
            let output = try Self.resample([Signals.noise(frames: frames, seed: 1)[...]], pair)
            #expect(output.count == (frames * pair.to + pair.from - 1) / pair.from, "\(frames) frames")
        }
    }

    @Test(arguments: Pair.some)
    func `libsamplerate gives the same sound`(pair: Pair) throws {
        let input = Signals.sine(1_000, rate: pair.from, frames: pair.from / 4).enumerated()
            .map { $1 * Float(sin(Double($0) * 20 / Double(pair.from))) }
        let ours = try Self.resample([input[...]], pair)
        var judge = try AnyRatioResampler(from: pair.from, to: pair.to, channels: 1)
        var theirs: [Float] = []
        try judge.convert(input.span, appendingTo: &theirs)
        try judge.finish(appendingTo: &theirs)
        let edge = pair.to / 50
        let worst = (edge..<min(ours.count, theirs.count) - edge).map { abs(ours[$0] - theirs[$0]) }.max()
        #expect((worst ?? .infinity) < 6e-5)
    }

    @Test func `channels do not mix`() throws {
        let left = Signals.noise(frames: 9_000, seed: 1)
        let right = Signals.noise(frames: 9_000, seed: 2)
        for pair in Pair.some {
            let both = try Self.resample([zip(left, right).flatMap { [$0, $1] }[...]], pair, channels: 2)
            let first = try Self.resample([left[...]], pair)
            #expect(stride(from: 0, to: both.count, by: 2).map { both[$0] } == first)
        }
    }

    @Test func `16-bit samples give the nearest 16-bit samples`() throws {
        let integers = Signals.noise(frames: 9_000, seed: 3, level: 1).map { Int16($0 * 32_767) }
        var resampler = try Resampler(from: 24_000, to: 16_000, channels: 1)
        var output: [Int16] = []
        try resampler.convert(integers.span, appendingTo: &output)
        try resampler.finish(appendingTo: &output)
        let floats = try Self.resample([integers.map { Float($0) / 32_768 }[...]], Pair.some[0])
        let rounded = floats.map { Int16(min(max(($0 * 32_768).rounded(.toNearestOrEven), -32_768), 32_767)) }
        #expect(output == rounded)
    }

    @Test func `odd rates go to libsamplerate and last as long`() throws {
        var resampler = try Resampler(from: 11_025, to: 16_000, channels: 2)
        var output: [Float] = []
        for piece in Signals.noise(frames: 22_050, seed: 1).cut(seed: 2, longest: 3_000, unit: 2) {
            try resampler.convert(piece.span, appendingTo: &output)
        }
        try resampler.finish(appendingTo: &output)
        #expect(output.count == 2 * 16_000)
    }

    @Test func `the same rate changes nothing`() throws {
        let input = Signals.noise(frames: 1_000, seed: 1)
        var resampler = try Resampler(from: 12_345, to: 12_345, channels: 1)
        var output: [Float] = []
        try resampler.convert(input.span, appendingTo: &output)
        try resampler.finish(appendingTo: &output)
        #expect(output == input)
    }

    @Test func `rates too far apart are refused with both rates in the message`() {
        let error = #expect(throws: AudioError.self) { _ = try Resampler(from: 1_000_000, to: 8, channels: 1) }
        #expect(error?.code == .unsupported)
        #expect(error?.message.contains("1000000 Hz to 8 Hz") == true)
    }

    #if DEBUG
        @Test(arguments: ["src_new", "src_process"])
        func `a failure of libsamplerate comes back with its name`(function: String) {
            let error = Faults.$failing.withValue(function) {
                #expect(throws: AudioError.self) {
                    var resampler = try Resampler(from: 11_025, to: 16_000, channels: 1)
                    var output: [Float] = []
                    try resampler.convert([0, 1].span, appendingTo: &output)
                }
            }
            #expect(error?.cause?.function == function)
        }
    #endif
}
