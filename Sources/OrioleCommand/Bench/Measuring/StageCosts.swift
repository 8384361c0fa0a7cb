internal import AudioCore
@_spi(Measuring) internal import GLMSpeech
@_spi(Measuring) internal import HTTPTransport
internal import Platform

/// What the stages of our own work cost, each done again with sound that came.
struct StageCosts: Hashable, Sendable {
    /// The stages in the order in which sound goes through them.
    let stages: [Stage]
    let passing: PassingCost

    /// A stage: how many microseconds it takes for each second of sound.
    struct Stage: Hashable, Sendable, Codable {
        let name: String
        let microseconds: Double
    }

    /// Work that costs nothing.
    static let none = StageCosts(stages: [], passing: PassingCost())

    private init(stages: [Stage], passing: PassingCost) { (self.stages, self.passing) = (stages, passing) }

    /// Sound that stands for all: as much is worked on, over and over, until a figure is worth something.
    private static let mostSamples = 240_000
    private static let leastTime = 0.01

    /// Measures a way of passing sound on.
    ///
    /// - Throws: what resampling or coding cannot do.
    init(of samples: [Int16], in format: PCMFormat, _ setting: PassingOn, hasWire: Bool) throws(CommandError) {
        let samples = Array(samples.prefix(Self.mostSamples * format.channels))
        let seconds = Double(samples.count / format.channels) / Double(format.rate)
        guard seconds > 0 else {
            (stages, passing) = ([], PassingCost())
            return
        }
        var stages = hasWire ? Self.wire(samples, seconds) : []
        var cost = PassingCost()
        do throws(AudioError) {
            var sound = samples
            var coded = format
            if setting.codedRate != format.rate {
                coded = PCMFormat(rate: setting.codedRate, channels: format.channels)
                let resampler = try Resampler(
                    from: format.rate, to: coded.rate, channels: format.channels, mode: .lowLatency)
                cost.resamplerDelay = resampler.delay ?? 0
                sound = try Self.resampled(samples, format, to: coded.rate)
                let time = try Self.time { () throws(AudioError) in
                    _ = try Self.resampled(samples, format, to: coded.rate)
                }
                stages.append(Stage(name: "resample", microseconds: time / seconds * 1e6))
            }
            if let frame = setting.opusFrame {
                cost.opusDelay = try Double(Self.encoder(coded, frame).lookAhead) / Double(coded.rate)
                let floats = sound.map { Float($0) / 32_768 }
                let time = try Self.time { () throws(AudioError) in
                    var encoder = try Self.encoder(coded, frame)
                    var packets = OpusPackets()
                    try encoder.encode(floats.span, appendingTo: &packets)
                    try encoder.finish(appendingTo: &packets)
                }
                stages.append(Stage(name: "Opus", microseconds: time / seconds * 1e6))
            }
        } catch {
            throw CommandError(error)
        }
        self.stages = stages
        cost.work = stages.reduce(0) { $0 + $1.microseconds } * 1e-6
        passing = cost
    }

    /// The CPU seconds of work, done until that is worth something.
    private static func time(_ work: () throws(AudioError) -> Void) throws(AudioError) -> Double {
        try work()
        var (count, spent) = (0.0, 0.0)
        while spent < leastTime {
            let began = ThreadTime.seconds
            try work()
            spent += ThreadTime.seconds - began
            count += 1
        }
        return spent / count
    }

    private static func resampled(
        _ samples: [Int16], _ format: PCMFormat, to rate: Int
    ) throws(AudioError) -> [Int16] {
        var resampler = try Resampler(from: format.rate, to: rate, channels: format.channels, mode: .lowLatency)
        var output: [Int16] = []
        try resampler.convert(samples.span, appendingTo: &output)
        try resampler.finish(appendingTo: &output)
        return output
    }

    private static func encoder(_ format: PCMFormat, _ frame: Int) throws(AudioError) -> OpusEncoder {
        guard let duration = OpusSettings.FrameDuration(rawValue: frame * 10) else {
            throw AudioError(.unsupported, "Opus has no frames of \(frame) ms")
        }
        return try OpusEncoder(format: format, settings: OpusSettings(application: .voice, frameDuration: duration))
    }
}

// MARK: - The wire

extension StageCosts {
    /// What it takes to find the sound in a stream of events.
    private static func wire(_ samples: [Int16], _ seconds: Double) -> [Stage] {
        let frames = stride(from: 0, to: samples.count, by: 2_400).map {
            frame(Array(samples[$0..<min($0 + 2_400, samples.count)]))
        }
        let events = frames.map { Array("data: ".utf8) + $0.head + $0.content + $0.tail + Array("\n\n".utf8) }
        let lines = frames.map { $0.head + $0.content + $0.tail }
        var output: [UInt8] = []
        let finding = plainTime {
            var reader = ServerSentEvents(endingAt: .line)
            for event in events { try? reader.read(event.span) { _, _ in } }
        }
        let reading = plainTime {
            var reader = SpeechFrameReader(.base64)
            for line in lines {
                output.removeAll(keepingCapacity: true)
                _ = reader.read(line.span, appendingTo: &output)
            }
        }
        let decoding = plainTime {
            for frame in frames {
                output.removeAll(keepingCapacity: true)
                var decoder = Base64Decoder()
                _ = try? decoder.decode(frame.content.span, appendingTo: &output)
                try? decoder.finish(appendingTo: &output)
            }
        }
        let parts = [("events", finding), ("JSON", max(reading - decoding, 0)), ("base64", min(decoding, reading))]
        return parts.map { Stage(name: $0.0, microseconds: $0.1 / seconds * 1e6) }
    }

    private static func plainTime(_ work: () -> Void) -> Double {
        (try? time { () throws(AudioError) in work() }) ?? 0
    }

    private static func frame(_ samples: [Int16]) -> (head: [UInt8], content: [UInt8], tail: [UInt8]) {
        let bytes = samples.littleEndianBytes
        let head =
            #"{"id":"20251010120000f80cdc994b5866db","created":1760068800,"model":"glm-tts","choices":[{"index":0,"#
            + #""delta":{"role":"assistant","content":""#
        let tail = #"","return_sample_rate":24000,"return_format":"pcm"}}]}"#
        return (Array(head.utf8), Base64Encoder.text(of: bytes.span), Array(tail.utf8))
    }
}
