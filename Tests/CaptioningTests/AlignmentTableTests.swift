import AudioCore
import Foundation
import Subtitles
import TestSupport
import Testing

@_spi(Measuring) @testable import Captioning

/// The table of `make bench ARGS="--only hearing/alignment"`, held by bounds a little looser than what is reached there.
@Suite(
    .tags(.program, .material), .needsMaterial, .needsProgram("espeak-ng"), .needsProgram("flite"),
    .needsProgram("pocketsphinx_batch"), .neverHangs)
struct AlignmentTableTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let set: Set
        let way: Timing
        /// Decibels of white noise below the speech.
        var noise: Double?
        var hasWrongWords = false
        /// Milliseconds, and percent within 100 ms.
        let median: Double
        let near: Double

        /// Foreign is English with another recognizer's times.
        enum Set: String { case english, foreign, spanish, chinese }

        var language: String {
            switch set {
            case .english, .foreign: "en"
            case .spanish: "es"
            case .chinese: "zh"
            }
        }

        var testDescription: String {
            let noise = noise.map { " at \($0) dB" } ?? ""
            return "\(set) \(way)\(noise)\(hasWrongWords ? " with wrong words" : "")"
        }
    }

    private static let rows = [
        Row(set: .english, way: .aligned, median: 15, near: 95),
        Row(set: .english, way: .aligned, noise: 20, median: 20, near: 93),
        Row(set: .english, way: .aligned, noise: 10, median: 30, near: 85),
        Row(set: .english, way: .aligned, hasWrongWords: true, median: 25, near: 88),
        Row(set: .english, way: .warped, median: 40, near: 65),
        Row(set: .english, way: .warped, noise: 20, median: 80, near: 55),
        Row(set: .english, way: .warped, hasWrongWords: true, median: 80, near: 50),
        Row(set: .foreign, way: .aligned, median: 70, near: 85),
        Row(set: .spanish, way: .aligned, median: 90, near: 60),
        Row(set: .english, way: .estimated, median: 1_200, near: 5),
        Row(set: .chinese, way: .aligned, median: 30, near: 93),
        Row(set: .chinese, way: .aligned, noise: 20, median: 40, near: 86),
        Row(set: .chinese, way: .aligned, noise: 10, median: 120, near: 50),
        Row(set: .chinese, way: .warped, median: 70, near: 80),
        Row(set: .chinese, way: .estimated, median: 80, near: 60),
    ]

    @Test(arguments: rows) func `words are where others found them`(row: Row) async throws {
        var errors: [Double] = []
        for recording in try await recordings(of: row.set) {
            let samples = row.noise.map { recording.samples(inNoise: $0) } ?? recording.samples
            let words = row.hasWrongWords ? recording.withWrongWords : recording.words
            let chunk = PCMChunk(
                format: PCMFormat(rate: 16_000, channels: 1), start: MediaTime(frames: 0, rate: 1), samples: samples)
            let text = words.map(\.text).joined(separator: row.set == .chinese ? "" : " ")
            let aligned = try await TextAligner(ways: [row.way]).align(
                text, to: chunk, language: row.language)
            #expect(aligned.timing == row.way && aligned.words.count == words.count)
            for (word, truth) in zip(aligned.words, words) where truth.start >= 0 {
                errors.append(abs(word.start / .milliseconds(1) - truth.start * 1_000))
            }
        }
        errors.sort()
        let share = Double(errors.count { $0 <= 100.5 }) / Double(errors.count) * 100
        #expect(errors[errors.count / 2] <= row.median && share >= row.near, "\(share) %: \(errors)")
    }

    private func recordings(of set: Row.Set) async throws -> [TimedMaterial] {
        let names =
            switch set {
            case .english: ["en/acoustic_corpus", "en/praat_bobby", "en/praat_mary"]
            case .foreign: ["en/leopard_test_en"]
            case .spanish: ["other/leopard_test_es"]
            case .chinese: ["zh/aishell3_SSB00050015"]
            }
        var all: [TimedMaterial] = []
        for name in names { all.append(try await TimedMaterial(name)) }
        return all
    }
}

/// A recording whose words have times.
private struct TimedMaterial {
    let words: [Word]
    let samples: [Float]

    struct Word: Decodable {
        let text: String
        /// Below zero for a word that nobody says.
        let start: Double
    }

    private struct Timings: Decodable {
        let words: [Word]
    }

    init(_ name: String) async throws {
        let json = Data(try contents(of: Material.path("speech/\(name).align.json")))
        words = try JSONDecoder().decode(Timings.self, from: json).words
        var source = try ConvertedSource(
            try await AudioInput(path: Material.path("speech/\(name).wav")), to: PCMFormat(rate: 16_000, channels: 1))
        var samples: [Float] = []
        while let chunk = try await source.next() { samples += chunk.samples }
        self.samples = samples
    }

    /// The louder half is the speech.
    func samples(inNoise decibels: Double) -> [Float] {
        let powers = samples.map { Double($0 * $0) }.sorted().suffix(samples.count / 2)
        let power = powers.reduce(0, +) / Double(powers.count) / pow(10, decibels / 10)
        let noise = Signals.noise(frames: samples.count, seed: 5, level: Float((3 * power).squareRoot()))
        return zip(samples, noise).map { $0 + $1 }
    }

    /// Of every thirty words one is another, one is missing and one is said twice.
    var withWrongWords: [Word] {
        words.enumerated().flatMap { index, word -> [Word] in
            switch index % 30 {
            case 7: [Word(text: "bottle", start: -1)]
            case 16: []
            case 25: [word, Word(text: word.text, start: -1)]
            default: [word]
            }
        }
    }
}
