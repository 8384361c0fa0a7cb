import AudioCore
import TestSupport
import Testing

@Suite(.tags(.quality))
struct LevelTests {
    @Test func `stereo becomes the mean of both channels`() {
        var mono: [Float] = []
        ChannelMixer(from: 2, to: 1).mix([Float(1), 0, 0.5, -0.5, 0.25, 0.75].span, appendingTo: &mono)
        #expect(mono == [0.5, 0, 0.5])
    }

    @Test func `mono becomes two equal channels`() {
        var stereo: [Float] = []
        ChannelMixer(from: 1, to: 2).mix([Float(1), -1].span, appendingTo: &stereo)
        #expect(stereo == [1, 1, -1, -1])
    }

    @Test(arguments: [3, 4, 5, 6, 7, 8, 9, 16])
    func `surround at full scale does not clip in stereo`(channels: Int) {
        var stereo: [Float] = []
        let loud = [Float](repeating: 1, count: channels)
        ChannelMixer(from: channels, to: 2).mix(loud.span, appendingTo: &stereo)
        #expect(stereo.allSatisfy { abs($0 - 1) < 1e-6 })
    }

    @Test func `the centre of a film is on both sides, its low effects on none`() {
        var stereo: [Float] = []
        ChannelMixer(from: 6, to: 2).mix([Float(0), 0, 1, 0, 0, 0].span, appendingTo: &stereo)
        #expect(stereo[0] == stereo[1] && stereo[0] > 0.25)
        stereo = []
        ChannelMixer(from: 6, to: 2).mix([Float(0), 0, 0, 1, 0, 0].span, appendingTo: &stereo)
        #expect(stereo == [0, 0])
    }

    @Test(arguments: [3, 5, 6, 7, 8, 12])
    func `no one who speaks in the centre is lost`(channels: Int) {
        for outputs in 1...2 {
            var mixed: [Float] = []
            var frame = [Float](repeating: 0, count: channels)
            frame[2] = 1
            ChannelMixer(from: channels, to: outputs).mix(frame.span, appendingTo: &mixed)
            #expect(mixed.allSatisfy { $0 > 0.05 } && mixed.count == outputs)
        }
    }

    @Test func `left and right stay left and right among more loudspeakers`() {
        var surround: [Float] = []
        ChannelMixer(from: 2, to: 6).mix([Float(1), 0.5].span, appendingTo: &surround)
        #expect(surround == [1, 0.5, 0, 0, 0, 0])
    }

    @Test func `six decibels double`() {
        var samples: [Float] = [0.25, -0.5]
        var span = samples.mutableSpan
        Gain(decibels: 6.0206).apply(to: &span)
        #expect(abs(samples[0] - 0.5) < 1e-5 && abs(samples[1] + 1) < 1e-5)
    }

    @Test func `a fade in pieces is the fade of the whole`() {
        let silence = Gain(factor: 0)
        let full = Gain(factor: 1)
        var whole = [Float](repeating: 1, count: 20)
        var fade = Fade(from: silence, to: full, frames: 4, channels: 2)
        var span = whole.mutableSpan
        fade.apply(to: &span)
        #expect(whole == [0, 0, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75] + [Float](repeating: 1, count: 12))
        var pieces: [Float] = []
        fade = Fade(from: silence, to: full, frames: 4, channels: 2)
        for length in [2, 6, 2, 10] {
            var piece = [Float](repeating: 1, count: length)
            var span = piece.mutableSpan
            fade.apply(to: &span)
            pieces += piece
        }
        #expect(pieces == whole)
    }

    @Test func `16-bit sound is mixed, scaled and faded without floats, rounded once and saturated`() {
        var mono: [Int16] = []
        ChannelMixer(from: 2, to: 1).mix([Int16(3), 4, -7, -8, .max, .max, .min, .max].span, appendingTo: &mono)
        #expect(mono == [4, -8, .max, 0], "ties to even: 3.5, −7.5, and −0.5")
        var samples: [Int16] = [1_000, -1_000, 20_000, -20_000, 1]
        var span = samples.mutableSpan
        Gain(factor: 2).apply(to: &span)
        #expect(samples == [2_000, -2_000, .max, .min, 2])
        var fading = [Int16](repeating: 101, count: 6)
        var fade = Fade(from: Gain(factor: 1), to: Gain(factor: 0), frames: 2, channels: 2)
        span = fading.mutableSpan
        fade.apply(to: &span)
        #expect(fading == [101, 101, 50, 50, 0, 0])
        #expect(Int16(nearest: .nan) == 0 && Int16(nearest: .infinity) == .max)
    }

    @Test func `times at different rates compare exactly`() {
        #expect(MediaTime(frames: 16_000, rate: 16_000) == MediaTime(frames: 44_100, rate: 44_100))
        #expect(MediaTime(frames: 1, rate: 48_000) < MediaTime(frames: 1, rate: 44_100))
        #expect(MediaTime(frames: Int.max, rate: 3) > MediaTime(frames: Int.max, rate: 4))
        #expect(MediaTime(frames: .max, rate: 1).converted(to: 48_000).frames == .max, "the last that there is")
        #expect(MediaTime(frames: .min, rate: 1).converted(to: 48_000).frames == .min)
        #expect(MediaTime(frames: .max, rate: 48_000).converted(to: 48_000).frames == .max)
        #expect(MediaTime(frames: -1, rate: 3).converted(to: 1).frames == -1, "rounded down, also before zero")
        #expect(
            Set([MediaTime(frames: 2, rate: 4), MediaTime(frames: 1, rate: 2), MediaTime(frames: 24_000, rate: 48_000)])
                .count == 1)
    }

    @Test(arguments: [(0, "0:00.000"), (1_234, "0:01.234"), (61_005, "1:01.005"), (3_661_045, "1:01:01.045")])
    func `a time reads like a clock`(milliseconds: Int, text: String) {
        #expect("\(MediaTime(frames: milliseconds, rate: 1_000))" == text)
    }
}
