import AudioCore
import CPeers

/// What an Ogg Opus file costs beyond the bare encoder, and when its first page comes.
enum OpusPackaging {
    static func measure() throws -> [Measurement] {
        let rate = 24_000
        let input = try speech(seconds: 60, rate: rate)
        var all: [Measurement] = []
        for (complexity, goal) in [(10, 1.2), (5, 2.0)] {
            let settings = OpusSettings(bitrate: 24_000, complexity: complexity)
            let race = Race(
                rounds: 41, ours: { consume(encode(input, rate, settings)) },
                others: [
                    (
                        "libopus",
                        { unsafe consume(peer_opus(input, input.count, Int32(rate), 24_000, Int32(complexity))) }
                    ),
                    (
                        "libopusenc",
                        { unsafe consume(peer_opusenc(input, input.count, Int32(rate), 24_000, Int32(complexity))) }
                    ),
                ])
            let overhead = (1 / (race.ratios["libopus"] ?? 1) - 1) * 100
            all.append(
                Measurement(
                    name: "Opus packaging over bare libopus, complexity \(complexity)", value: overhead, unit: "%",
                    goal: .atMost(0.2), spread: race.spread, peers: race.milliseconds))
            all.append(
                Measurement(
                    name: "Opus packaging beside libopusenc, complexity \(complexity)",
                    value: race.ratios["libopusenc"] ?? 0, unit: "× libopusenc", goal: .atLeast(goal)))
        }
        return all + [try firstPage(rate: rate)]
    }

    private static func encode(_ input: [Float], _ rate: Int, _ settings: OpusSettings) -> Int {
        var bytes: [UInt8] = []
        mustWork {
            var writer = try OggOpusWriter(format: PCMFormat(rate: rate, channels: 1), settings: settings)
            for start in stride(from: 0, to: input.count, by: 2_400) {
                try writer.write(input.span.extracting(start..<min(start + 2_400, input.count)), appendingTo: &bytes)
            }
            try writer.finish(appendingTo: &bytes)
        }
        return bytes.count
    }

    /// How much sound must have come before the first page of sound goes out.
    private static func firstPage(rate: Int) throws -> Measurement {
        var writer = try OggOpusWriter(
            format: PCMFormat(rate: rate, channels: 1), pageInterval: .milliseconds(20))
        let input = noise(rate)
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

/// The sample of the repository, again and again.
private func speech(seconds: Int, rate: Int) throws -> [Float] {
    let root = "/" + #filePath.split(separator: "/").dropLast(4).joined(separator: "/")
    var reader = try SoundFileReader(path: "\(root)/samples/greeting.flac")
    var resampler = try Resampler(from: reader.format.rate, to: rate, channels: reader.format.channels)
    var stereo: [Float] = []
    while let chunk = try reader.next() { try resampler.convert(chunk.samples.span, appendingTo: &stereo) }
    try resampler.finish(appendingTo: &stereo)
    var once: [Float] = []
    ChannelMixer(from: reader.format.channels, to: 1).mix(stereo.span, appendingTo: &once)
    return (0..<seconds * rate).map { once[$0 % once.count] }
}
