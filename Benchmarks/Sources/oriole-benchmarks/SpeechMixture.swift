import AudioCore
import Foundation

/// Clean clips of the test material one after the other, with the truth of every 10 ms, to be heard in noise.
///
/// The truth comes from the clean clips' levels, so that pauses within a sentence are pauses: speech is what is less than 30 dB
/// below the loud.
struct SpeechMixture: Sendable {
    let samples: [Float]
    /// Whether somebody speaks; nil where nobody can tell.
    let truth: [Bool?]
    /// The frames where speech begins and where it ends, pauses below a quarter of a second aside.
    let starts: [Int]
    let ends: [Int]

    /// The level that each clip's speech is brought to, in decibels below full scale.
    private static let level = -26.0

    /// Clips that were no part of what the detectors were trained with.
    private static let clips =
        [
            "LJ002-0020.wav", "LJ002-0035.wav", "acoustic_corpus.wav", "glm_asr_example_en.wav", "jfk.wav",
            "leopard_test_en.wav", "librispeech-1995-1837-0001.wav", "librispeech-2412-153948-0000.flac",
            "librispeech-61-70968-0000.flac", "librivox_sense_0870.wav", "librivox_sense_0890.wav",
            "librivox_sense_0920.wav", "living_room_light_en.wav", "mobydick_2.mp3", "praat_bobby.wav",
            "praat_mary.wav",
            "whatstheweatherlike.wav",
        ].map { "en/\($0)" }
        + [
            "aishell3_SSB00050015.wav", "aishell_BAC009S0724W0121.wav", "aishell_BAC009S0764W0121.wav",
            "cosyvoice_zero_shot_prompt.wav", "funasr_asr_example.wav", "living_room_light_zh.wav",
        ].map { "zh/\($0)" }

    init(in folder: String) async throws {
        var (samples, truth): ([Float], [Bool?]) = ([], [])
        for (index, clip) in Self.clips.enumerated() {
            let sound = try await SpokenRecording.samples(of: "\(folder)/speech/\(clip)")
            guard let speech = Self.truth(sound) else { continue }
            let pause = [60, 110, 30, 240][index % 4]
            samples += Array(repeating: 0, count: pause * 160) + Self.scaled(sound, speech).prefix(speech.count * 160)
            truth += Array(repeating: false, count: pause) + speech
        }
        (self.samples, self.truth) = (samples, Self.withCollars(truth))
        let speech = truth.map { $0 == true }
        let edges = (1..<speech.count).filter { speech[$0] != speech[$0 - 1] }
        let isPause = { (first: Int, next: Int) in next - first >= 25 }
        starts = edges.indices.filter { speech[edges[$0]] && ($0 == 0 || isPause(edges[$0 - 1], edges[$0])) }
            .map { edges[$0] }
        ends = edges.indices.filter {
            !speech[edges[$0]] && ($0 + 1 == edges.count || isPause(edges[$0], edges[$0 + 1]))
        }.map { edges[$0] }
    }

    /// Whether the frames of a clean clip are speech; nil for the whole when it is too noisy to tell.
    private static func truth(_ sound: [Float]) -> [Bool?]? {
        let levels = (0..<sound.count / 160).map { frame -> Double in
            let window = sound[max(0, frame * 160 - 120)..<min(sound.count, frame * 160 + 280)]
            return 10 * log10(window.reduce(1e-10) { $0 + Double($1 * $1) } / Double(window.count))
        }
        let sorted = levels.sorted()
        let (loud, quiet) = (sorted[sorted.count * 95 / 100], sorted[sorted.count * 3 / 100])
        guard loud - quiet >= 28 else { return nil }
        let threshold = max(loud - 30, min(quiet + 12, loud - 15))
        var speech = levels.map { $0 > threshold }
        for (value, least) in [(false, 20), (true, 4)] {
            var start = 0
            while start < speech.count {
                let end = speech[start...].firstIndex { $0 != speech[start] } ?? speech.count
                if speech[start] == value, end - start < least, start > 0, end < speech.count {
                    for frame in start..<end { speech[frame] = !value }
                }
                start = end
            }
        }
        return zip(speech, levels).map { $0 ? true : $1 < loud - 40 ? false : nil }
    }

    private static func scaled(_ sound: [Float], _ speech: [Bool?]) -> [Float] {
        let active = speech.indices.filter { speech[$0] == true }.flatMap { sound[$0 * 160..<$0 * 160 + 160] }
        let power = active.reduce(1e-12) { $0 + Double($1 * $1) } / Double(max(active.count, 1))
        let gain = Float(pow(10, level / 20) / power.squareRoot())
        return sound.map { $0 * gain }
    }

    /// A tenth of a second on both sides of a change counts for nobody.
    private static func withCollars(_ truth: [Bool?]) -> [Bool?] {
        truth.indices.map { frame in
            let near = truth[max(0, frame - 10)...min(frame + 10, truth.count - 1)].compactMap { $0 }
            return near.contains { $0 != near[0] } ? nil : truth[frame]
        }
    }

    /// The same in another sound, so many decibels below the speech.
    func heard(in other: [Float], _ decibels: Double) -> [Float] {
        let repeated = (0..<samples.count).map { other[$0 % other.count] }
        return zip(samples, MadeSound.scaled(repeated, to: Self.level - decibels)).map { $0 + $1 }
    }
}
