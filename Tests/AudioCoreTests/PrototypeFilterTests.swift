import Foundation
import TestSupport
import Testing

@testable import AudioCore

@Suite(.tags(.quality))
struct PrototypeFilterTests {
    /// The gain at a frequency in cycles per sample of the lower rate, in dB.
    private static func gain(_ half: [Double], density: Int, at frequency: Double) -> Double {
        var sum = half[0]
        for index in 1..<half.count {
            sum += 2 * half[index] * cos(2 * Double.pi * frequency * Double(index) / Double(density))
        }
        return 20 * log10(max(abs(sum), 1e-12))
    }

    @Test(arguments: [2, 3, 6, 147])
    func `the filter keeps its promises at every density`(density: Int) {
        let half = PrototypeFilter.samples(density: density)
        for step in 0...180 {
            let level = Self.gain(half, density: density, at: 0.45 * Double(step) / 180)
            #expect(abs(level) < 0.000_85, "ripple up to 0.9 of Nyquist")
        }
        #expect(Self.gain(half, density: density, at: 0.455) > -0.008)
        for step in 0...400 {
            let frequency = 0.5 + (Double(density) / 2 - 0.5) * Double(step) / 400
            #expect(Self.gain(half, density: density, at: frequency) < -140, "from Nyquist on")
        }
    }

    @Test func `the low-latency mode holds back what the filter looks ahead, always`() throws {
        for (from, to, limit) in [
            (24_000, 16_000, 4.6), (48_000, 16_000, 4.6), (24_000, 48_000, 3.1), (24_000, 44_100, 3.1),
        ] {
            var resampler = try Resampler(from: from, to: to, channels: 1, mode: .lowLatency)
            var output: [Float] = []
            var held: [Double] = []
            for push in 1...50 {
                let piece = [Float](repeating: 0, count: from / 50)
                try resampler.convert(piece.span, appendingTo: &output)
                held.append(Double(push) * 20 - Double(output.count) / Double(to) * 1_000)
            }
            #expect((held.max() ?? .infinity) <= limit)
            let delay = (resampler.delay ?? .infinity) * 1_000
            #expect((held.max() ?? .infinity) <= delay + 0.001 && delay <= limit)
            #expect((held.max() ?? .infinity) - (held.min() ?? 0) <= 1_000 / Double(to), "constant to a sample")
        }
    }
}
