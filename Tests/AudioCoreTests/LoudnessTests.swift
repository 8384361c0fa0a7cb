import Platform
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

    @Test(.needsOptimization) func `the test signals of EBU Tech 3341`() throws {
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

    @Test func `gates choose as the standard says, block by block`() throws {
        // Levels that wander over 40 dB: blocks lie close to the gate on both sides.
        var random = SplitMix64(11)
        let parts = (0..<300).map { _ in
            (
                level: Double.random(in: -60 ... -20, using: &random),
                seconds: Double.random(in: 0.1...0.9, using: &random)
            )
        }
        let samples = Self.sines(parts, rate: 8_000)
        let meter = try Self.meter(samples, PCMFormat(rate: 8_000, channels: 2))
        #expect(abs(try #require(meter.integrated) - (try Self.defined(samples, rate: 8_000))) < 0.002)
    }

    /// Integrated loudness as BS.1770-4 defines it, from the powers of all blocks at once.
    private static func defined(_ stereo: [Float], rate: Int) throws -> Double {
        let step = stereo.count / 2 / (rate / 10) * (rate / 10)
        var blocks: [Double] = []
        var meter = try LoudnessMeter(format: PCMFormat(rate: rate, channels: 2), measuresPeak: false)
        for start in stride(from: 0, to: step * 2, by: rate / 10 * 2) {
            meter.add(stereo.span.extracting(start..<start + rate / 10 * 2))
            if let momentary = meter.momentary { blocks.append(Loudness.power(of: momentary)) }
        }
        let audible = blocks.filter { $0 >= Loudness.power(of: -70) }
        let loud = audible.filter { $0 >= audible.reduce(0, +) / Double(audible.count) / 10 }
        return Loudness.loudness(of: loud.reduce(0, +) / Double(loud.count))
    }

    @Test(.needsProgram("ffmpeg"))
    func `ffmpeg measures the same`() async throws {
        let folder = ScratchFolder()
        let path = folder.file("levels.wav")
        let samples = Self.sines([(-30, 3), (-14, 4), (-50, 2), (-20, 5)])
        var writer = try AudioOutput(
            path: path, settings: OutputSettings(kind: .wav, encoding: .float32),
            format: PCMFormat(rate: 48_000, channels: 2))
        try writer.write(samples.span)
        try writer.finish()
        let program = try #require(Environment.program("ffmpeg"))
        var child = try ChildProcess(
            "ffmpeg", at: program, arguments: ["-nostdin", "-i", path, "-af", "ebur128=peak=true", "-f", "null", "-"])
        var nothing: [UInt8] = []
        while try await child.read(appendingTo: &nothing) {}
        let summary = try await child.finish().errors.split(separator: "Summary:").last.map(String.init) ?? ""
        func figure(_ name: String) throws -> Double {
            let words = summary.split(whereSeparator: \.isWhitespace)
            let place = try #require(words.firstIndex { $0 == name })
            return try #require(Double(words[place + 1]))
        }
        let meter = try Self.meter(samples, PCMFormat(rate: 48_000, channels: 2))
        #expect(abs(try #require(meter.integrated) - figure("I:")) <= 0.1)
        #expect(abs(try #require(meter.truePeak) - figure("Peak:")) <= 0.2)
    }

    @Test func `a peak between the samples is found`() throws {
        // A quarter of the rate, an eighth of a turn late: every sample is 3 dB below the crest.
        let crest: [Float] = [0.5, 0.5, -0.5, -0.5]
        let samples = (0..<48_000).map { crest[$0 % 4] }
        let meter = try Self.meter(samples, PCMFormat(rate: 48_000, channels: 1))
        #expect(abs(try #require(meter.truePeak) - (-3.01)) < 0.2)
    }

    @Test func `a peak after the last sample but one is found too`() throws {
        // Two equal samples at the very end: the wave is highest between them.
        let samples = [Float](repeating: 0, count: 2_000) + [-0.5, 0.5, 0.5, -0.5]
        let meter = try Self.meter(samples, PCMFormat(rate: 48_000, channels: 1))
        let padded = try Self.meter(samples + [Float](repeating: 0, count: 500), PCMFormat(rate: 48_000, channels: 1))
        #expect(try #require(meter.truePeak) > -6.0 && meter.truePeak == padded.truePeak)
    }

    @Test(arguments: [(4, 2), (5, 3), (6, 4), (8, 6)])
    func `a surround counts 1.5 dB more than the front, low effects not at all`(channels: Int, surround: Int) throws {
        func loudness(_ channel: Int) throws -> Double? {
            let sine = Signals.sine(997, rate: 48_000, frames: 48_000)
            let samples = sine.flatMap { value in (0..<channels).map { $0 == channel ? value : 0 } }
            return try Self.meter(samples, PCMFormat(rate: 48_000, channels: channels)).integrated
        }
        let front = try #require(try loudness(0))
        #expect(abs(try #require(try loudness(surround)) - front - 1.49) < 0.01)
        if channels >= 6 { #expect(try loudness(3) == nil) }
    }

    @Test func `sound beyond all measure does not stop the meter`() throws {
        let meter = try Self.meter([Float](repeating: 3.4e38, count: 48_000), PCMFormat(rate: 48_000, channels: 2))
        #expect(meter.gain(to: -20).map { $0.factor.isFinite } != false)
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
