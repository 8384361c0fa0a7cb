import AudioCore
import CPeers

/// How loudness is measured beside libebur128.
enum LoudnessSpeed {
    static func measure() -> [Measurement] {
        measure(rate: 24_000, channels: 1) + measure(rate: 48_000, channels: 1) + measure(rate: 48_000, channels: 2)
    }

    private static func measure(rate: Int, channels: Int) -> [Measurement] {
        let input = noise(60 * rate * channels)
        var ours = 0.0
        var theirs = 0.0
        let race = Race(
            ours: { ours = loudness(of: input, PCMFormat(rate: rate, channels: channels)) },
            others: [
                (
                    "libebur128",
                    { theirs = unsafe peer_ebur128(input, input.count / channels, UInt32(channels), UInt32(rate)) }
                )
            ])
        let name = "\(rate / 1_000) kHz, \(channels == 1 ? "mono" : "stereo")"
        return [
            Measurement(
                name: "loudness beside libebur128, \(name)", value: abs(ours - theirs), unit: "LU", goal: .atMost(0.01)),
            Measurement(
                name: "loudness, \(name)", value: race.ratios["libebur128"] ?? 0, unit: "× libebur128",
                goal: .atLeast(4), spread: race.spread, peers: race.milliseconds),
        ]
    }

    static func loudness(of input: [Float], _ format: PCMFormat) -> Double {
        var meter = mustWork { try LoudnessMeter(format: format, measuresPeak: false) }
        for start in stride(from: 0, to: input.count, by: 48_000) {
            meter.add(input.span.extracting(start..<min(start + 48_000, input.count)))
        }
        return meter.integrated ?? 0
    }
}
