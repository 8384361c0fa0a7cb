import AudioCore
import Foundation

/// A recording of the test material whose words have times that somebody else found.
struct TimedRecording: Sendable {
    let name: String
    let language: String
    let text: String
    /// The start and the end of each unit of the text, in seconds.
    let truth: [ClosedRange<Double>]
    /// Samples at 16 kHz.
    let samples: [Float]

    /// Where the material is, when it is there.
    static var folder: String? {
        ProcessInfo.processInfo.environment["ORIOLE_TESTDATA"].flatMap { $0.isEmpty ? nil : $0 }
    }

    private struct Timings: Decodable {
        let words: [Word]

        struct Word: Decodable {
            let text: String
            let start: Double
            let end: Double
        }
    }

    /// Reads a recording and the times beside it.
    init(_ path: String, in folder: String, language: String) async throws {
        let stem = path.split(separator: ".").dropLast().joined(separator: ".")
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(stem).align.json"))
        let timings = try JSONDecoder().decode(Timings.self, from: data)
        name = stem.split(separator: "/").last.map(String.init) ?? stem
        self.language = language
        text = timings.words.map(\.text).joined(separator: language == "zh" ? "" : " ")
        truth = timings.words.map { $0.start...max($0.start, $0.end) }
        samples = try await SpokenRecording.samples(of: "\(folder)/\(path)")
    }

    init(name: String, language: String, text: String, truth: [ClosedRange<Double>], samples: [Float]) {
        (self.name, self.language, self.text, self.truth, self.samples) = (name, language, text, truth, samples)
    }

    private init(_ other: TimedRecording, text: String, truth: [ClosedRange<Double>], samples: [Float]) {
        (name, language) = (other.name, other.language)
        (self.text, self.truth, self.samples) = (text, truth, samples)
    }

    /// The same in pink noise, so many decibels below its speech.
    func inNoise(_ decibels: Double, seed: UInt64) -> TimedRecording {
        var random = SeededGenerator(state: seed)
        // The sum of slow and fast noises is nearly pink.
        var rows = Array(repeating: Float(0), count: 12)
        let noise = samples.indices.map { index -> Float in
            let row = min((index + 1).trailingZeroBitCount, rows.count - 1)
            rows[row] = Float.random(in: -1...1, using: &random)
            return rows.reduce(0, +)
        }
        let speech = samples.sorted { abs($0) > abs($1) }.prefix(samples.count / 2)
        let gain = Float((Self.power(Array(speech)) / Self.power(noise) / pow(10, decibels / 10)).squareRoot())
        return TimedRecording(self, text: text, truth: truth, samples: zip(samples, noise).map { $0 + gain * $1 })
    }

    private static func power(_ samples: [Float]) -> Double {
        samples.reduce(0) { $0 + Double($1 * $1) } / Double(samples.count)
    }

    /// The same with a share of the words wrong: half of those another's, some left out, some said twice.
    func withWrongWords(_ share: Double, seed: UInt64) -> TimedRecording {
        var random = SeededGenerator(state: seed)
        let words = language == "zh" ? text.map(String.init) : text.split(separator: " ").map(String.init)
        var (changed, truth): ([String], [ClosedRange<Double>]) = ([], [])
        for (index, word) in words.enumerated() {
            let dice = Double.random(in: 0..<1, using: &random)
            switch dice / share {
            case ..<0.5:
                changed.append(words[Int.random(in: 0..<words.count, using: &random)])
                truth.append(-1 ... -1)
            case ..<0.8: continue
            default:
                changed.append(word)
                truth.append(self.truth[index])
                guard dice < share else { continue }
                changed.append(word)
                truth.append(-1 ... -1)
            }
        }
        return TimedRecording(
            self, text: changed.joined(separator: language == "zh" ? "" : " "), truth: truth, samples: samples)
    }
}

/// The same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        var word = (state >> 18 ^ state) &* 0x9E37_79B9_7F4A_7C15
        word ^= word >> 29
        return word
    }
}
