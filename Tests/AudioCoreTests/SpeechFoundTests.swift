import Foundation
import TestSupport
import Testing

@testable import AudioCore

/// Where somebody speaks in recordings of which others said it, by bounds a little looser than what `make bench` reaches.
@Suite(.tags(.quality, .material), .needsMaterial, .neverHangs)
struct SpeechFoundTests {
    private struct Timings: Decodable {
        var words: [Span]?
        var segments: [Span]?

        struct Span: Decodable {
            let start: Double
            let end: Double
        }
    }

    /// Whether each frame is speech; nil where nobody can tell.
    private static func truth(_ path: String, count: Int) throws -> [Bool?] {
        let stem = path.split(separator: ".").dropLast().joined(separator: ".")
        let data = Data(try contents(of: Material.path("\(stem).align.json")))
        let timings = try JSONDecoder().decode(Timings.self, from: data)
        var speech = Array(repeating: false, count: count)
        var end = 0.0
        for span in timings.words ?? timings.segments ?? [] {
            // Pauses below a quarter of a second are speech.
            let start = span.start - end < 0.25 && end > 0 ? end : span.start
            for frame in Int(start * 100)..<max(min(Int(span.end * 100), count), Int(start * 100)) {
                speech[frame] = true
            }
            end = span.end
        }
        return speech.indices.map { frame in
            let near = speech[max(0, frame - 10)...min(frame + 10, count - 1)]
            return near.contains { $0 != speech[frame] } ? nil : speech[frame]
        }
    }

    private static func samples(_ path: String) async throws -> [Float] {
        var source = try ConvertedSource(
            try await AudioInput(path: Material.path(path)), to: PCMFormat(rate: VoiceFrame.rate, channels: 1))
        var samples: [Float] = []
        while let chunk = try await source.next() { samples += chunk.samples }
        return samples
    }

    private static func frames<Detector: VoiceDetector & ~Copyable>(
        _ detector: consuming Detector, of samples: [Float]
    ) async -> [VoiceFrame] {
        var detector = detector
        var frames: [VoiceFrame] = []
        for piece in samples.cut(seed: 0, longest: 16_000) {
            detector.add(Array(piece).span, appendingTo: &frames)
            await Task.yield()
        }
        detector.finish(appendingTo: &frames)
        return frames
    }

    private static func score(_ truth: [Bool?], _ frames: [VoiceFrame]) -> Double {
        let pairs = zip(truth, frames).compactMap { truth, frame in truth.map { ($0, frame.probability >= 0.5) } }
        let right = Double(pairs.count { $0 && $1 })
        return 2 * right / max(2 * right + Double(pairs.count { $0 != $1 }), 1)
    }

    @Test(
        arguments: [
            "speech/en/acoustic_corpus.wav", "speech/en/leopard_test_en.wav", "speech/zh/aishell3_SSB00050015.wav",
            "composite/zh_six.wav",
        ])
    func `speech is found, in recordings and while it is spoken`(path: String) async throws {
        let samples = try await Self.samples(path)
        let truth = try Self.truth(path, count: samples.count / VoiceFrame.hop)
        let scores = [
            Self.score(truth, await Self.frames(MediaVoiceDetector(), of: samples)),
            Self.score(truth, await Self.frames(LiveVoiceDetector(), of: samples)),
        ]
        #expect(scores.allSatisfy { $0 >= 0.92 }, "\(scores)")
    }

    /// Of somebody who speaks without a plan, with every word timed.
    @Test func `a recording is cut where nobody speaks, and nothing of it is lost`() async throws {
        let path = "speech/en/acoustic_corpus.wav"
        let samples = try await Self.samples(path)
        let truth = try Self.truth(path, count: samples.count / VoiceFrame.hop)
        var cutter = SpeechCutter()
        var sections: [SpeechSection] = []
        cutter.add(await Self.frames(MediaVoiceDetector(), of: samples).span, appendingTo: &sections)
        cutter.finish(appendingTo: &sections)
        #expect(sections.count > 1 && sections.allSatisfy { $0.end.seconds - $0.start.seconds <= 28.6 })
        let spoken = truth.indices.filter { truth[$0] == true }
        let lost = spoken.count { frame in
            !sections.contains { ($0.start.frames..<$0.end.frames).contains(frame) }
        }
        #expect(lost * 1_000 <= spoken.count * 15, "\(lost) of \(spoken.count) frames")
        for edge in sections.flatMap({ [$0.start.frames, $0.end.frames] })
        where edge >= 4 && edge + 4 <= truth.count {
            #expect(!truth[edge - 4..<edge + 4].allSatisfy { $0 == true }, "a cut in a word at \(edge)")
        }
    }
}
