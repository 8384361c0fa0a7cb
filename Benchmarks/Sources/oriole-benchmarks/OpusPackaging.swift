import AudioCore
import CPeers

/// What an Ogg Opus file costs beyond the bare encoder, and when its first page comes.
enum OpusPackaging {
    static func measure() throws -> [Measurement] {
        let rate = 24_000
        let input = voice(seconds: 15, rate: rate)
        var all: [Measurement] = []
        for (complexity, goal) in [(10, 1.2), (5, 2.0)] {
            let settings = OpusSettings(bitrate: 24_000, complexity: complexity)
            let race = Race(
                rounds: 9, ours: { consume(encode(input, rate, settings)) },
                others: [
                    ("libopus", { consume(peer_opus(input, input.count, Int32(rate), 24_000, Int32(complexity))) }),
                    (
                        "libopusenc",
                        { consume(peer_opusenc(input, input.count, Int32(rate), 24_000, Int32(complexity))) }
                    ),
                ])
            let overhead = (1 / (race.ratios["libopus"] ?? 1) - 1) * 100
            all.append(
                Measurement(
                    name: "Opus packaging over bare libopus, complexity \(complexity)", value: overhead, unit: "%",
                    goal: .atMost(0.2)))
            all.append(
                Measurement(
                    name: "Opus packaging beside libopusenc, complexity \(complexity)",
                    value: race.ratios["libopusenc"] ?? 0, unit: "× libopusenc", goal: .atLeast(goal)))
        }
        return all + [try firstPage(rate: rate)]
    }

    private static func encode(_ input: [Float], _ rate: Int, _ settings: OpusSettings) -> Int {
        var bytes: [UInt8] = []
        do {
            var writer = try OggOpusWriter(format: PCMFormat(rate: rate, channels: 1), settings: settings)
            for start in stride(from: 0, to: input.count, by: 2_400) {
                try writer.write(input.span.extracting(start..<min(start + 2_400, input.count)), appendingTo: &bytes)
            }
            try writer.finish(appendingTo: &bytes)
        } catch {
            fatalError("a benchmark's encoder failed: \(error)")
        }
        return bytes.count
    }

    /// How much sound must have come before the first page of sound goes out.
    private static func firstPage(rate: Int) throws -> Measurement {
        var writer = try OggOpusWriter(
            format: PCMFormat(rate: rate, channels: 1), pageInterval: .milliseconds(20))
        let input = voice(seconds: 1, rate: rate)
        var bytes: [UInt8] = []
        var frames = 0
        while bytes.isEmpty {
            try writer.write(input.span.extracting(frames..<frames + 24), appendingTo: &bytes)
            frames += 24
        }
        return Measurement(
            name: "sound before the first Opus page", value: Double(frames) / Double(rate) * 1_000, unit: "ms",
            goal: .atMost(26.5))
    }
}

/// Something like speech: a buzz with formants that come and go, and pauses.
func voice(seconds: Int, rate: Int) -> [Float] {
    let hiss = noise(seconds * rate)
    var phase = 0.0
    var low = 0.0
    var band = 0.0
    return (0..<seconds * rate).map { index in
        let time = Double(index) / Double(rate)
        phase += (110 + 30 * (time * 1.3).truncatingRemainder(dividingBy: 1)) / Double(rate)
        let syllable = (time * 4).truncatingRemainder(dividingBy: 1)
        let level = syllable < 0.7 ? syllable * (0.7 - syllable) * 8 : 0
        let buzz = 2 * phase.truncatingRemainder(dividingBy: 1) - 1
        let cut = 0.1 + 0.15 * (time * 2.1).truncatingRemainder(dividingBy: 1)
        let high = buzz + 0.1 * Double(hiss[index]) - low - 0.3 * band
        band += cut * high
        low += cut * band
        return Float(level * 0.4 * (low + band))
    }
}
