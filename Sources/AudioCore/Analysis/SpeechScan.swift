/// The sections of a recording in which somebody speaks, found while it is read.
///
/// ```swift
/// var scan = try SpeechScan(await AudioInput(path: "film.mkv"))
/// while let section = try await scan.next() { … }
/// ```
public struct SpeechScan<Source: PCMSource & ~Copyable>: ~Copyable {
    private var source: Optional<ConvertedSource<Source>>
    private var detector = MediaVoiceDetector()
    private var cutter: SpeechCutter
    private var ready: [SpeechSection] = []
    private var taken = 0

    /// Reads a recording of any rate and any number of channels.
    public init(_ source: consuming Source, _ rules: ClipRules = ClipRules()) throws(AudioError) {
        self.source = try ConvertedSource(source, to: PCMFormat(rate: VoiceFrame.rate, channels: 1))
        cutter = SpeechCutter(rules)
    }

    /// The next section, or nil at the end.
    public mutating func next() async throws(AudioError) -> SpeechSection? {
        while taken == ready.count {
            guard var reading = source.take() else { return nil }
            (ready, taken) = ([], 0)
            var frames: [VoiceFrame] = []
            if let chunk = try await reading.next() {
                detector.add(chunk.samples.span, appendingTo: &frames)
                cutter.add(frames.span, appendingTo: &ready)
                source = consume reading
            } else {
                detector.finish(appendingTo: &frames)
                cutter.add(frames.span, appendingTo: &ready)
                cutter.finish(appendingTo: &ready)
            }
        }
        defer { taken += 1 }
        return ready[taken]
    }
}
