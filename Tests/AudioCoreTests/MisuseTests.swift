import AudioCore
import TestSupport
import Testing

/// A caller's mistake stops the program at the call, before it becomes noise somewhere else.
@Suite(.tags(.quality), .neverHangs)
struct MisuseTests {
    enum Misuse: String, CaseIterable, Codable {
        case formatWithoutChannels, chunkWithinFrame, timeWithoutRate, mixWithinFrame, fadeWithinFrame
        case resamplingWithinFrame, resamplingToNothing, encodingThatIsOnlyRead, complexityOverTen, pageOfAnHour
        case opusWithinFrame, loudnessWithinFrame
    }

    private static let stereo = PCMFormat(rate: 48_000, channels: 2)
    private static let three: [Float] = [0, 0, 0]

    @Test(arguments: Misuse.allCases)
    func `a caller's mistake traps`(misuse: Misuse) async {
        await #expect(processExitsWith: .failure) { [misuse] in
            // What is thrown is no trap.
            _ = try? Self.commit(misuse)
        }
    }

    private static func commit(_ misuse: Misuse) throws {
        var samples: [Float] = []
        var bytes: [UInt8] = []
        switch misuse {
        case .formatWithoutChannels: _ = PCMFormat(rate: 48_000, channels: 0)
        case .chunkWithinFrame:
            _ = PCMChunk(format: stereo, start: MediaTime(frames: 0, rate: 48_000), samples: three)
        case .timeWithoutRate: _ = MediaTime(frames: 1, rate: 0)
        case .mixWithinFrame: ChannelMixer(from: 2, to: 1).mix(three.span, appendingTo: &samples)
        case .fadeWithinFrame:
            samples = three
            var fade = Fade(from: Gain(factor: 0), to: Gain(factor: 1), frames: 2, channels: 2)
            var span = samples.mutableSpan
            fade.apply(to: &span)
        case .resamplingWithinFrame:
            var resampler = try Resampler(from: 48_000, to: 16_000, channels: 2)
            try resampler.convert(three.span, appendingTo: &samples)
        case .resamplingToNothing: _ = try Resampler(from: 48_000, to: 0, channels: 1)
        case .encodingThatIsOnlyRead: _ = PCMEncoder(.aLaw)
        case .complexityOverTen: _ = OpusSettings(complexity: 11)
        case .pageOfAnHour: _ = try OggOpusWriter(format: stereo, pageInterval: .seconds(3_600))
        case .opusWithinFrame:
            var writer = try OggOpusWriter(format: stereo)
            try writer.write(three.span, appendingTo: &bytes)
        case .loudnessWithinFrame:
            var meter = try LoudnessMeter(format: stereo)
            meter.add(three.span)
        }
    }
}
