internal import AudioCore
internal import Speech

/// What can be told of a streamed speech: when its pieces came, and what a player would have heard.
struct StreamStatistics {
    private let began: ContinuousClock.Instant
    private var pieces: [Piece] = []
    private var byteCount = 0
    /// How long all of it sounds, in seconds.
    private var seconds = 0.0
    private var firstAudible: Double?
    /// Until when a player has sound that begins at once and waits when it has none.
    private var playsUntil: Double?

    /// A piece: when it came, in seconds since the question, and how long it sounds.
    private struct Piece {
        let arrival: Double
        let duration: Double
    }

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
        let format = chunk.audio.format
        let begin = max(arrival, playsUntil ?? arrival)
        playsUntil = begin + Double(chunk.audio.frameCount) / Double(format.rate)
        if firstAudible == nil, let place = chunk.audio.samples.firstIndex(where: { abs(Int($0)) > Self.audible }) {
            firstAudible = begin + Double(place / format.channels) / Double(format.rate)
        }
        let line = Line(
            index: pieces.count, bytes: chunk.audio.samples.count * 2, arrivalMs: Self.milliseconds(arrival),
            gapMs: pieces.last.map { Self.milliseconds(arrival - $0.arrival) })
        pieces.append(Piece(arrival: arrival, duration: Double(chunk.audio.frameCount) / Double(format.rate)))
        byteCount += line.bytes
        seconds += Double(chunk.audio.frameCount) / Double(format.rate)
        return line
    }

    /// −50 dB below full scale.
    private static let audible = 104

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
            chunks: pieces.count, bytes: byteCount, seconds: (seconds * 1_000).rounded() / 1_000,
            firstByteMs: pieces.first.map { Self.milliseconds($0.arrival) },
            firstAudibleMs: firstAudible.map(Self.milliseconds), gapMs: gaps,
            underruns: Dictionary(uniqueKeysWithValues: underruns),
            realTimeFactor: pieces.last.flatMap {
                seconds > 0 ? ($0.arrival / seconds * 10_000).rounded() / 10_000 : nil
            })
    }

    private var gaps: Gaps? {
        let gaps = zip(pieces, pieces.dropFirst()).map { Self.milliseconds($1.arrival - $0.arrival) }.sorted()
        guard !gaps.isEmpty else { return nil }
        // The least gap that is not exceeded by the share: the nearest rank.
        func percentile(_ share: Double) -> Double { gaps[max(Int((Double(gaps.count) * share).rounded(.up)), 1) - 1] }
        return Gaps(p50: percentile(0.5), p95: percentile(0.95), p99: percentile(0.99))
    }

    /// Plays the pieces as they came, beginning when so much sound is there.
    private func underruns(with buffer: Double) -> Int {
        var waiting = 0.0
        var playsUntil: Double?
        var count = 0
        for piece in pieces {
            if let end = playsUntil {
                if piece.arrival > end { count += 1 }
                playsUntil = max(end, piece.arrival) + piece.duration
            } else {
                waiting += piece.duration
                if waiting >= buffer { playsUntil = piece.arrival + waiting }
            }
        }
        return count
    }
}
