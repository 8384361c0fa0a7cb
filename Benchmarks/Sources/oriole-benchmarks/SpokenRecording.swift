import AudioCore
import Foundation

/// A recording of the test material of which somebody said where speech is.
struct SpokenRecording: Sendable {
    let name: String
    let samples: [Float]
    /// Whether each 10 ms is speech; nil near a change, where nobody can tell.
    let truth: [Bool?]
    /// Whether the pauses within a sentence are told too, so that a cut there is no fault.
    let hasInnerPauses: Bool

    private struct Timings: Decodable {
        var words: [Span]?
        var segments: [Span]?

        struct Span: Decodable {
            let start: Double
            let end: Double
        }
    }

    static func all(in folder: String) async throws -> [SpokenRecording] {
        var all: [SpokenRecording] = []
        for path in [
            "speech/en/acoustic_corpus.wav", "speech/en/mobydick_1.mp3", "speech/en/leopard_test_en.wav",
            "speech/zh/aishell3_SSB00050015.wav", "composite/en_five.wav", "composite/zh_six.wav",
            "composite/mixed_en_zh.wav", "composite/long_en.opus",
        ] {
            all.append(try await SpokenRecording(path, in: folder))
        }
        return all
    }

    private init(_ path: String, in folder: String) async throws {
        let stem = path.split(separator: ".").dropLast().joined(separator: ".")
        name = stem.split(separator: "/").last.map(String.init) ?? stem
        samples = try await Self.samples(of: "\(folder)/\(path)")
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(stem).align.json"))
        let timings = try JSONDecoder().decode(Timings.self, from: data)
        hasInnerPauses = timings.words != nil
        truth = Self.truth(
            timings.words ?? timings.segments ?? [], frames: samples.count / 160, isMoby: name.hasPrefix("moby"))
    }

    /// The samples of a file at 16 kHz.
    static func samples(of path: String) async throws -> [Float] {
        var source = try ConvertedSource(
            try await AudioInput(path: path), to: PCMFormat(rate: MadeSound.rate, channels: 1))
        var samples: [Float] = []
        while let chunk = try await source.next() { samples += chunk.samples }
        return samples
    }

    /// Pauses below a quarter of a second are speech; a tenth on both sides of a change counts for nobody.
    private static func truth(_ spans: [Timings.Span], frames: Int, isMoby: Bool) -> [Bool?] {
        var speech = Array(repeating: false, count: frames)
        var end = -1.0
        for span in spans {
            let start = span.start - end < 0.25 && end >= 0 ? end : span.start
            for frame in Int(start * 100)..<min(Int(span.end * 100), frames) where frame >= 0 { speech[frame] = true }
            end = span.end
        }
        // What is said before the text of the audiobook begins is in no truth.
        let first = isMoby ? (speech.firstIndex(of: true) ?? 0) : 0
        return speech.indices.map { frame in
            let near = speech[max(0, frame - 10)...min(frame + 10, frames - 1)]
            return frame < first || near.contains { $0 != speech[frame] } ? nil : speech[frame]
        }
    }
}
