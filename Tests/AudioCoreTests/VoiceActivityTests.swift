import Foundation
import Platform
import TestSupport
import Testing

@testable import AudioCore

@Suite(.tags(.quality))
struct VoiceActivityTests {
    /// In pieces, between which others may go on: unoptimized, a minute of sound takes many seconds.
    private static func frames(
        of samples: [Float], cut seed: UInt64? = nil, kernels: Kernels = .active, blockLength: Int = 6_000
    ) async -> [VoiceFrame] {
        var detector = MediaVoiceDetector(kernels: kernels, blockLength: blockLength)
        var frames: [VoiceFrame] = []
        for piece in seed.map({ samples.cut(seed: $0, longest: 5_000) }) ?? samples.cut(seed: 0, longest: 16_000) {
            detector.add(Array(piece).span, appendingTo: &frames)
            await Task.yield()
        }
        detector.finish(appendingTo: &frames)
        return frames
    }

    private static func samples(of path: String, through rate: Int? = nil) async throws -> [Float] {
        var source = try ConvertedSource(
            try ConvertedSource(try await AudioInput(path: path), to: PCMFormat(rate: rate ?? 16_000, channels: 1)),
            to: PCMFormat(rate: 16_000, channels: 1))
        var samples: [Float] = []
        while let chunk = try await source.next() { samples += chunk.samples }
        return samples
    }

    /// Thousandths of every fifth frame's probability, as the study's own program computes them.
    private static func reference(_ name: String) throws -> [Float] {
        let path = "\(#filePath)".split(separator: "/").dropLast(2).joined(separator: "/")
        let bytes = try contents(of: "/\(path)/Fixtures/voice-activity/\(name).txt")
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).compactMap {
            Float($0).map { $0 / 1_000 }
        }
    }

    private static func expect(_ frames: [VoiceFrame], like name: String) throws {
        let wanted = try reference(name)
        #expect((frames.count + 4) / 5 == wanted.count && wanted.count > 100)
        let furthest =
            zip(stride(from: 0, to: frames.count, by: 5), wanted)
            .map { abs(frames[$0].probability - $1) }.max() ?? 1
        #expect(furthest < 0.02, "\(name): \(furthest)")
    }

    /// In several blocks, so that what lies on both sides of a border counts.
    @Test func `probabilities are those of the study`() async throws {
        let frames = await Self.frames(of: Signals.voice(seconds: 30), blockLength: 700)
        try Self.expect(frames, like: "made")
        for begin in stride(from: 0, to: 3_000, by: 1_500) {
            #expect(frames[begin + 300..<begin + 800].contains { $0.probability > 0.5 })
            #expect(frames[begin + 900..<begin + 1_400].allSatisfy { $0.probability < 0.05 })
        }
    }

    @Test(
        .tags(.material), .needsMaterial,
        arguments: [
            "vad/leak-test.wav", "speech/en/mobydick_1.mp3", "speech/en/acoustic_corpus.wav", "composite/zh_six.wav",
        ])
    func `probabilities of recordings are those of the study`(path: String) async throws {
        let name = path.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? ""
        try Self.expect(await Self.frames(of: try await Self.samples(of: Material.path(path))), like: name)
    }

    @Test(arguments: 1...2 as ClosedRange<UInt64>)
    func `how the sound is cut changes nothing, nor do the instructions`(seed: UInt64) async {
        let sound = Signals.voice(seconds: 5)
        let whole = await Self.frames(of: sound)
        #expect(await Self.frames(of: sound, cut: seed) == whole && whole.count == 500)
        for kernels in Kernels.available {
            let other = await Self.frames(of: sound, kernels: kernels)
            #expect(zip(other, whole).allSatisfy { abs($0.probability - $1.probability) < 1e-3 })
        }
    }

    @Test(arguments: [
        "nothing", "three samples", "digital silence", "a constant", "dither", "full-scale noise", "a tone",
    ])
    func `what is no speech is none`(kind: String) async {
        let count = 6 * 16_000
        let sound: [Float] =
            switch kind {
            case "nothing": []
            case "three samples": [0.1, -0.2, 0.3]
            case "digital silence": Array(repeating: 0, count: count)
            case "a constant": Array(repeating: 0.5, count: count)
            case "dither": Signals.noise(frames: count, seed: 1, level: 1 / 32_768)
            case "full-scale noise": Signals.noise(frames: count, seed: 1, level: 1)
            default: Signals.sine(440, rate: 16_000, frames: count)
            }
        let frames = await Self.frames(of: sound)
        #expect(frames.count == sound.count / 160)
        #expect(frames.allSatisfy { $0.probability.isFinite && $0.level.isFinite })
        let speaking = frames.count { $0.probability > 0.5 }
        #expect(speaking <= frames.count / 50, "\(speaking) frames")
    }

    @Test func `one sample of a broken file does not drown the speech behind it`() async {
        var sound = Signals.voice(seconds: 15)
        sound[20_000] = 1e30
        let frames = await Self.frames(of: sound)
        #expect(frames.allSatisfy { $0.probability.isFinite && $0.level.isFinite })
        #expect(frames[300..<800].contains { $0.probability > 0.5 })
    }

    /// A telephone and a studio hear the same words.
    @Test(.tags(.material), .needsMaterial, arguments: [8_000, 48_000])
    func `the rate of the sound changes little`(rate: Int) async throws {
        let path = Material.path("composite/zh_six.wav")
        let plain = await Self.frames(of: try await Self.samples(of: path))
        let other = await Self.frames(of: try await Self.samples(of: path, through: rate))
        let differing = zip(plain, other).count { ($0.probability > 0.5) != ($1.probability > 0.5) }
        #expect(differing < plain.count / 50, "\(differing) of \(plain.count) frames")
    }
}

struct SlidingWindowTests {
    /// Columns with steps and repeats, and a radius.
    private static func column(_ seed: UInt64) -> (values: [Float], radius: Int) {
        var random = SplitMix64(seed)
        let count = Int.random(in: 0...60, using: &random)
        let values = (0..<count).map { _ in Float(Int.random(in: -4...4, using: &random)) }
        return (values, Int.random(in: 0...80, using: &random))
    }

    @Test(arguments: 0..<60) func `each statistic is what its name says of the window`(seed: UInt64) {
        let (values, radius) = Self.column(seed)
        let windows = values.indices.map { Array(values[max(0, $0 - radius)...min($0 + radius, values.count - 1)]) }
        #expect(SlidingWindow.minimum(values, radius: radius) == windows.compactMap { $0.min() })
        #expect(SlidingWindow.maximum(values, radius: radius) == windows.compactMap { $0.max() })
        let means = windows.map { $0.reduce(0, +) / Float($0.count) }
        #expect(zip(SlidingWindow.mean(values, radius: radius), means).allSatisfy { abs($0 - $1) < 1e-5 })
        let deviations = zip(windows, means).map { window, mean in
            (window.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(window.count)).squareRoot()
        }
        #expect(zip(SlidingWindow.deviation(values, radius: radius), deviations).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(SlidingWindow.mean(values, radius: radius).count == values.count)
    }
}
