public import AudioCore
internal import Speech

/// Gives the words of a clip their times, by the best way that this machine has.
///
/// The recognizer's aligner when it is installed, else a comparison with speech that a machine makes of the words, else a guess
/// by their lengths: ``AlignedText/timing`` says which. A program that is missing, fails or hangs ends in the next way.
///
/// ```swift
/// let aligner = TextAligner()
/// let text = try await aligner.align("Call me Ishmael.", to: chunk)
/// ```
public struct TextAligner: Sendable {
    private let pronouncer = Pronouncer()
    private let recognizer = Recognizer()
    private let ways: Set<Timing>

    /// Makes an aligner, which remembers how words are said.
    public init() { self.init(ways: Set(Timing.allCases)) }

    /// Makes an aligner that goes some of the ways only; a guess is always possible.
    @_spi(Measuring) public init(ways: Set<Timing>) { self.ways = ways }

    /// The times of a clip's words, from the beginning of the recording that the clip is of.
    ///
    /// A clip is half a minute long, or a little more.
    ///
    /// - Throws: `cancelled`, and what is wrong with the sound.
    public func align(
        _ text: String, to clip: PCMChunk<Float>, language: String? = nil
    ) async throws(AudioError) -> AlignedText {
        try await align(TextUnit.units(of: text), to: clip, language: language)
    }

    /// The same for units of a text.
    func align(
        _ units: [TextUnit], to clip: PCMChunk<Float>, language: String?
    ) async throws(AudioError) -> AlignedText {
        let start = clip.start.seconds
        guard !units.isEmpty else { return AlignedText(words: [], timing: .estimated) }
        let samples = try await Self.samples(of: clip)
        guard units.count * Self.shortestUnit <= samples.count else {
            let frames = EstimatedAlignment.frames(of: units, speaking: LevelActivity.frames(samples))
            return Self.text(units, frames, timing: .estimated, isDoubtful: true, from: start)
        }
        if let aligned = try await aligned(units, samples, language) { return aligned.text(units, from: start) }
        let speaking = LevelActivity.frames(samples)
        if ways.contains(.warped), let frames = try await Self.warped(units, samples, speaking, language) {
            return Self.text(units, frames, timing: .warped, from: start)
        }
        return Self.text(
            units, EstimatedAlignment.frames(of: units, speaking: speaking), timing: .estimated, from: start)
    }

    /// The samples of 40 ms: nobody says 25 words in a second, and to look for them takes hours.
    private static let shortestUnit = VoiceFrame.rate / 25

    private static func samples(of clip: PCMChunk<Float>) async throws(AudioError) -> [Float] {
        let format = PCMFormat(rate: VoiceFrame.rate, channels: 1)
        guard clip.format != format else { return clip.samples }
        var samples: [Float] = []
        try await AudioClip.samples(clip).read(as: format) { chunk throws(AudioError) in samples += chunk.samples }
        return samples
    }

    private static func text(
        _ units: [TextUnit], _ frames: [Range<Int>], timing: Timing, isDoubtful: Bool = false, from start: Double
    ) -> AlignedText {
        let words = zip(units, frames).map { TimedWord($0, $1, from: start) }
        return AlignedText(words: words, timing: timing, isDoubtful: isDoubtful)
    }
}

// MARK: - The ways

extension TextAligner {
    private func aligned(
        _ units: [TextUnit], _ samples: [Float], _ language: String?
    ) async throws(AudioError) -> ScoredAlignment? {
        guard ways.contains(.aligned), let phones = try await pronouncer.phones(of: units, language: language) else {
            return nil
        }
        let place = MediaTime(frames: 0, rate: VoiceFrame.rate)
        let chunk = PCMChunk(format: PCMFormat(rate: VoiceFrame.rate, channels: 1), start: place, samples: samples)
        guard let places = try await ForcedAlignment(phones).places(in: chunk.integers().samples, by: recognizer)
        else { return nil }
        return ScoredAlignment(
            places, phoneCounts: phones.map { max($0.count, 1) }, isHan: units.contains { $0.script == .han },
            speaking: LevelActivity.frames(samples))
    }

    private static func warped(
        _ units: [TextUnit], _ samples: [Float], _ speaking: [Bool], _ language: String?
    ) async throws(AudioError) -> [Range<Int>]? {
        guard let reference = try await ReferenceSpeech.of(units, language: language) else { return nil }
        let other = Cepstra(reference.samples, speaking: LevelActivity.frames(reference.samples))
        return WarpedAlignment(Cepstra(samples, speaking: speaking), other)?.frames(of: reference.spans)
    }
}
