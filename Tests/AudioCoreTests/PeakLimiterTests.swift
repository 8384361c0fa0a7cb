import TestSupport
import Testing

@testable import AudioCore

@Suite(.tags(.quality)) struct PeakLimiterTests {
    /// Bursts of a tone whose true peaks lie between the samples, over quieter sound.
    private static func sound(_ format: PCMFormat, seconds: Int) -> [Float] {
        var random = SplitMix64(3)
        return (0..<format.rate * seconds).flatMap { index -> [Float] in
            let isBurst = index / (format.rate / 5) % 3 == 0
            let noise = Float(random.next() >> 40) / Float(1 << 24) - 0.5
            let tone: Float = [0.7, 0.7, -0.7, -0.7][index % 4]
            return (0..<format.channels).map { channel in
                isBurst ? tone * (channel == 0 ? 1 : 0.5) + noise * 0.1 : noise * 0.1
            }
        }
    }

    private static func limited(_ samples: [Float], _ format: PCMFormat, gain: Double, pieces: Int) -> [Float] {
        var limiter = PeakLimiter(format: format, gain: Gain(decibels: gain))
        var output: [Float] = []
        for start in stride(from: 0, to: samples.count, by: pieces * format.channels) {
            let end = min(start + pieces * format.channels, samples.count)
            limiter.limit(samples.span.extracting(start..<end), appendingTo: &output)
        }
        limiter.finish(appendingTo: &output)
        return output
    }

    @Test(arguments: [1, 2], [3.0, 12, 24]) func `no true peak is above the ceiling`(channels: Int, gain: Double) throws
    {
        let format = PCMFormat(rate: 24_000, channels: channels)
        let samples = Self.sound(format, seconds: 2)
        let output = Self.limited(samples, format, gain: gain, pieces: 4_000)
        #expect(output.count == samples.count)
        var meter = try LoudnessMeter(format: format)
        meter.add(output.span)
        #expect((-1.6 ... -1.0).contains(try #require(meter.truePeak)))
    }

    @Test func `what is below the ceiling is only amplified, wherever it is cut`() {
        let format = PCMFormat(rate: 16_000, channels: 1)
        let samples = Self.sound(format, seconds: 1).map { $0 * 0.2 }
        let whole = Self.limited(samples, format, gain: 6, pieces: 16_000)
        #expect(zip(whole, samples).allSatisfy { abs($0 - $1 * Gain(decibels: 6).factor) < 1e-6 })
        for pieces in [1, 7, 160, 5_000] {
            let same = Self.limited(samples, format, gain: 6, pieces: pieces) == whole
            #expect(same)
        }
    }

    @Test(arguments: [0, 1, 23, 24, 200]) func `short sound keeps its length`(count: Int) {
        let samples = [Float](repeating: 0.9, count: count)
        let output = Self.limited(samples, PCMFormat(rate: 24_000, channels: 1), gain: 6, pieces: 10)
        #expect(output.count == count && output.allSatisfy { abs($0) < 0.9 })
    }
}
