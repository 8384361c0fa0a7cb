internal import AudioCore
internal import Speech

/// What can be told of a streamed speech: when its pieces came, and what a player would have heard.
struct StreamStatistics {
    private let began: ContinuousClock.Instant
    private var trace = StreamTrace()
    private var byteCount = 0

    /// One line for each piece.
    struct Line: Encodable {
        let index: Int
        let bytes: Int
        let arrivalMs: Double
        let gapMs: Double?
    }

    init(from began: ContinuousClock.Instant = .now) { self.began = began }

    /// Notes a piece and returns what is to be said of it.
    mutating func add(_ chunk: SpeechChunk) -> Line {
        let arrival = (chunk.arrival - began) / .seconds(1)
        let line = Line(
            index: trace.pieces.count, bytes: chunk.audio.samples.count * 2, arrivalMs: Self.milliseconds(arrival),
            gapMs: trace.pieces.last.map { Self.milliseconds(arrival - $0.arrival) })
        trace.add(chunk.audio, at: arrival)
        byteCount += line.bytes
        return line
    }

    private static func milliseconds(_ seconds: Double) -> Double { (seconds * 10_000).rounded() / 10 }
}

// MARK: - All of it

extension StreamStatistics {
    /// What is said at the end.
    struct Summary: Encodable {
        let chunks: Int
        let bytes: Int
        let seconds: Double
        let firstByteMs: Double?
        let firstAudibleMs: Double?
        let gapMs: Gaps?
        /// How often a player would have run dry that had waited for so much sound, in milliseconds.
        let underruns: [String: Int]
        /// How long it took for each second of sound.
        let realTimeFactor: Double?
    }

    struct Gaps: Encodable {
        let p50: Double
        let p95: Double
        let p99: Double
    }

    var summary: Summary {
        let buffers = [0, 50, 100, 200, 400]
        let underruns = buffers.map { ("\($0)", self.underruns(with: Double($0) / 1_000)) }
        return Summary(
            chunks: trace.pieces.count, bytes: byteCount, seconds: (trace.length * 1_000).rounded() / 1_000,
            firstByteMs: trace.pieces.first.map { Self.milliseconds($0.arrival) },
            firstAudibleMs: trace.firstSound(buffer: 0).map(Self.milliseconds), gapMs: gaps,
            underruns: Dictionary(uniqueKeysWithValues: underruns),
            realTimeFactor: trace.realTimeFactor.map { ($0 * 10_000).rounded() / 10_000 })
    }

    private var gaps: Gaps? {
        Distribution(trace.gaps.map(Self.milliseconds)).map { Gaps(p50: $0.p50, p95: $0.p95, p99: $0.p99) }
    }

    /// Plays the pieces as they came, beginning when so much sound is there.
    private func underruns(with buffer: Double) -> Int {
        var waiting = 0.0
        var playsUntil: Double?
        var count = 0
        for piece in trace.pieces {
            if let end = playsUntil {
                if piece.arrival > end { count += 1 }
                playsUntil = max(end, piece.arrival) + piece.length
            } else {
                waiting += piece.length
                if waiting >= buffer { playsUntil = piece.arrival + waiting }
            }
        }
        return count
    }
}
