import Foundation
@_spi(Measuring) import Oriole

/// How far the times of words lie from those that others found, by each way and in noise.
enum AlignmentQuality {
    static func measure() async throws -> [Measurement] {
        guard let folder = TimedRecording.folder else {
            print("hearing: ORIOLE_TESTDATA does not point at the test material; nothing was measured")
            return []
        }
        let english = try await recordings(
            ["acoustic_corpus", "praat_bobby", "praat_mary"].map { "speech/en/\($0).wav" }, folder,
            "en")
        // Its times are another recognizer's, which lie some 60 ms behind.
        let foreign = try await recordings(["speech/en/leopard_test_en.wav"], folder, "en")
        let chinese = try await recordings(["speech/zh/aishell3_SSB00050015.wav"], folder, "zh")
        let spanish = try await recordings(["speech/other/leopard_test_es.wav"], folder, "es")
        var all: [Measurement] = []
        for way in [Timing.aligned, .warped, .estimated] {
            all += try await measure(english, way, "English words", goals: way == .aligned ? (15, 95) : nil)
            all += try await measure(chinese, way, "Chinese characters", goals: way == .aligned ? (30, 95) : nil)
        }
        for noise in [20.0, 10] {
            let goals: (Double, Double)? = noise == 20 ? (20, 93) : nil
            let name = "at \(Int(noise)) dB of noise"
            all += try await measure(
                english.map { $0.inNoise(noise, seed: 1) }, .aligned, "English words \(name)", goals: goals)
            all += try await measure(
                chinese.map { $0.inNoise(noise, seed: 1) }, .aligned, "Chinese characters \(name)", goals: nil)
        }
        let wrong = (1...5).flatMap { seed in english.map { $0.withWrongWords(0.1, seed: UInt64(seed)) } }
        all += try await measure(wrong, .aligned, "English, 10 % of the words wrong", goals: (.infinity, 88))
        all += try await measure(foreign, .aligned, "English words, another's times", goals: nil)
        all += try await measure(spanish, .aligned, "Spanish words", goals: nil)
        return all
    }

    private static func recordings(
        _ paths: [String], _ folder: String, _ language: String
    ) async throws -> [TimedRecording] {
        var all: [TimedRecording] = []
        for path in paths { all.append(try await TimedRecording(path, in: folder, language: language)) }
        return all
    }

    /// The errors of all starts, in milliseconds.
    private static func errors(_ recordings: [TimedRecording], _ way: Timing) async throws -> [Double] {
        let aligner = TextAligner(ways: [way])
        var errors: [Double] = []
        for recording in recordings {
            let place = MediaTime(frames: 0, rate: 16_000)
            let chunk = PCMChunk(format: PCMFormat(rate: 16_000, channels: 1), start: place, samples: recording.samples)
            let aligned = try await aligner.align(recording.text, to: chunk, language: recording.language)
            guard aligned.words.count == recording.truth.count, aligned.timing == way else {
                print("hearing: \(recording.name) came out \(aligned.timing), \(aligned.words.count) words")
                errors += recording.truth.map { _ in 10_000 }
                continue
            }
            for (word, truth) in zip(aligned.words, recording.truth) where truth.lowerBound >= 0 {
                errors.append(abs(word.start / .milliseconds(1) - truth.lowerBound * 1_000))
            }
        }
        return errors.sorted()
    }

    private static func measure(
        _ recordings: [TimedRecording], _ way: Timing, _ what: String, goals: (median: Double, near: Double)?
    ) async throws -> [Measurement] {
        let errors = try await errors(recordings, way)
        let near = Double(errors.count { $0 <= 100.5 }) / Double(errors.count) * 100
        let name = "\(what), \(way) (\(errors.count) starts)"
        return [
            Measurement(
                name: "\(name), median", value: errors[errors.count / 2], unit: "ms",
                goal: goals.flatMap { $0.median.isFinite ? .atMost($0.median) : nil }),
            Measurement(name: "\(name), within 100 ms", value: near, unit: "%", goal: goals.map { .atLeast($0.near) }),
        ]
    }
}
