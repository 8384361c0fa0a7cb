public import AudioCore
internal import Speech
public import Subtitles

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
    private let programs: HelperPrograms
    private let pronouncer: Pronouncer
    private let recognizer: Recognizer
    private let ways: Set<Timing>

    /// Makes an aligner, which remembers how words are said.
    public init() { self.init(ways: Set(Timing.allCases)) }

    /// Makes an aligner that goes some of the ways only; a guess is always possible.
    @_spi(Measuring) public init(ways: Set<Timing>) { self.init(ways: ways, HelperPrograms()) }

    init(ways: Set<Timing> = Set(Timing.allCases), _ programs: HelperPrograms) {
        self.ways = ways
        self.programs = programs
        pronouncer = Pronouncer(programs)
        recognizer = Recognizer(programs)
    }

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
        guard !units.isEmpty else { return AlignedText(words: []) }
        let samples = try await Self.samples(of: clip)
        guard units.count * Self.shortestUnit <= samples.count else {
            let frames = EstimatedAlignment.frames(of: units, speaking: LevelActivity.frames(samples))
            return Self.text(units, frames, timing: .estimated, isDoubtful: true, from: start)
        }
        if let aligned = try await aligned(units, samples, language) { return aligned.text(units, from: start) }
        let speaking = LevelActivity.frames(samples)
        if ways.contains(.warped), let (frames, isFar) = try await warped(units, samples, speaking, language) {
            return Self.text(units, frames, timing: .warped, isDoubtful: isFar, from: start)
        }
        return Self.text(
            units, EstimatedAlignment.frames(of: units, speaking: speaking), timing: .estimated, from: start)
    }

    /// The samples of 40 ms: nobody says 25 words in a second, and to look for them takes hours.
    private static let shortestUnit = VoiceFrame.rate / 25

    /// Who hears the words of a text wherever they are said; nil when there is no recognizer.
    func listener(for units: [TextUnit], language: String?) async throws(AudioError) -> TextListener? {
        guard ways.contains(.aligned), let phones = try await pronouncer.phones(of: units, language: language) else {
            return nil
        }
        return try await TextListener(phones, by: recognizer)
    }

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
        AlignedText(
            words: zip(units, frames).map {
                TimedWord($0, $1, from: start, timing: timing, isDoubtful: isDoubtful)
            })
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
        // Words that nobody can say would be looked for as silence, and found.
        guard phones.count(where: \.isEmpty) * 2 <= phones.count else { return nil }
        let sound = ForcedAlignment.withFloor(samples)
        guard let places = try await ForcedAlignment(phones).places(in: sound, by: recognizer) else { return nil }
        return ScoredAlignment(
            places, of: units, phoneCounts: phones.map(\.count), speaking: LevelActivity.frames(samples))
    }

    private func warped(
        _ units: [TextUnit], _ samples: [Float], _ speaking: [Bool], _ language: String?
    ) async throws(AudioError) -> (frames: [Range<Int>], isFar: Bool)? {
        guard let reference = try await ReferenceSpeech.of(units, language: language, by: programs) else { return nil }
        let other = Cepstra(reference.samples, speaking: LevelActivity.frames(reference.samples))
        return WarpedAlignment(Cepstra(samples, speaking: speaking), other).map {
            ($0.frames(of: reference.spans), $0.distance > reference.farthest)
        }
    }
}
