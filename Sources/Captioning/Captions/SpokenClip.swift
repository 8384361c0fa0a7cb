internal import AudioCore
internal import Speech

/// A part of a recording that an engine hears at once, with its sound.
struct SpokenClip: Sendable {
    /// When somebody speaks in it, on the clock of the recording.
    let section: SpeechSection
    /// The sound at 16 kHz; at a seam it reaches into the next clip.
    let sound: PCMChunk<Float>
    /// Whether it begins within a voice, so that its first words may be the last ones of the clip before.
    let followsSeam: Bool

    /// How much sound it has.
    var length: Duration { .milliseconds(sound.frameCount * 1_000 / VoiceFrame.rate) }

    /// The moment at which its own words end and those of the next clip begin; nil where nobody speaks there.
    var seam: Duration? { section.cutsVoice ? section.end.duration : nil }
}

/// Cuts a recording into clips while it is read; holds the sound that is not decided, and no more.
struct ClipReader<Source: PCMSource & ~Copyable>: ~Copyable {
    private var scan: SpeechScan<Source>
    /// Where the recording begins on the clock of the whole, in samples.
    private let origin: Int
    private var samples: [Float] = []
    private var firstSample = 0
    private var sections: ArraySlice<SpeechSection> = []
    private var followsSeam = false
    private var isAtEnd = false

    /// Where the sound that was read ends.
    private(set) var end: Duration

    /// How far clips reach over a cut within a voice: a word and a half, so that one of both has it whole.
    static var overlap: Int { VoiceFrame.rate * 3 / 4 }

    /// Makes a reader of a recording that begins at some moment of a longer one.
    init(
        _ source: consuming Source, _ settings: CaptionSettings, _ limits: EngineLimits
    ) throws(AudioError) {
        let overlap = Duration.seconds(Double(2 * Self.overlap) / Double(VoiceFrame.rate))
        let rules = limits.clipDuration.map { ClipRules(limit: $0 - overlap) } ?? ClipRules()
        scan = try SpeechScan(source, settings.isLive ? rules.live : rules, isLive: settings.isLive)
        end = settings.start
        origin = Int((settings.start / .seconds(1) * Double(VoiceFrame.rate)).rounded())
    }

    /// The next clip, or nil at the end.
    mutating func next() async throws(AudioError) -> SpokenClip? {
        while true {
            if let section = sections.first, isAtEnd || reach(of: section) <= firstSample + samples.count {
                sections.removeFirst()
                return clip(section)
            }
            guard !isAtEnd else { return nil }
            guard let step = try await scan.step() else {
                isAtEnd = true
                continue
            }
            samples += step.samples
            end = MediaTime(frames: origin, rate: VoiceFrame.rate).advanced(by: step.end).duration
            sections += step.sections
            forget(before: step.undecidedStart)
        }
    }

    /// The sample up to which a section's clip goes.
    private func reach(of section: SpeechSection) -> Int {
        section.end.converted(to: VoiceFrame.rate).frames + (section.cutsVoice ? Self.overlap : 0)
    }

    private mutating func clip(_ section: SpeechSection) -> SpokenClip {
        let wanted = section.start.converted(to: VoiceFrame.rate).frames - (followsSeam ? Self.overlap : 0)
        let first = min(max(wanted, firstSample), firstSample + samples.count)
        let last = min(max(reach(of: section), first), firstSample + samples.count)
        let place = MediaTime(frames: origin, rate: VoiceFrame.rate)
        let sound = PCMChunk(
            format: PCMFormat(rate: VoiceFrame.rate, channels: 1), start: place.advanced(by: first),
            samples: Array(samples[first - firstSample..<last - firstSample]))
        defer { followsSeam = section.cutsVoice }
        return SpokenClip(section: section.later(by: place), sound: sound, followsSeam: followsSeam)
    }

    private mutating func forget(before time: MediaTime) {
        let decided = sections.first?.start ?? time
        let kept = min(decided, time).converted(to: VoiceFrame.rate).frames - Self.overlap
        let past = min(kept - firstSample, samples.count)
        // Moving what is left costs more than keeping some seconds.
        guard past > VoiceFrame.rate * 10 else { return }
        samples.removeFirst(past)
        firstSample += past
    }
}

extension SpeechSection {
    /// The same section of a recording that begins later.
    fileprivate func later(by time: MediaTime) -> SpeechSection {
        guard time.frames > 0 else { return self }
        return SpeechSection(
            start: time.advanced(by: start), end: time.advanced(by: end),
            speech: speech.map { Stretch(start: time.advanced(by: $0.start), end: time.advanced(by: $0.end)) },
            isDoubtful: isDoubtful, cutsVoice: cutsVoice)
    }
}

extension MediaTime {
    /// The time some time later, in frames of its own.
    func advanced(by other: MediaTime) -> MediaTime { advanced(by: other.converted(to: rate).frames) }
}
