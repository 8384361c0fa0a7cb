import Foundation
@_spi(Measuring) import Oriole

/// How far the times of words lie from those that others found, by each way and in noise, beside what the study reached.
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
        let spoken = try await SyntheticMandarin.recordings()
        let wrong = (1...5).flatMap { seed in english.map { $0.withWrongWords(0.1, seed: UInt64(seed)) } }

        var all = try await measure(english, .aligned, "English words", goal: (15, 95), study: (10, 95))
        all += try await inNoise(english, 20, "English words", goal: (20, 93), study: (20, 93))
        all += try await inNoise(english, 10, "English words", study: (30, 72))
        all += try await measure(
            wrong, .aligned, "English, 10 % of the words wrong", goal: (nil, 88), study: (20, 87))
        all += try await measure(foreign, .aligned, "English words, another's times", study: (50, 100))
        all += try await measure(chinese, .aligned, "Chinese characters", goal: (30, 95), study: (30, 95))
        all += try await inNoise(chinese, 20, "Chinese characters", study: (30, 90))
        all += try await inNoise(chinese, 10, "Chinese characters", study: (55, 80))
        all += try await measure(spoken, .aligned, "Chinese of a machine", goal: (30, 95), study: (13, 99))
        all += try await inNoise(spoken, 20, "Chinese of a machine", study: (14, 97))
        all += try await inNoise(spoken, 10, "Chinese of a machine", study: (33, 85))
        all += try await measure(spanish, .aligned, "Spanish words", study: (60, 67))
        all += try await measure(english, .warped, "English words", study: (40, 72))
        all += try await measure(chinese, .warped, "Chinese characters", study: (50, 95))
        all += try await measure(english, .estimated, "English words", study: (615, 18))
        all += try await measure(chinese, .estimated, "Chinese characters", study: (70, 78))
        for way in [Timing.warped, .estimated] {
            for decibels in [20.0, 10] {
                all += try await inNoise(english, decibels, "English words", way)
                all += try await inNoise(chinese, decibels, "Chinese characters", way)
            }
            all += try await measure(wrong, way, "English, 10 % of the words wrong")
        }
        return all + [try await cost(english + chinese), try await costOfRecording(in: folder)]
    }

    private static func inNoise(
        _ recordings: [TimedRecording], _ decibels: Double, _ what: String, _ way: Timing = .aligned,
        goal: (Double?, Double?) = (nil, nil), study: (Double, Double)? = nil
    ) async throws -> [Measurement] {
        // A few recordings are heard in several noises, many in one each.
        let seeds = recordings.count > 4 ? 1...1 : 1...4
        let noisy = seeds.flatMap { seed in recordings.map { $0.inNoise(decibels, seed: UInt64(seed)) } }
        return try await measure(
            noisy, way, "\(what) at \(Int(decibels)) dB of noise", goal: goal, study: study)
    }

    /// The CPU time of a minute of sound, with that of the programs, and without what is remembered of words.
    private static func cost(_ recordings: [TimedRecording]) async throws -> Measurement {
        let before = spent()
        _ = try await errors(recordings, .aligned)
        let minutes = Double(recordings.reduce(0) { $0 + $1.samples.count }) / 16_000 / 60
        return Measurement(
            name: "aligning a minute, CPU with the programs", value: (spent() - before) / minutes, unit: "s",
            goal: .atMost(3.5))
    }

    /// The same of a recording with a text longer than a clip: reading, cutting, listening, dealing out and aligning.
    private static func costOfRecording(in folder: String) async throws -> Measurement {
        let stem = "\(folder)/speech/en/mobydick_1"
        let text = try String(contentsOfFile: "\(stem).txt", encoding: .utf8)
        let input = try await AudioInput(path: "\(stem).mp3")
        let before = spent()
        let aligned = try await RecordingAligner().align(text, to: input, language: "en")
        let end = aligned.words.last.map { $0.end / .seconds(60) } ?? 1
        return Measurement(
            name: "a minute of an audiobook with its text, CPU with the programs", value: (spent() - before) / end,
            unit: "s", goal: nil)
    }

    /// The CPU time so far, of this program and of those that it has run.
    private static func spent() -> Double {
        [RUSAGE_SELF.rawValue, RUSAGE_CHILDREN.rawValue].reduce(0) { sum, whose in
            var usage = rusage()
            _ = unsafe getrusage(__rusage_who_t(whose), &usage)
            let times = [usage.ru_utime, usage.ru_stime]
            return sum + times.reduce(0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
        }
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
        _ recordings: [TimedRecording], _ way: Timing, _ what: String,
        goal: (median: Double?, near: Double?) = (nil, nil),
        study: (median: Double, near: Double)? = nil
    ) async throws -> [Measurement] {
        guard !recordings.isEmpty else { return [] }
        let errors = try await errors(recordings, way)
        let near = Double(errors.count { $0 <= 100.5 }) / Double(errors.count) * 100
        let name = "\(what), \(way) (\(errors.count) starts)"
        return [
            Measurement(
                name: "\(name), median", value: errors[errors.count / 2], unit: "ms",
                goal: goal.median.map { .atMost($0) }, peers: study.map { ["study": $0.median] } ?? [:]),
            Measurement(
                name: "\(name), within 100 ms", value: near, unit: "%", goal: goal.near.map { .atLeast($0) },
                peers: study.map { ["study": $0.near] } ?? [:]),
        ]
    }
}
