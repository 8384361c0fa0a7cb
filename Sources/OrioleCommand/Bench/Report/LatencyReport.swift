/// What a bench of latency found; it is kept as `report.json`, and compared with others.
struct LatencyReport: Hashable, Sendable, Codable {
    let version: Int
    /// The engine, its model and where it is.
    let engine: String
    /// The timing of a simulated service; nil for a real one.
    let simulated: String?
    /// Whether time was real.
    let isReal: Bool
    let machine: String
    let characters: Int
    var results: [Result]
    var recommendation: Recommendation?

    static let currentVersion = 1

    /// Speech of a text, or an answer to it.
    enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        case speech, voice
    }

    /// What one way of passing sound on came to.
    struct Result: Hashable, Sendable, Codable {
        let kind: Kind
        let setting: PassingOn
        /// Answers that were whole.
        let count: Int
        /// What others ended with, and how often.
        let failures: [String: Int]
        /// Until there was a connection, where one was made.
        let connectMs: Distribution?
        let firstByteMs: Distribution?
        let firstChunkMs: Distribution?
        let firstAudibleMs: Distribution?
        let gapMs: Distribution?
        let realTimeFactor: Distribution?
        /// How long a player must wait behind the first piece not to run dry.
        let bufferMs: Distribution?
        /// When sound is heard by a player that waits so long as keeps the risk at 1 %.
        let firstSoundMs: Distribution?
        /// How much sound had come at a time, in seconds, for some of the answers.
        let curves: [Curve]
        let stages: [StageCosts.Stage]
        /// Of the time of the answers, what passed in waiting for the service, in seconds for each second of sound.
        let waiting: Double

        /// The share of answers that were not whole.
        var failedShare: Double {
            let failed = failures.values.reduce(0, +)
            return failed == 0 ? 0 : Double(failed) / Double(failed + count)
        }

        /// The start buffer that is too small in so many of a hundred answers.
        func buffer(risk percent: Double) -> Double? { bufferMs?.percentile(1 - percent / 100) }
    }

    /// How much sound has come at a time.
    typealias Curve = [Point]

    struct Point: Hashable, Sendable, Codable {
        let seconds: Double
        let sound: Double
    }
}

extension LatencyReport.Result {
    /// Curves that are kept: the quickest, the middle and the slowest say enough.
    private static let mostCurves = 12
    private static let mostPoints = 400

    init(
        _ kind: LatencyReport.Kind, _ setting: PassingOn, _ traces: [StreamTrace], failures: [String: Int],
        _ costs: StageCosts, takesTime: Bool = true
    ) {
        var passing = costs.passing
        // On a clock that is not real work takes no time, so that the same delays give the same report.
        if !takesTime { passing.work = 0 }
        let passed = traces.map { setting.passed($0, passing) }
        let buffers = Distribution(seconds: passed.map(\.neededBuffer))
        let buffer = (buffers?.percentile(0.99) ?? 0) / 1_000
        self.kind = kind
        self.setting = setting
        count = traces.count
        self.failures = failures
        connectMs = Distribution(seconds: traces.compactMap(\.connected))
        firstByteMs = Distribution(seconds: traces.compactMap(\.firstByte))
        firstChunkMs = Distribution(seconds: passed.compactMap { $0.pieces.first?.arrival })
        firstAudibleMs = Distribution(seconds: passed.compactMap { $0.firstSound(buffer: 0) })
        gapMs = Distribution(seconds: passed.flatMap(\.gaps))
        realTimeFactor = Distribution(passed.compactMap(\.realTimeFactor).map { ($0 * 1e4).rounded() / 1e4 })
        bufferMs = buffers
        firstSoundMs = Distribution(seconds: passed.compactMap { $0.firstSound(buffer: buffer) })
        curves = Self.chosen(passed).map(Self.curve)
        stages = costs.stages
        let (time, sound) = traces.reduce((0.0, 0.0)) { ($0.0 + ($1.pieces.last?.arrival ?? 0), $0.1 + $1.length) }
        waiting = sound > 0 ? max(time / sound - passing.work, 0) : 0
    }

    private static func chosen(_ traces: [StreamTrace]) -> [StreamTrace] {
        let sorted = traces.sorted { $0.neededBuffer < $1.neededBuffer }
        guard sorted.count > mostCurves else { return sorted }
        return (0..<mostCurves).map { sorted[$0 * (sorted.count - 1) / (mostCurves - 1)] }
    }

    private static func curve(_ trace: StreamTrace) -> LatencyReport.Curve {
        var points: LatencyReport.Curve = []
        var sound = 0.0
        let step = max(trace.pieces.count / mostPoints, 1)
        for (index, piece) in trace.pieces.enumerated() {
            sound += piece.length
            guard index % step == 0 || index == trace.pieces.count - 1 else { continue }
            points.append(.init(seconds: (piece.arrival * 1e4).rounded() / 1e4, sound: (sound * 1e4).rounded() / 1e4))
        }
        return points
    }
}

/// What is best for somebody who wants sound by a certain time.
struct Recommendation: Hashable, Sendable, Codable {
    let setting: PassingOn
    let kind: LatencyReport.Kind
    /// What was wanted; nil when the least was.
    let targetMs: Double?
    /// Whether that is reached in 95 of 100 answers.
    let isReached: Bool
    let firstSoundMs: Double
    /// How long the player waits behind the first piece.
    let bufferMs: Double

    /// Of what reaches the target, what costs least: the most answers at once, then the longest Opus frames, the highest rate and
    /// the largest pieces; of what does not, the quickest.
    init?(_ results: [LatencyReport.Result], target: Double?) {
        // Of a hundred answers ninety-five are to be heard.
        let sound = results.compactMap { result in
            result.failedShare > 0.05 ? nil : result.firstSoundMs.map { (result, $0.p95) }
        }
        let quick = sound.filter { target == nil || $0.1 <= target ?? 0 }
        let best =
            target == nil || quick.isEmpty
            ? sound.min { $0.1 < $1.1 } : quick.max { Self.worth($0.0.setting) < Self.worth($1.0.setting) }
        guard let (result, time) = best else { return nil }
        setting = result.setting
        kind = result.kind
        targetMs = target
        isReached = !quick.isEmpty
        firstSoundMs = time
        bufferMs = result.buffer(risk: 1) ?? 0
    }

    private static func worth(_ setting: PassingOn) -> (Int, Int, Int, Int) {
        (setting.concurrency, setting.opusFrame ?? 0, setting.rate, setting.chunk ?? 0)
    }

    /// A line for people.
    var text: String {
        let what = "\(kind.rawValue), \(setting.name), start buffer \(Shown.milliseconds(bufferMs))"
        let time = "first sound within \(Shown.milliseconds(firstSoundMs)) in 95 of 100"
        guard let targetMs else { return "quickest: \(what): \(time)" }
        return isReached
            ? "recommended for \(Shown.milliseconds(targetMs)): \(what): \(time)"
            : "nothing reaches \(Shown.milliseconds(targetMs)); nearest: \(what): \(time)"
    }
}

/// Numbers as people read them.
enum Shown {
    static func milliseconds(_ value: Double) -> String {
        "\(short(value)) ms"
    }

    static func short(_ value: Double) -> String {
        if value.magnitude >= 100 { return "\(Int(value.rounded()))" }
        let digits = value.magnitude >= 10 ? 10.0 : 100.0
        let rounded = (value * digits).rounded() / digits
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }
}
