import AudioCore
import Foundation

/// How well speech is told from what is mixed with it: clean and in seven kinds of sound, each at four levels, as the study did.
enum VoiceConditions {
    /// A kind of sound.
    private struct Kind {
        let name: String
        let sound: [Float]
        /// Whether it is heard all the time and alike.
        var isSteady = false
        /// Whether it is speech itself, so that nobody can say where it should be cut.
        var isSpeech = false
    }

    static func measure(_ listeners: [Listener], in folder: String) async throws -> [Measurement] {
        let mixture = try await SpeechMixture(in: folder)
        let kinds = try await kinds(in: folder)
        let quiet = mixture.heard(in: MadeSound.all(seconds: 60, level: -30)[0].samples, 50)
        var scores = listeners.map { _ in [Double]() }
        var edges = listeners.map { _ in Edges() }
        var rows: [Measurement] = []
        var cutting = CuttingScore()
        func score(_ name: String, _ sound: [Float], _ decibels: Double?, goal: Measurement.Goal?, cuts: Bool) throws {
            var found: [Double] = []
            for (index, listener) in listeners.enumerated() {
                let speech = try listener.decide(sound)
                found.append(F1.score(mixture.truth, speech))
                if (decibels ?? 50) >= 10 { edges[index].add(mixture, speech) }
            }
            for index in listeners.indices { scores[index].append(found[index]) }
            if cuts { cutting.add(mixture.truth, try Listener.media.hear(sound)) }
            rows.append(row("F1 \(name)", found, listeners, goal: goal))
        }
        try score("clean", quiet, nil, goal: .atLeast(0.95), cuts: true)
        for kind in kinds {
            for decibels in [20.0, 10, 5, 0] {
                let goal: Measurement.Goal? =
                    kind.isSteady ? .atLeast(0.93) : kind.name == "real music" && decibels == 20 ? .atLeast(0.87) : nil
                try score(
                    "\(kind.name), \(Int(decibels)) dB", mixture.heard(in: kind.sound, decibels), decibels, goal: goal,
                    cuts: !kind.isSpeech && decibels >= 5)
            }
        }
        let means = scores.map { $0.reduce(0, +) / Double($0.count) }
        rows.append(row("F1 of all \(scores[0].count) conditions, mean", means, listeners, goal: .atLeast(0.91)))
        return rows + Edges.rows(edges, listeners) + cutting.rows("of mixtures")
    }

    /// A figure of ours, with the others' beside it.
    static func row(
        _ name: String, _ values: [Double], _ listeners: [Listener], unit: String = "", goal: Measurement.Goal?
    ) -> Measurement {
        let peers = zip(listeners, values).dropFirst().map { ($0.name, $1) }
        return Measurement(
            name: name, value: values[0], unit: unit, goal: goal, peers: Dictionary(uniqueKeysWithValues: peers))
    }

    private static func kinds(in folder: String) async throws -> [Kind] {
        let made = Dictionary(
            uniqueKeysWithValues: MadeSound.all(seconds: 60, level: -30).map { ($0.name, $0.samples) })
        func sum(_ names: String...) -> [Float] {
            names.compactMap { made[$0] }.reduce([]) { $0.isEmpty ? $1 : zip($0, $1).map { $0 + $1 } }
        }
        let real = try await RealMusic.tracks().prefix(4).flatMap { $0.samples.prefix(20 * MadeSound.rate) }
        return [
            Kind(name: "white noise", sound: sum("white"), isSteady: true),
            Kind(name: "pink noise", sound: sum("pink"), isSteady: true),
            Kind(name: "hum and clicks", sound: sum("hum", "clicks"), isSteady: true),
            Kind(name: "wind", sound: sum("wind", "brown"), isSteady: true),
            Kind(name: "babble of six", sound: try await babble(in: folder), isSpeech: true),
            Kind(
                name: "made music",
                sound: (0..<4).flatMap { MadeMusic.piece($0, seconds: 15, level: -30) }),
        ] + (real.isEmpty ? [] : [Kind(name: "real music", sound: Array(real))])
    }

    /// Of clips that are not in the mixture.
    private static func babble(in folder: String) async throws -> [Float] {
        var sum = Array(repeating: Float(0), count: 30 * MadeSound.rate)
        for (index, clip) in [
            "other/mls_es_13697_11991_000000.opus", "en/librivox_sense_0880.wav", "en/librivox_sense_0930.wav",
            "other/leopard_test_es.wav", "zh/glm_asr_example_zh.wav", "en/mobydick_1.mp3",
        ].enumerated() {
            let voice = MadeSound.scaled(try await SpokenRecording.samples(of: "\(folder)/speech/\(clip)"), to: -30)
            for frame in sum.indices { sum[frame] += voice[(frame + index * 9_973) % voice.count] }
        }
        return sum
    }
}

/// How much of the speech is found, and how much else, in one number.
enum F1 {
    static func score(_ truth: [Bool?], _ speech: [Bool]) -> Double {
        var (right, wrong, missed) = (0.0, 0.0, 0.0)
        for (wanted, found) in zip(truth, speech) {
            switch (wanted, found) {
            case (true, true): right += 1
            case (false, true): wrong += 1
            case (true, false): missed += 1
            default: break
            }
        }
        return 2 * right / max(2 * right + wrong + missed, 1)
    }
}

/// How far beginnings and ends of speech lie from where they are found.
private struct Edges {
    private var starts: [Double] = []
    private var ends: [Double] = []
    private var missed = 0

    mutating func add(_ mixture: SpeechMixture, _ speech: [Bool]) {
        let changes = (1..<speech.count).filter { speech[$0] != speech[$0 - 1] }
        starts += errors(of: mixture.starts, among: changes.filter { speech[$0] })
        ends += errors(of: mixture.ends, among: changes.filter { !speech[$0] })
    }

    private mutating func errors(of wanted: [Int], among found: [Int]) -> [Double] {
        let near = wanted.map { place in found.map { abs($0 - place) }.min() ?? .max }
        missed += near.count { $0 > 100 }
        return near.filter { $0 <= 100 }.map { Double($0) * 10 }
    }

    static func rows(_ edges: [Edges], _ listeners: [Listener]) -> [Measurement] {
        func quantile(_ values: [Double], _ percent: Int) -> Double {
            let sorted = values.sorted()
            return sorted.isEmpty ? .nan : sorted[min(sorted.count * percent / 100, sorted.count - 1)]
        }
        let wanted: [(String, KeyPath<Edges, [Double]>, Int, Double)] = [
            ("starts, median", \.starts, 50, 40), ("starts, nine of ten", \.starts, 90, 200),
            ("ends, median", \.ends, 50, 60), ("ends, nine of ten", \.ends, 90, 250),
        ]
        return wanted.map { name, which, percent, goal in
            VoiceConditions.row(
                "error of \(name), from 10 dB on", edges.map { quantile($0[keyPath: which], percent) }, listeners,
                unit: "ms", goal: .atMost(goal))
        } + [
            VoiceConditions.row(
                "edges not found within a second",
                edges.map { Double($0.missed) / Double(max($0.missed + $0.starts.count + $0.ends.count, 1)) * 100 },
                listeners, unit: "%", goal: nil)
        ]
    }
}

/// Where clips are cut, beside where somebody speaks.
struct CuttingScore {
    private var (lost, speech, edges, inside) = (0, 0, 0, 0)
    private var lengths: [Double] = []

    mutating func add(_ truth: [Bool?], _ frames: [VoiceFrame], hasInnerPauses: Bool = true) {
        var cutter = SpeechCutter()
        var sections: [SpeechSection] = []
        cutter.add(frames.span, appendingTo: &sections)
        cutter.finish(appendingTo: &sections)
        var isHeard = Array(repeating: false, count: truth.count)
        for section in sections {
            lengths.append(section.end.seconds - section.start.seconds)
            for frame in section.start.frames..<min(section.end.frames, isHeard.count) { isHeard[frame] = true }
        }
        for frame in truth.indices where truth[frame] == true {
            speech += 1
            lost += isHeard[frame] ? 0 : 1
        }
        guard hasInnerPauses else { return }
        for edge in Set(sections.flatMap { [$0.start.frames, $0.end.frames] }) where edge > 4 && edge < truth.count - 4
        {
            edges += 1
            inside += truth[edge - 4..<edge + 4].allSatisfy { $0 == true } ? 1 : 0
        }
    }

    func rows(_ what: String) -> [Measurement] {
        let share = { (part: Int, whole: Int) in Double(part) / Double(max(whole, 1)) * 100 }
        let within = lengths.count { (8...20.6).contains($0) }
        return [
            Measurement(
                name: "\(what): speech outside all clips", value: share(lost, speech), unit: "%", goal: .atMost(1.5)),
            Measurement(
                name: "\(what): clip edges inside speech (\(edges) edges)", value: share(inside, edges), unit: "%",
                goal: .atMost(4)),
            Measurement(name: "\(what): the longest clip", value: lengths.max() ?? 0, unit: "s", goal: .atMost(28.6)),
            Measurement(
                name: "\(what): clips of 8 to 20 s and their pauses (\(lengths.count) clips)",
                value: share(within, lengths.count), unit: "%", goal: nil),
        ]
    }
}

/// Music of others, in a folder that the environment names: `ORIOLE_MUSIC`.
enum RealMusic {
    /// A minute of each file, from the fifteenth second on, in the order of their names.
    static func tracks() async throws -> [(name: String, samples: [Float])] {
        guard let folder = ProcessInfo.processInfo.environment["ORIOLE_MUSIC"], !folder.isEmpty else { return [] }
        var tracks: [(String, [Float])] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
            let samples = try await SpokenRecording.samples(of: "\(folder)/\(name)")
            guard samples.count > 40 * MadeSound.rate else { continue }
            tracks.append((name, Array(samples.dropFirst(15 * MadeSound.rate).prefix(60 * MadeSound.rate))))
        }
        return tracks
    }
}
