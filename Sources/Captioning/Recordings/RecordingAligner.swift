public import AudioCore
internal import Subtitles

/// Puts the text of a whole recording onto its sound: a script, a chapter, lyrics.
///
/// The recording is cut where nobody speaks, the text is dealt out to the sections, by what a recognizer hears that knows the
/// words of this text only, or without one by the length of the speech, and each section is aligned by a ``TextAligner``. Sound
/// that is in no text, such as an introduction, is left out.
///
/// ```swift
/// let aligner = RecordingAligner()
/// let text = try await aligner.align(chapter, to: AudioInput(path: "chapter.mp3"), language: "en")
/// ```
public struct RecordingAligner: Sendable {
    private let aligner = TextAligner()
    private let rules: ClipRules

    /// Makes an aligner, which remembers how words are said.
    public init(rules: ClipRules = ClipRules()) { self.rules = rules }

    /// How far the work is: a share from 0 to 1.
    public typealias Watcher = @Sendable (_ share: Double) -> Void

    /// The words of a text with the times in which they are said.
    ///
    /// - Throws: what is wrong with the sound, `noAudio` when nobody speaks in it, and `cancelled`.
    public func align<Source: PCMSource & ~Copyable>(
        _ text: String, to source: consuming Source, language: String? = nil, watching: Watcher = { _ in }
    ) async throws(AudioError) -> AlignedText {
        let units = TextUnit.units(of: text)
        guard !units.isEmpty else { return AlignedText(words: []) }
        let sound = try SpooledSound()
        let sections = try await sections(of: source, keeping: sound)
        guard !sections.isEmpty else {
            throw AudioError(
                .noAudio, "nobody speaks in the recording", remedy: "it may be the wrong track, or music")
        }
        let dealer = TextDealer(units: units, sections: sections)
        watching(0.1)
        // A single section gets all, whatever is heard.
        if sections.count > 1, let listener = try await aligner.listener(for: units, language: language),
            let heard = try await listener.hear(sections, in: sound, noting: { watching(0.1 + 0.3 * $0) }),
            let dealt = dealer.deal(listener.tokens, by: heard)
        {
            return try await align(dealt, of: dealer, in: sound, language, watching)
        }
        return try await alignByLength(dealer, in: sound, language, watching)
    }

    private func sections<Source: PCMSource & ~Copyable>(
        of source: consuming Source, keeping sound: SpooledSound
    ) async throws(AudioError) -> [SpeechSection] {
        var scan = try SpeechScan(source, rules)
        var sections: [SpeechSection] = []
        var end = MediaTime(frames: 0, rate: VoiceFrame.rate)
        while let step = try await scan.step() {
            try sound.append(step.samples)
            sections += step.sections
            end = step.end
        }
        // A short recording is a clip as it is, with what was too quiet to be called speech.
        guard sections.count == 1, end.seconds <= rules.longest / .seconds(1) else { return sections }
        let whole = SpeechSection.Stretch(start: MediaTime(frames: 0, rate: VoiceFrame.rate), end: end)
        return [SpeechSection(start: whole.start, end: whole.end, speech: sections[0].speech)]
    }
}

// MARK: - By what is heard

extension RecordingAligner {
    private func align(
        _ dealt: [Range<Int>], of dealer: TextDealer, in sound: SpooledSound, _ language: String?, _ watching: Watcher
    ) async throws(AudioError) -> AlignedText {
        let given = dealt.indices.filter { !dealt[$0].isEmpty }
        let aligner = aligner
        let parts = try await sideBySide(
            given.count,
            { index async throws(AudioError) in
                let clip = try sound.clip(dealer.sections[given[index]])
                return try await aligner.align(Array(dealer.units[dealt[given[index]]]), to: clip, language: language)
            }
        ) { watching(0.4 + 0.6 * Double($0) / Double(given.count)) }
        return AlignedText(words: parts.flatMap(\.words))
    }
}

// MARK: - By the length of the speech

extension RecordingAligner {
    /// Deals out section by section: of several places where a section's text may end, that with the surest words.
    private func alignByLength(
        _ dealer: TextDealer, in sound: SpooledSound, _ language: String?, _ watching: Watcher
    ) async throws(AudioError) -> AlignedText {
        var parts: [AlignedText] = []
        var begin = 0
        for (index, section) in dealer.sections.enumerated() where begin < dealer.units.count {
            let clip = try sound.clip(section)
            let (aligner, start) = (aligner, begin)
            let ends = dealer.ends(of: index, from: begin).filter { $0 > begin }
            // Where nothing is measured, the first is the likeliest, and no other could do better.
            guard let likeliest = ends.first else { continue }
            let first = try await aligner.align(Array(dealer.units[start..<likeliest]), to: clip, language: language)
            let others = first.sureness == nil ? [] : ends.dropFirst()
            let texts = try await sideBySide(
                others.count,
                { index async throws(AudioError) in
                    try await aligner.align(
                        Array(dealer.units[start..<others[others.startIndex + index]]), to: clip, language: language)
                })
            let best = texts.reduce(first) { ($1.sureness ?? 0) > ($0.sureness ?? 0) ? $1 : $0 }
            parts.append(best)
            begin += best.words.count
            watching(0.1 + 0.9 * Double(index + 1) / Double(dealer.sections.count))
        }
        return Self.joined(parts)
    }

    /// The parts as one text, with what is doubtful near the borders between them.
    ///
    /// A word on the wrong side of a cut fits the sound there somewhere, and then looks sure; several of them do not, and then
    /// nobody knows how many they are.
    private static func joined(_ parts: [AlignedText]) -> AlignedText {
        var parts = parts
        for border in parts.indices.dropLast() {
            let near = parts[border].words.suffix(reach) + parts[border + 1].words.prefix(reach)
            let isSure = AlignedText(words: Array(near)).sureness.map { $0 >= 0.6 } ?? false
            parts[border].doubt(last: isSure ? reach : .max)
            parts[border + 1].doubt(first: isSure ? reach : .max)
        }
        return AlignedText(words: parts.flatMap(\.words))
    }

    /// How many words on each side of a border may be on the wrong one.
    private static let reach = 3
}

extension AlignedText {
    /// The mean confidence of the words; nil where nothing was measured.
    fileprivate var sureness: Double? {
        let measured = words.compactMap(\.confidence)
        return measured.isEmpty ? nil : measured.reduce(0, +) / Double(words.count)
    }

    fileprivate mutating func doubt(first count: Int) {
        for index in words.indices.prefix(count) { words[index].isDoubtful = true }
    }

    fileprivate mutating func doubt(last count: Int) {
        for index in words.indices.suffix(count) { words[index].isDoubtful = true }
    }
}
