import AudioCore
import Speech
import Testing

@testable import OrioleCommand

struct StreamStatisticsTests {
    private static let began = ContinuousClock.now

    /// Statistics of pieces that came at times and last, all in milliseconds; silent ones first.
    private static func summary(_ pieces: [(arrival: Int, duration: Int)], silent: Int = 0) -> StreamStatistics.Summary
    {
        var statistics = StreamStatistics(from: began)
        for (index, piece) in pieces.enumerated() {
            let samples = [Int16](repeating: index < silent ? 3 : 3_000, count: 24 * piece.duration)
            let chunk = PCMChunk(
                format: PCMFormat(rate: 24_000, channels: 1), start: MediaTime(frames: 0, rate: 24_000),
                samples: samples)
            _ = statistics.add(SpeechChunk(audio: chunk, index: index, arrival: began + .milliseconds(piece.arrival)))
        }
        return statistics.summary
    }

    @Test func `what came in time never runs dry`() {
        let summary = Self.summary([(100, 100), (150, 100), (200, 100)])
        #expect(summary.underruns == ["0": 0, "50": 0, "100": 0, "200": 0, "400": 0])
        #expect(summary.firstByteMs == 100 && summary.firstAudibleMs == 100 && summary.seconds == 0.3)
        #expect(summary.gapMs?.p50 == 50 && summary.gapMs?.p99 == 50)
        #expect(summary.realTimeFactor == 0.6667 && summary.bytes == 14_400 && summary.chunks == 3)
    }

    @Test func `a late piece runs dry a player that waited for too little`() {
        // The second piece comes 150 ms after the first, which lasts 100.
        let summary = Self.summary([(0, 100), (150, 100), (160, 100), (450, 100)])
        #expect(summary.underruns == ["0": 2, "50": 2, "100": 2, "200": 1, "400": 0])
    }

    @Test func `percentiles of gaps are gaps, by their rank`() {
        let two = Self.summary([(0, 10), (45, 10), (102, 10)]).gapMs
        #expect(two?.p50 == 45 && two?.p95 == 57 && two?.p99 == 57)
        let hundred = Self.summary((0...100).map { ($0 * ($0 + 1) / 2, 10) }).gapMs
        #expect(hundred?.p50 == 50 && hundred?.p95 == 95 && hundred?.p99 == 99)
    }

    @Test func `silence is not heard`() {
        #expect(Self.summary([(10, 100), (20, 100), (30, 100)], silent: 2).firstAudibleMs == 210)
        #expect(Self.summary([(10, 100)], silent: 1).firstAudibleMs == nil)
        // A player that ran dry plays what came late, then what came after it.
        #expect(Self.summary([(0, 100), (3_002, 1_000), (3_022, 100)], silent: 2).firstAudibleMs == 4_002)
        #expect(Self.summary([]).firstByteMs == nil && Self.summary([]).realTimeFactor == nil)
    }
}
