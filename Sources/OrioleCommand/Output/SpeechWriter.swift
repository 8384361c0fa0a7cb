internal import AudioCore
internal import Speech

/// Puts speech into a file, or to standard output, piece by piece and at the rate that is wanted.
struct SpeechWriter: ~Copyable {
    private let path: String
    private let settings: OutputSettings
    private let rate: Int?
    private var input: PCMFormat?
    private var resampler: Optional<Resampler>
    private var output: Optional<AudioOutput>
    private(set) var frameCount = 0

    /// Prepares a file; it is made when the first sound says what format it has.
    init(path: String, settings: OutputSettings, rate: Int?) {
        self.path = path
        self.settings = settings
        self.rate = rate
        resampler = nil
        output = nil
    }

    /// Writes a piece.
    mutating func write(_ chunk: SpeechChunk) throws(AudioError) {
        let format = chunk.audio.format
        if input == nil { try begin(format) }
        guard input == format else {
            throw AudioError(.malformedInput, "the speech changes from \(input.map { "\($0)" } ?? "") to \(format)")
        }
        var samples: [Float] = []
        try resampler?.convert(chunk.audio.floats().samples.span, appendingTo: &samples)
        try put(samples)
    }

    /// Ends the file and gives it its name; returns how long it is, nothing when there was no sound.
    consuming func finish() throws(AudioError) -> MediaTime? {
        guard let format = outputFormat else { return nil }
        var last: [Float] = []
        if let resampler = resampler.take() { try resampler.finish(appendingTo: &last) }
        try put(last)
        let length = MediaTime(frames: frameCount, rate: format.rate)
        if let output = output.take() { try output.finish() }
        return length
    }

    /// What the file has: what is wanted, else what is nearest to the speech's own.
    var outputFormat: PCMFormat? {
        input.map { input in
            let wanted = PCMFormat(rate: rate ?? input.rate, channels: input.channels)
            return PCMFormat(rate: rate ?? settings.kind.nearest(to: wanted).rate, channels: input.channels)
        }
    }

    private mutating func begin(_ format: PCMFormat) throws(AudioError) {
        input = format
        let wanted = outputFormat ?? format
        resampler = try Resampler(from: format.rate, to: wanted.rate, channels: format.channels, mode: .lowLatency)
        output =
            path == "-"
            ? try AudioOutput(standardOutput: settings, format: wanted)
            : try AudioOutput(path: path, settings: settings, format: wanted)
    }

    private mutating func put(_ samples: [Float]) throws(AudioError) {
        guard !samples.isEmpty, let format = outputFormat else { return }
        frameCount += samples.count / format.channels
        try output?.write(samples.span)
    }
}
