import AudioCore
import Foundation

/// How well speech is found and cut: on recordings of the test material, in other sound, and where nobody speaks.
enum VoiceActivityQuality {
    static func measure() async throws -> [Measurement] {
        let listeners = Listener.all()
        var all = try await falseAlarms(listeners)
        guard let folder = TimedRecording.folder else { return all }
        let recordings = try await SpokenRecording.all(in: folder)
        all += try found(recordings, listeners)
        all += try await VoiceConditions.measure(listeners, in: folder)
        all += try cut(recordings)
        all += try await rates(in: folder)
        all += try speed(recordings)
        return all
    }

    // MARK: - Where nobody speaks

    private static func falseAlarms(_ listeners: [Listener]) async throws -> [Measurement] {
        let silent: [(String, [Float])] = [
            ("digital silence", Array(repeating: 0, count: 60 * 16_000)),
            ("dither", MadeSound.all(seconds: 60, level: -96)[0].samples),
        ]
        var rows = try [-22.0, -45].map { level in
            let sounds = silent + MadeSound.all(seconds: 60, level: level).map { ($0.name, $0.samples) }
            return try alarms("\(sounds.count) noises at \(Int(level)) dBFS", sounds, listeners, goal: 0.5)
        }
        let made = (10..<20).map { ("\($0)", MadeMusic.piece($0, seconds: 60, level: -22)) }
        rows.append(try alarms("\(made.count) made pieces of music", made, listeners, goal: 3))
        let real = try await RealMusic.tracks()
        guard !real.isEmpty else {
            print("hearing: ORIOLE_MUSIC names no folder of music; none but made music was heard")
            return rows
        }
        return rows + [try alarms("\(real.count) pieces of real music", real, listeners, goal: 10)]
    }

    /// Seconds of each minute that are taken for speech, on average.
    private static func alarms(
        _ name: String, _ sounds: [(String, [Float])], _ listeners: [Listener], goal: Double
    ) throws -> Measurement {
        let values = try listeners.map { listener in
            let shares = try sounds.map { _, samples in
                let speech = try listener.decide(samples)
                return Double(speech.count { $0 }) / Double(max(speech.count, 1)) * 60
            }
            return shares.reduce(0, +) / Double(shares.count)
        }
        return VoiceConditions.row(
            "false speech a minute, \(name)", values, listeners, unit: "s", goal: .atMost(goal))
    }

    // MARK: - Where somebody does

    private static func found(_ recordings: [SpokenRecording], _ listeners: [Listener]) throws -> [Measurement] {
        let scores = try listeners.map { listener in
            try recordings.map { F1.score($0.truth, try listener.decide($0.samples)) }
        }
        let means = scores.map { $0.reduce(0, +) / Double($0.count) }
        return [
            VoiceConditions.row(
                "F1 of \(recordings.count) recordings, mean", means, listeners, goal: .atLeast(0.94)),
            VoiceConditions.row("F1 of the worst", scores.map { $0.min() ?? 0 }, listeners, goal: .atLeast(0.78)),
        ]
    }

    /// How much it matters at which rate the sound came.
    private static func rates(in folder: String) async throws -> [Measurement] {
        let mixture = try await SpeechMixture(in: folder)
        let sound = mixture.heard(in: MadeSound.all(seconds: 60, level: -30)[1].samples, 10)
        let plain = F1.score(mixture.truth, try Listener.media.decide(sound))
        var furthest = 0.0
        for rate in [8_000, 48_000] {
            var there = try Resampler(from: 16_000, to: rate, channels: 1)
            var back = try Resampler(from: rate, to: 16_000, channels: 1)
            var (other, again): ([Float], [Float]) = ([], [])
            try there.convert(sound.span, appendingTo: &other)
            try there.finish(appendingTo: &other)
            try back.convert(other.span, appendingTo: &again)
            try back.finish(appendingTo: &again)
            furthest = max(furthest, abs(F1.score(mixture.truth, try Listener.media.decide(again)) - plain))
        }
        return [Measurement(name: "F1 at 8 and 48 kHz, how far off", value: furthest, unit: "", goal: .atMost(0.01))]
    }

    // MARK: - Cuts and cost

    private static func cut(_ recordings: [SpokenRecording]) throws -> [Measurement] {
        var score = CuttingScore()
        for recording in recordings {
            score.add(
                recording.truth, try Listener.media.hear(recording.samples), hasInnerPauses: recording.hasInnerPauses)
        }
        return score.rows("of recordings")
    }

    private static func speed(_ recordings: [SpokenRecording]) throws -> [Measurement] {
        guard let longest = recordings.max(by: { $0.samples.count < $1.samples.count }) else { return [] }
        return try [Listener.media, .live].map { listener in
            let began = clock()
            for _ in 0..<5 { _ = try listener.hear(longest.samples) }
            let cost = Double(clock() - began) / Double(CLOCKS_PER_SEC) / 5
            let hour = cost / (Double(longest.samples.count) / 16_000) * 3_600
            return Measurement(
                name: "finding speech in an hour (\(listener.name)), CPU", value: hour, unit: "s", goal: .atMost(15))
        }
    }
}
