import AudioCore
import Foundation
import Jobs
import Speech
import Subtitles
import TestSupport
import Testing

@testable import Captioning

/// Cues beside the times that others gave the words of the same recordings.
@Suite(.tags(.material, .program), .serialized, .needsOptimization) struct CueTruthTests {
    /// A recording within a composite, and where its first sample would lie: some were cut before they were put in.
    struct Part: Sendable, CustomTestStringConvertible {
        let composite: String
        let clip: String
        let origin: Double

        var testDescription: String { "\(clip) in \(composite)" }
    }

    static let parts = [
        Part(composite: "en_five.wav", clip: "en/librivox_sense_0930", origin: 26.25),
        Part(composite: "zh_six.wav", clip: "zh/aishell3_SSB00050015", origin: 19.885),
        Part(composite: "mixed_en_zh.wav", clip: "en/leopard_test_en", origin: 3.82),
        Part(composite: "mixed_en_zh.wav", clip: "zh/aishell3_SSB00050015", origin: 17.24),
        Part(composite: "long_en.opus", clip: "en/acoustic_corpus", origin: 12.48),
        Part(composite: "long_en.opus", clip: "en/leopard_test_en", origin: 71.753),
        Part(composite: "long_en.opus", clip: "en/librivox_sense_0870", origin: 85.398),
        Part(composite: "long_en.opus", clip: "en/librivox_sense_0880", origin: 93.098),
        Part(composite: "long_en.opus", clip: "en/librivox_sense_0890", origin: 97.118),
        Part(composite: "long_en.opus", clip: "en/librivox_sense_0920", origin: 103.198),
        Part(composite: "long_en.opus", clip: "en/librivox_sense_0930", origin: 111.748),
    ]

    private struct Composite: Decodable {
        let segments: [KnowingEngine.Segment]
    }

    private struct Words: Decodable {
        let words: [KnowingEngine.Segment]
    }

    /// A letter, and the word that it is of.
    private struct Letter {
        let letter: Character
        let word: KnowingEngine.Segment
    }

    private static func letters(_ text: String) -> [Character] {
        // Some name how a word is said: ‘them(2)’.
        text.replacing(/\(\d\)/, with: "").lowercased().filter { $0.isLetter || $0.isNumber }
    }

    private static func cues(of composite: String) async throws -> [Cue] {
        let stem = composite.split(separator: ".")[0]
        let json = Data(try contents(of: Material.path("composite/\(stem).align.json")))
        let engine = KnowingEngine(try JSONDecoder().decode(Composite.self, from: json).segments)
        let path = Material.path("composite/\(composite)")
        var cues: [Cue] = []
        try await Captioner(engine).run(on: { () async throws(AudioError) in try await AudioInput(path: path) }) {
            cues += $0.cues
        }
        return cues
    }

    /// How far a cue's first and last words lie from where they are said; nil for a text that the truth has otherwise.
    private static func errors(of cue: Cue, beside truth: [Letter], origin: Double) -> (start: Double, end: Double)? {
        let own = letters(cue.text)
        let places = truth.indices.dropLast(max(0, own.count - 1)).filter { place in
            zip(truth[place...], own).allSatisfy { $0.letter == $1 }
        }
        let distances = places.map { place in
            let (first, last) = (truth[place].word, truth[place + own.count - 1].word)
            return (
                start: abs(cue.start / .seconds(1) - origin - first.start),
                end: abs((cue.words.last?.end ?? cue.end) / .seconds(1) - origin - last.end)
            )
        }
        return distances.min { $0.start < $1.start }
    }

    @Test(.needsMaterial, .needsProgram("pocketsphinx_batch"), .needsProgram("espeak-ng"))
    func `cues come and go with the words, as others have timed them`() async throws {
        var known: [String: [Cue]] = [:]
        var errors: [(start: Double, end: Double)] = []
        for part in Self.parts {
            if known[part.composite] == nil { known[part.composite] = try await Self.cues(of: part.composite) }
            let json = Data(try contents(of: Material.path("speech/\(part.clip).align.json")))
            let words = try JSONDecoder().decode(Words.self, from: json).words
            let truth = words.flatMap { word in Self.letters(word.text).map { Letter(letter: $0, word: word) } }
            let length = (words.last?.end ?? 0) + 0.5
            let cues = (known[part.composite] ?? []).filter {
                (part.origin - 0.5..<part.origin + length).contains($0.start / .seconds(1))
            }
            errors += cues.compactMap { Self.errors(of: $0, beside: truth, origin: part.origin) }
        }
        #expect(errors.count >= 16)
        let within = errors.flatMap { [$0.start, $0.end] }.count { $0 <= 0.12 }
        #expect(within * 100 >= errors.count * 2 * 95, "\(errors)")
    }
}
