public import AudioCore
public import Speech

/// Puts the text of a whole recording onto its sound: a script, a chapter, lyrics.
///
/// The recording is cut where nobody speaks, the text is dealt out to the sections, by what an engine hears roughly where it
/// understands the language, else by the length of the speech, and each section is aligned by a ``TextAligner``. Sound that is
/// in no text, such as an introduction, is left out.
///
/// ```swift
/// let aligner = RecordingAligner(hearing: OfflineEngine())
/// let text = try await aligner.align(chapter, to: AudioInput(path: "chapter.mp3"), language: "en")
/// ```
public struct RecordingAligner: Sendable {
    private let aligner = TextAligner()
    private let ears: (any Transcriber)?
    private let rules: ClipRules

    /// Makes an aligner that goes by what an engine hears, when there is one.
    public init(hearing ears: (any Transcriber)? = nil, rules: ClipRules = ClipRules()) {
        self.ears = ears
        self.rules = rules
    }

    /// How far the work is: a share from 0 to 1.
    public typealias Watcher = @Sendable (_ share: Double) -> Void

    /// The words of a text with the times in which they are said.
    ///
    /// - Throws: what is wrong with the sound, `noAudio` when nobody speaks in it, and `cancelled`.
    public func align<Source: PCMSource & ~Copyable>(
        _ text: String, to source: consuming Source, language: String? = nil, watching: Watcher = { _ in }
    ) async throws(AudioError) -> AlignedText {
        let units = TextUnit.units(of: text)
        guard !units.isEmpty else { return AlignedText(words: [], timing: .estimated) }
        let sound = try SpooledSound()
        let sections = try await sections(of: source, keeping: sound)
        guard !sections.isEmpty else { throw AudioError(.noAudio, "nobody speaks in the recording") }
        let dealer = TextDealer(units: units, sections: sections)
        watching(0.1)
        if let heard = try await hear(sections, in: sound, language, watching), let dealt = dealer.deal(by: heard) {
            return try await align(dealt, of: dealer, in: sound, by: heard, language, watching)
        }
        return try await alignByLength(dealer, in: sound, language, watching)
    }

    private func sections<Source: PCMSource & ~Copyable>(
        of source: consuming Source, keeping sound: SpooledSound
    ) async throws(AudioError) -> [SpeechSection] {
        var input = try ConvertedSource(source, to: PCMFormat(rate: VoiceFrame.rate, channels: 1))
        var detector = MediaVoiceDetector()
        var cutter = SpeechCutter(rules)
        var sections: [SpeechSection] = []
        var frames: [VoiceFrame] = []
        while let chunk = try await input.next() {
            guard !Task.isCancelled else { throw AudioError(.cancelled, "stopped before the text had times") }
            try sound.append(chunk.samples)
            frames.removeAll(keepingCapacity: true)
            detector.add(chunk.samples.span, appendingTo: &frames)
            cutter.add(frames.span, appendingTo: &sections)
        }
        frames.removeAll()
        detector.finish(appendingTo: &frames)
        cutter.add(frames.span, appendingTo: &sections)
        cutter.finish(appendingTo: &sections)
        return sections
    }
}

// MARK: - By what is heard

extension RecordingAligner {
    /// The words that the engine hears, wherever it hears some; nil when there is no engine that understands.
    private func hear(
        _ sections: [SpeechSection], in sound: SpooledSound, _ language: String?, _ watching: Watcher
    ) async throws(AudioError) -> [TimedWord]? {
        guard let ears else { return nil }
        let work: @Sendable (Int) async throws(AudioError) -> [TimedWord]? = { index async throws(AudioError) in
            let clip = try sound.clip(sections[index])
            do throws(RemoteError) {
                let options = TranscriptionOptions(language: language)
                let transcript = try await ears.transcribe(.samples(clip), options)
                let start = Duration.seconds(clip.start.seconds)
                return transcript.words.map { TimedWord(text: $0.text, start: start + $0.start, end: start + $0.end) }
            } catch {
                guard error.code != .cancelled else {
                    throw AudioError(.cancelled, "stopped before the text had times")
                }
                return nil
            }
        }
        let heard = try await sideBySide(sections.count, work) {
            watching(0.1 + 0.4 * Double($0) / Double(sections.count))
        }
        // An engine that failed once may have failed at what matters.
        return heard.contains { $0 == nil } ? nil : heard.flatMap { $0 ?? [] }
    }

    private func align(
        _ dealt: [Range<Int>], of dealer: TextDealer, in sound: SpooledSound, by heard: [TimedWord],
        _ language: String?, _ watching: Watcher
    ) async throws(AudioError) -> AlignedText {
        let given = dealt.indices.filter { !dealt[$0].isEmpty }
        let aligner = aligner
        let parts = try await sideBySide(
            given.count,
            { index async throws(AudioError) in
                let clip = try sound.clip(dealer.sections[given[index]])
                return try await aligner.align(Array(dealer.units[dealt[given[index]]]), to: clip, language: language)
            }
        ) { watching(0.5 + 0.5 * Double($0) / Double(given.count)) }
        var whole = AlignedText(words: [], timing: .aligned)
        for part in parts { whole.append(part) }
        return whole
    }
}

// MARK: - By the length of the speech

extension RecordingAligner {
    /// Deals out section by section: of several places where a section's text may end, that with the surest words.
    private func alignByLength(
        _ dealer: TextDealer, in sound: SpooledSound, _ language: String?, _ watching: Watcher
    ) async throws(AudioError) -> AlignedText {
        var whole = AlignedText(words: [], timing: .aligned)
        var begin = 0
        for (index, section) in dealer.sections.enumerated() where begin < dealer.units.count {
            let clip = try sound.clip(section)
            let (aligner, start) = (aligner, begin)
            let ends = dealer.ends(of: index, from: begin).filter { $0 > begin }
            let texts = try await sideBySide(
                ends.count,
                { index async throws(AudioError) in
                    try await aligner.align(Array(dealer.units[start..<ends[index]]), to: clip, language: language)
                })
            // The first is the likeliest where nothing is measured.
            let best = zip(texts, ends).reduce(nil as (text: AlignedText, end: Int)?) { best, other in
                best.map { $0.text.sureness >= other.0.sureness } ?? false ? best : other
            }
            if let best {
                whole.append(best.text)
                begin = best.end
            }
            watching(0.1 + 0.9 * Double(index + 1) / Double(dealer.sections.count))
        }
        // A word on the wrong side of a cut fits the sound there somewhere, and then looks sure.
        whole.isDoubtful = whole.isDoubtful || dealer.sections.count > 1
        return whole
    }
}

extension AlignedText {
    /// Adds what comes later; the whole is no surer than its worst part.
    fileprivate mutating func append(_ other: AlignedText) {
        let order = Timing.allCases
        let worse = order.firstIndex(of: other.timing) ?? 0 > order.firstIndex(of: timing) ?? 0
        words += other.words
        timing = worse ? other.timing : timing
        isDoubtful = isDoubtful || other.isDoubtful
    }

    /// The mean confidence of the words.
    fileprivate var sureness: Double {
        words.isEmpty ? 0 : words.reduce(0) { $0 + ($1.confidence ?? 0) } / Double(words.count)
    }
}
