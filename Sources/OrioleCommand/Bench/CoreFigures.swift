internal import AudioCore
@_spi(Measuring) internal import GLMSpeech
@_spi(Measuring) internal import HTTPTransport
internal import Platform

/// How fast the core is on this machine: the same list that the benchmarks of the project hold beside their peers.
enum CoreFigures {
    /// One figure.
    struct Figure: Encodable {
        let name: String
        let value: Double
        let unit: String
    }

    private static let rounds = 5
    private static let leastTime = 0.02
    private static let seconds = 10

    /// All of them.
    static func measured() throws(CommandError) -> [Figure] {
        do throws(AudioError) {
            return try resampling() + base64() + lines() + opus() + [loudness(), voice(), wave()]
        } catch {
            throw CommandError(error)
        }
    }

    static func table(_ figures: [Figure]) -> String {
        LatencyTable.aligned(
            figures.map { [$0.name, Shown.short($0.value), $0.unit] }, textColumns: 1)
    }

    /// The CPU seconds of work: the middle one of several rounds.
    private static func time(_ work: () throws(AudioError) -> Void) throws(AudioError) -> Double {
        try work()
        var times: [Double] = []
        for _ in 0..<rounds {
            var (count, spent) = (0.0, 0.0)
            while spent < leastTime {
                let began = ThreadTime.seconds
                try work()
                spent += ThreadTime.seconds - began
                count += 1
            }
            times.append(spent / count)
        }
        return times.sorted()[rounds / 2]
    }

    /// Something between a tone and noise, which no stage can make short work of.
    private static func sound(rate: Int) -> [Float] {
        var random = SharedRandom.Generator(7)
        return (0..<rate * seconds).map { index in
            let noise = Float(random.next() >> 40) / Float(1 << 24) - 0.5
            return 0.4 * (Float(index % 97) / 97 - 0.5) + 0.2 * noise
        }
    }

    private static func realTime(_ name: String, _ work: () throws(AudioError) -> Void) throws(AudioError) -> Figure {
        Figure(name: name, value: try Double(seconds) / time(work), unit: "× real time")
    }

    // MARK: - Rates

    private static func resampling() throws(AudioError) -> [Figure] {
        var figures: [Figure] = []
        for (from, to) in [(24_000, 16_000), (16_000, 24_000), (48_000, 16_000), (44_100, 16_000), (24_000, 48_000)] {
            let input = sound(rate: from)
            figures.append(
                try realTime("resample \(from) → \(to)") { () throws(AudioError) in
                    var output: [Float] = []
                    var resampler = try Resampler(from: from, to: to, channels: 1)
                    try resampler.convert(input.span, appendingTo: &output)
                    try resampler.finish(appendingTo: &output)
                })
        }
        return figures
    }

    // MARK: - Text

    private static func base64() throws(AudioError) -> [Figure] {
        let bytes = [UInt8](repeating: 0x5A, count: 1 << 20)
        let text = Base64Encoder.text(of: bytes.span)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + 64)
        let seconds = try time { () throws(AudioError) in
            output.removeAll(keepingCapacity: true)
            var decoder = Base64Decoder()
            _ = try decoder.decode(text.span, appendingTo: &output)
            try decoder.finish(appendingTo: &output)
        }
        return [Figure(name: "base64 decode", value: Double(bytes.count) / seconds * 1e-9, unit: "GB/s")]
    }

    private static func lines() throws(AudioError) -> [Figure] {
        let sound = [UInt8](repeating: 0x5A, count: 23_040)
        let head = Array(#"{"id":"20251010","model":"glm-tts","choices":[{"index":0,"delta":{"content":""#.utf8)
        let tail = Array(#"","return_sample_rate":24000,"return_format":"pcm"}}]}"#.utf8)
        let line = head + Base64Encoder.text(of: sound.span) + tail
        let event = Array("data: ".utf8) + line + Array("\n\n".utf8)
        var output: [UInt8] = []
        output.reserveCapacity(sound.count + 64)
        // As in a stream: the readers are there already.
        var events = ServerSentEvents(endingAt: .line)
        var reader = SpeechFrameReader(.base64)
        let seconds = try time { () throws(AudioError) in
            output.removeAll(keepingCapacity: true)
            try? events.read(event.span) { _, data in _ = reader.read(data, appendingTo: &output) }
        }
        return [Figure(name: "an event of speech to sound", value: Double(event.count) / seconds * 1e-9, unit: "GB/s")]
    }

    // MARK: - Codecs and measures

    private static func opus() throws(AudioError) -> [Figure] {
        let input = sound(rate: 24_000)
        var figures: [Figure] = []
        for complexity in [10, 5] {
            figures.append(
                try realTime("Opus at complexity \(complexity)") { () throws(AudioError) in
                    var packets = OpusPackets()
                    var encoder = try OpusEncoder(
                        format: PCMFormat(rate: 24_000, channels: 1), settings: OpusSettings(complexity: complexity))
                    try encoder.encode(input.span, appendingTo: &packets)
                    try encoder.finish(appendingTo: &packets)
                })
        }
        return figures
    }

    private static func loudness() throws(AudioError) -> Figure {
        let input = sound(rate: 48_000)
        return try realTime("loudness with true peak, 48000") { () throws(AudioError) in
            var meter = try LoudnessMeter(format: PCMFormat(rate: 48_000, channels: 1))
            meter.add(input.span)
            _ = meter.integrated
        }
    }

    private static func voice() throws(AudioError) -> Figure {
        let input = sound(rate: 16_000)
        return try realTime("voice activity in media") { () throws(AudioError) in
            var detector = MediaVoiceDetector()
            var frames: [VoiceFrame] = []
            detector.add(input.span, appendingTo: &frames)
            detector.finish(appendingTo: &frames)
        }
    }

    private static func wave() throws(AudioError) -> Figure {
        let input = sound(rate: 48_000)
        let bytes = WAVWriter.file(of: input.span, format: PCMFormat(rate: 48_000, channels: 1), encoding: .signed16)
        return try realTime("WAVE to samples, 48000") { () throws(AudioError) in
            var samples: [Float] = []
            var reader = WAVReader()
            try reader.read(bytes.span, appendingTo: &samples)
            _ = try reader.finish(appendingTo: &samples)
        }
    }
}
