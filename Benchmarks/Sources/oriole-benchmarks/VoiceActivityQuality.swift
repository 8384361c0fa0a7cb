import AudioCore
import Foundation

/// How well speech is found and cut: on recordings of the test material, in noise, and where nobody speaks.
enum VoiceActivityQuality {
    static func measure() async throws -> [Measurement] {
        var all = falseAlarms()
        guard let folder = TimedRecording.folder else { return all }
        let recordings = try await SpokenRecording.all(in: folder)
        all += found(recordings)
        all += noisy(recordings)
        all += cut(recordings)
        all += try speed(recordings)
        return all
    }

    static func frames(of samples: [Float]) -> [VoiceFrame] {
        var detector = MediaVoiceDetector()
        var frames: [VoiceFrame] = []
        detector.add(samples.span, appendingTo: &frames)
        detector.finish(appendingTo: &frames)
        return frames
    }

    /// Frames over a half, with gaps below 0.25 s closed and runs below 0.15 s dropped, as the study counts.
    static func decided(_ frames: [VoiceFrame]) -> [Bool] {
        var speech = frames.map { $0.probability >= 0.5 }
        for (value, least) in [(false, 25), (true, 15)] {
            var start = 0
            while start < speech.count {
                let end = speech[start...].firstIndex { $0 != speech[start] } ?? speech.count
                let isInner = start > 0 && end < speech.count
                if speech[start] == value, end - start < least, isInner || value {
                    for frame in start..<end { speech[frame] = !value }
                }
                start = end
            }
        }
        return speech
    }

    // MARK: - Where nobody speaks

    private static func falseAlarms() -> [Measurement] {
        let silent: [(String, [Float])] = [
            ("digital silence", Array(repeating: 0, count: 60 * 16_000)),
            ("dither", MadeSound.all(seconds: 60, level: -96)[0].samples),
        ]
        return [-22.0, -45].map { level in
            let sounds = silent + MadeSound.all(seconds: 60, level: level).map { ($0.name, $0.samples) }
            let seconds = sounds.map { sound in (sound.0, Double(decided(frames(of: sound.1)).count { $0 }) / 100) }
            return Measurement(
                name: "false speech a minute, \(sounds.count) noises at \(Int(level)) dBFS",
                value: seconds.reduce(0) { $0 + $1.1 } / Double(seconds.count), unit: "s", goal: .atMost(0.5),
                peers: ["worst": seconds.map(\.1).max() ?? 0])
        }
    }

    // MARK: - Where somebody does

    private static func score(_ recording: SpokenRecording, _ samples: [Float]) -> Double {
        let speech = decided(frames(of: samples))
        var (right, wrong, missed) = (0.0, 0.0, 0.0)
        for (frame, truth) in recording.truth.enumerated() where frame < speech.count {
            guard let truth else { continue }
            switch (truth, speech[frame]) {
            case (true, true): right += 1
            case (false, true): wrong += 1
            case (true, false): missed += 1
            case (false, false): break
            }
        }
        return 2 * right / max(2 * right + wrong + missed, 1)
    }

    private static func found(_ recordings: [SpokenRecording]) -> [Measurement] {
        let scores = recordings.map { score($0, $0.samples) }
        let worst = zip(recordings, scores).min { $0.1 < $1.1 }
        return [
            Measurement(
                name: "F1 of \(recordings.count) recordings, mean", value: scores.reduce(0, +) / Double(scores.count),
                unit: "",
                goal: .atLeast(0.94)),
            Measurement(
                name: "F1 of the worst (\(worst?.0.name ?? ""))", value: worst?.1 ?? 0, unit: "", goal: .atLeast(0.78)),
        ]
    }

    private static func noisy(_ recordings: [SpokenRecording]) -> [Measurement] {
        let composites = recordings.filter(\.isComposite)
        // Their truth tells no pauses within a clip, so that no detector has all of it.
        let clean = composites.map { score($0, $0.samples) }
        let plain = Measurement(
            name: "F1 of \(composites.count) composites, clean", value: clean.reduce(0, +) / Double(clean.count),
            unit: "",
            goal: nil)
        return [plain]
            + ["white", "pink", "hum"].flatMap { kind in
                [20.0, 10, 5, 0].map { decibels in
                    let scores = composites.map { recording in
                        let seconds = recording.samples.count / MadeSound.rate + 1
                        let noise = MadeSound.all(seconds: seconds, level: recording.level - decibels)
                        let other = noise.first { $0.name == kind }?.samples ?? []
                        return score(recording, zip(recording.samples, other).map { $0 + $1 })
                    }
                    return Measurement(
                        name: "F1 in \(kind) noise, \(Int(decibels)) dB below the speech",
                        value: scores.reduce(0, +) / Double(scores.count), unit: "", goal: .atLeast(0.93))
                }
            }
    }

    // MARK: - Cuts and cost

    private static func cut(_ recordings: [SpokenRecording]) -> [Measurement] {
        var (lost, speech, edges, inside, lengths) = (0, 0, 0, 0, [Double]())
        for recording in recordings {
            var cutter = SpeechCutter()
            var sections: [SpeechSection] = []
            cutter.add(frames(of: recording.samples).span, appendingTo: &sections)
            cutter.finish(appendingTo: &sections)
            var isHeard = Array(repeating: false, count: recording.truth.count)
            for section in sections {
                lengths.append(section.end.seconds - section.start.seconds)
                for frame in section.start.frames..<min(section.end.frames, isHeard.count) { isHeard[frame] = true }
            }
            for frame in recording.truth.indices where recording.truth[frame] == true {
                speech += 1
                lost += isHeard[frame] ? 0 : 1
            }
            guard recording.hasInnerPauses else { continue }
            for edge in Set(sections.flatMap { [$0.start.frames, $0.end.frames] })
            where edge > 4 && edge < recording.truth.count - 4 {
                edges += 1
                inside += recording.truth[edge - 4..<edge + 4].allSatisfy { $0 == true } ? 1 : 0
            }
        }
        let share = { (part: Int, whole: Int) in Double(part) / Double(max(whole, 1)) * 100 }
        return [
            Measurement(name: "speech outside all clips", value: share(lost, speech), unit: "%", goal: .atMost(1.5)),
            Measurement(
                name: "clip edges inside speech (\(edges) edges)", value: share(inside, edges), unit: "%",
                goal: .atMost(4)),
            Measurement(name: "the longest clip", value: lengths.max() ?? 0, unit: "s", goal: .atMost(28.6)),
        ]
    }

    private static func speed(_ recordings: [SpokenRecording]) throws -> [Measurement] {
        guard let longest = recordings.max(by: { $0.samples.count < $1.samples.count }) else { return [] }
        let began = clock()
        for _ in 0..<5 { _ = frames(of: longest.samples) }
        let cost = Double(clock() - began) / Double(CLOCKS_PER_SEC) / 5
        let hour = cost / (Double(longest.samples.count) / 16_000) * 3_600
        return [Measurement(name: "finding speech in an hour, CPU", value: hour, unit: "s", goal: .atMost(15))]
    }
}
