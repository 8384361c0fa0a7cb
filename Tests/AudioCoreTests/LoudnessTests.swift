import TestSupport
import Testing

@testable import AudioCore

@Suite(.tags(.quality))
struct LoudnessTests {
    /// Stereo sines one after the other: level in dB of full scale, and seconds (as EBU Tech 3341 lists them).
    private static func sines(_ parts: [(level: Double, seconds: Double)], rate: Int = 48_000) -> [Float] {
        parts.flatMap { part in
            let level = Double(Gain(decibels: part.level).factor)
            return Signals.sine(1_000, rate: rate, frames: Int(part.seconds * Double(rate)), level: level).flatMap {
                [$0, $0]
            }
        }
    }

    private static func meter(_ samples: [Float], _ format: PCMFormat, seed: UInt64 = 1) throws -> LoudnessMeter {
        var meter = try LoudnessMeter(format: format)
        for piece in samples.cut(seed: seed, longest: 20_000, unit: format.channels) { meter.add(piece.span) }
        return meter
    }

    @Test func `the test signals of EBU Tech 3341`() throws {
        let cases: [(parts: [(level: Double, seconds: Double)], expected: Double)] = [
            ([(-23, 20)], -23), ([(-33, 20)], -33), ([(-36, 10), (-23, 60), (-36, 10)], -23),
            ([(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)], -23), ([(-26, 20), (-20, 20.1), (-26, 20)], -23),
        ]
        for (parts, expected) in cases {
            let meter = try Self.meter(Self.sines(parts), PCMFormat(rate: 48_000, channels: 2))
            #expect(abs(try #require(meter.integrated) - expected) <= 0.1)
        }
    }

    @Test(arguments: [8_000, 16_000, 22_050, 24_000, 44_100, 48_000, 96_000])
    func `997 Hz at full scale in one channel is -3.01 LUFS at every rate`(rate: Int) throws {
        let sine = Signals.sine(997, rate: rate, frames: 5 * rate, level: 1)
        let meter = try Self.meter(sine, PCMFormat(rate: rate, channels: 1))
        #expect(abs(try #require(meter.integrated) + 3.01) < 0.05)
    }

    @Test(arguments: Kernels.available.map(\.level))
    func `how the sound is cut does not change the figures, nor does the processor`(level: SIMDLevel) throws {
        let format = PCMFormat(rate: 22_050, channels: 2)
        let samples = Signals.noise(frames: 2 * 50_001, seed: 4)
        var whole = try LoudnessMeter(format: format, kernels: try #require(Kernels(level)))
        whole.add(samples.span)
        let pieces = try Self.meter(samples, format, seed: 9)
        #expect(abs(try #require(pieces.integrated) - #require(whole.integrated)) < 1e-9)
        #expect(abs(try #require(pieces.truePeak) - #require(whole.truePeak)) < 1e-4)
    }

    @Test func `a peak between the samples is found`() throws {
        // A quarter of the rate, an eighth of a turn late: every sample is 3 dB below the crest.
        let crest: [Float] = [0.5, 0.5, -0.5, -0.5]
        let samples = (0..<48_000).map { crest[$0 % 4] }
        let meter = try Self.meter(samples, PCMFormat(rate: 48_000, channels: 1))
        #expect(abs(try #require(meter.truePeak) - (-3.01)) < 0.2)
    }

    @Test func `momentary loudness is that of the last 400 ms`() throws {
        var meter = try Self.meter(Self.sines([(-20, 2)]), PCMFormat(rate: 48_000, channels: 2))
        #expect(abs(try #require(meter.momentary) + 20) < 0.1)
        meter.add(Self.sines([(-40, 1)]).span)
        #expect(abs(try #require(meter.momentary) + 40) < 0.3)
        #expect(abs(try #require(meter.loudestMomentary) + 20) < 0.1)
    }

    @Test func `silence and too little sound have no loudness`() throws {
        #expect(
            try Self.meter([Float](repeating: 0, count: 96_000), PCMFormat(rate: 48_000, channels: 1)).integrated == nil
        )
        #expect(
            try Self.meter([Float](repeating: 0.5, count: 1_000), PCMFormat(rate: 48_000, channels: 1)).integrated
                == nil)
        #expect(try LoudnessMeter(format: PCMFormat(rate: 48_000, channels: 1)).truePeak == nil)
        #expect(try LoudnessMeter(format: PCMFormat(rate: 48_000, channels: 1)).gain(to: -18) == nil)
    }

    @Test func `the gain reaches its target, or stops below the ceiling`() throws {
        let meter = try Self.meter(Self.sines([(-30, 5)]), PCMFormat(rate: 48_000, channels: 2))
        #expect(abs(try #require(meter.gain(to: -18)).decibels - 12) < 0.1)
        #expect(abs(try #require(meter.gain(to: -18, ceiling: -25)).decibels - 5) < 0.1, "its peak is at -30 dB")
    }

    @Test(arguments: [1, 100, 3_999])
    func `a rate that the filter has no meaning for is refused`(rate: Int) {
        let error = #expect(throws: AudioError.self) {
            _ = try LoudnessMeter(format: PCMFormat(rate: rate, channels: 1))
        }
        #expect(error?.code == .unsupported)
    }
}
