/// The sections of a recording in which somebody speaks, found while it is read.
///
/// ```swift
/// var scan = try SpeechScan(await AudioInput(path: "film.mkv"))
/// while let section = try await scan.next() { … }
/// ```
///
/// Who wants the sound too, or how far the work is, takes it step by step instead:
///
/// ```swift
/// while let step = try await scan.step() { sections += step.sections }
/// ```
public struct SpeechScan<Source: PCMSource & ~Copyable>: ~Copyable {
    private var source: Optional<ConvertedSource<Source>>
    private var detector: ScanDetector
    private var cutter: SpeechCutter
    private var end = MediaTime(frames: 0, rate: VoiceFrame.rate)
    private var ready: ArraySlice<SpeechSection> = []

    /// Reads a recording of any rate and any number of channels.
    ///
    /// One that is still made is decided a tenth of a second later, and less well than one that is there as a whole.
    public init(
        _ source: consuming Source, _ rules: ClipRules = ClipRules(), isLive: Bool = false
    ) throws(AudioError) {
        detector = isLive ? .live(LiveVoiceDetector()) : .media(MediaVoiceDetector())
        self.source = try ConvertedSource(source, to: PCMFormat(rate: VoiceFrame.rate, channels: 1))
        cutter = SpeechCutter(rules)
    }

    /// The next section, or nil at the end.
    public mutating func next() async throws(AudioError) -> SpeechSection? {
        while ready.isEmpty, let step = try await step() { ready = step.sections[...] }
        return ready.popFirst()
    }

    /// Reads a little more; nil at the end.
    ///
    /// - Throws: what is wrong with the sound, and `cancelled`.
    public mutating func step() async throws(AudioError) -> SpeechScanStep? {
        guard var reading = source.take() else { return nil }
        guard !Task.isCancelled else { throw AudioError(.cancelled, "stopped before the end of the recording") }
        // A film is seconds of work; whoever shares the pool of tasks with it gets a turn in between.
        await Task.yield()
        var (frames, sections): ([VoiceFrame], [SpeechSection]) = ([], [])
        let chunk = try await reading.next()
        if let chunk {
            detector.add(chunk.samples.span, appendingTo: &frames)
            end = chunk.end
            source = consume reading
        } else {
            detector.finish(appendingTo: &frames)
        }
        cutter.add(frames.span, appendingTo: &sections)
        if chunk == nil { cutter.finish(appendingTo: &sections) }
        return SpeechScanStep(
            samples: chunk?.samples ?? [], frames: frames, sections: sections, undecidedStart: cutter.undecidedStart,
            end: end)
    }
}

/// The detector of a scan.
private enum ScanDetector: ~Copyable, VoiceDetector {
    case media(MediaVoiceDetector)
    case live(LiveVoiceDetector)

    mutating func add(_ samples: Span<Float>, appendingTo frames: inout [VoiceFrame]) {
        switch consume self {
        case .media(var detector):
            detector.add(samples, appendingTo: &frames)
            self = .media(detector)
        case .live(var detector):
            detector.add(samples, appendingTo: &frames)
            self = .live(detector)
        }
    }

    mutating func finish(appendingTo frames: inout [VoiceFrame]) {
        switch consume self {
        case .media(var detector):
            detector.finish(appendingTo: &frames)
            self = .media(detector)
        case .live(var detector):
            detector.finish(appendingTo: &frames)
            self = .live(detector)
        }
    }
}

/// What was read and found in one step of a scan; what is found belongs to sound of earlier steps too.
public struct SpeechScanStep: Sendable {
    /// The sound, at ``VoiceFrame/rate`` in one channel.
    public let samples: [Float]
    /// The frames that are decided.
    public let frames: [VoiceFrame]
    /// The sections that are decided.
    public let sections: [SpeechSection]
    /// Where what is not decided begins: no section to come has sound from before.
    public let undecidedStart: MediaTime
    /// Where the sound that was read ends.
    public let end: MediaTime
}
