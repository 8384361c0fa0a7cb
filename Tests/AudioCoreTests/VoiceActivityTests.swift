import Foundation
import Platform
import TestSupport
import Testing

@testable import AudioCore

@Suite(.tags(.quality))
struct VoiceActivityTests {
    enum Kind: String, CaseIterable { case media, live }

    private static func frames(
        _ kind: Kind = .media, of samples: [Float], cut seed: UInt64? = nil, kernels: Kernels = .active
    ) async -> [VoiceFrame] {
        switch kind {
        case .media: await frames(MediaVoiceDetector(kernels: kernels), of: samples, cut: seed)
        case .live: await frames(LiveVoiceDetector(kernels: kernels), of: samples, cut: seed)
        }
    }

    /// In pieces, between which others may go on: unoptimized, a minute of sound takes many seconds.
    private static func frames<Detector: VoiceDetector & ~Copyable>(
        _ detector: consuming Detector, of samples: [Float], cut seed: UInt64? = nil
    ) async -> [VoiceFrame] {
        var detector = detector
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

    private static func fixture(_ name: String) throws -> String {
        let path = "\(#filePath)".split(separator: "/").dropLast(2).joined(separator: "/")
        return String(
            decoding: try contents(of: "/\(path)/Fixtures/voice-activity/\(name).txt"), as: UTF8.self)
    }

    /// The fixture has thousandths of every fifth frame's probability, by the program that the weights were found with.
    ///
    /// In silence it is the last digits that count: there a few frames may lie further off.
    private static func expect(_ probabilities: [Float], like name: String, exceptions: Int = 0) throws {
        let wanted = try fixture(name).split(whereSeparator: \.isWhitespace).compactMap { Float($0).map { $0 / 1_000 } }
        #expect((probabilities.count + 4) / 5 == wanted.count && wanted.count > 100)
        let differences = zip(stride(from: 0, to: probabilities.count, by: 5), wanted).map {
            abs(probabilities[$0] - $1)
        }
        #expect(differences.count { $0 >= 0.02 } <= exceptions && differences.allSatisfy { $0 < 0.1 }, "\(name)")
    }

    // MARK: - As the study and the training had it

    /// The study's network, which hears no beat.
    private static func study() throws -> Perceptron {
        var rows: [String: [[Int16]]] = [:]
        for line in try fixture("study-weights").split(separator: "\n") {
            let words = line.split(separator: " ")
            rows[String(words[0]), default: []].append(words.dropFirst().compactMap { Int16($0) })
        }
        func row(_ name: String) throws -> [Int16] { try #require(rows[name]?.first) }
        return Perceptron(
            means: try row("means"), deviations: try row("deviations"), hidden: try #require(rows["hidden"]),
            hiddenBias: try row("hiddenBias"), output: try row("output"), outputBias: try row("outputBias")[0])
    }

    private static func studied(_ samples: [Float]) throws -> [Float] {
        var measurer = FrameMeasurer(.between)
        var frames: [FrameMeasure] = []
        measurer.add(samples.span, appendingTo: &frames)
        measurer.finish(appendingTo: &frames)
        var table = FrameTable()
        for frame in frames { table.append(frame) }
        return try study().probabilities(ContextInputs.columns(VoiceFeatures(table)), of: 0..<table.count)
    }

    private static let recordings = [
        "vad/leak-test.wav", "speech/en/mobydick_1.mp3", "speech/en/acoustic_corpus.wav", "composite/zh_six.wav",
    ]

    private static func name(of path: String) -> String {
        path.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? ""
    }

    @Test(.needsOptimization) func `features are those of the study`() throws {
        try Self.expect(try Self.studied(Signals.voice(seconds: 30)), like: "made")
    }

    @Test(.tags(.material), .needsMaterial, arguments: recordings)
    func `features of recordings are those of the study`(path: String) async throws {
        try Self.expect(try Self.studied(try await Self.samples(of: Material.path(path))), like: Self.name(of: path))
    }

    @Test(.needsOptimization, arguments: Kind.allCases) func `probabilities are those of the training`(kind: Kind)
        async throws
    {
        let frames = await Self.frames(kind, of: Signals.voice(seconds: 30))
        try Self.expect(frames.map(\.probability), like: "made-\(kind)")
        for begin in stride(from: 0, to: 3_000, by: 1_500) {
            #expect(frames[begin + 300..<begin + 800].contains { $0.probability > 0.5 })
            #expect(frames[begin + 950..<begin + 1_400].allSatisfy { $0.probability < 0.5 })
        }
    }

    @Test(.tags(.material), .needsMaterial, arguments: Kind.allCases, recordings)
    func `probabilities of recordings are those of the training`(kind: Kind, path: String) async throws {
        let frames = await Self.frames(kind, of: try await Self.samples(of: Material.path(path)))
        try Self.expect(
            frames.map(\.probability), like: "\(Self.name(of: path))-\(kind)", exceptions: frames.count / 500)
    }

    @Test(.needsOptimization) func `what is on both sides of a block's border counts`() async {
        let sound = Signals.voice(seconds: 40)
        let whole = await Self.frames(of: sound)
        let blocks = await Self.frames(MediaVoiceDetector(kernels: .active, blockLength: 700), of: sound)
        #expect(blocks.count == whole.count)
        #expect(zip(blocks, whole).allSatisfy { abs($0.probability - $1.probability) < 1e-3 })
    }

    /// 100 ms after a frame ended at the latest, whatever else is in the sound that was given.
    @Test func `who speaks is told while it is spoken`() {
        let sound = Signals.voice(seconds: 4)
        var detector = LiveVoiceDetector()
        var frames: [VoiceFrame] = []
        for begin in stride(from: 0, to: sound.count, by: 160) {
            detector.add(Array(sound[begin..<begin + 160]).span, appendingTo: &frames)
            #expect(frames.count >= (begin + 160) / 160 - 10)
        }
    }

    @Test(.needsOptimization, arguments: Kind.allCases, 1...2 as ClosedRange<UInt64>)
    func `how the sound is cut changes nothing, nor do the instructions`(kind: Kind, seed: UInt64) async {
        let sound = Signals.voice(seconds: 5)
        let whole = await Self.frames(kind, of: sound)
        #expect(await Self.frames(kind, of: sound, cut: seed) == whole && whole.count == 500)
        for kernels in Kernels.available {
            let other = await Self.frames(kind, of: sound, kernels: kernels)
            #expect(zip(other, whole).allSatisfy { abs($0.probability - $1.probability) < 1e-3 })
        }
    }

    @Test(
        .needsOptimization, arguments: Kind.allCases,
        ["nothing", "three samples", "digital silence", "a constant", "dither", "full-scale noise", "a tone", "a beat"])
    func `what is no speech is none`(detector: Kind, kind: String) async {
        // A beat is known after some seconds.
        let (count, unheard) = kind == "a beat" ? (14 * 16_000, 800) : (6 * 16_000, 0)
        let sound: [Float] =
            switch kind {
            case "nothing": []
            case "three samples": [0.1, -0.2, 0.3]
            case "digital silence": Array(repeating: 0, count: count)
            case "a constant": Array(repeating: 0.5, count: count)
            case "dither": Signals.noise(frames: count, seed: 1, level: 1 / 32_768)
            case "full-scale noise": Signals.noise(frames: count, seed: 1, level: 1)
            case "a beat": Signals.beat(frames: count)
            default: Signals.sine(440, rate: 16_000, frames: count)
            }
        let frames = await Self.frames(detector, of: sound)
        #expect(frames.count == sound.count / 160)
        #expect(frames.allSatisfy { $0.probability.isFinite && $0.level.isFinite })
        let speaking = frames.dropFirst(unheard).count { $0.probability > 0.5 }
        #expect(speaking <= frames.count / 30, "\(speaking) frames")
    }

    @Test(.needsOptimization, arguments: Kind.allCases)
    func `broken samples do not drown the speech behind them`(kind: Kind) async {
        var sound = Signals.voice(seconds: 15)
        (sound[20_000], sound[20_001], sound[20_002]) = (1e30, .nan, -.infinity)
        let frames = await Self.frames(kind, of: sound)
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
