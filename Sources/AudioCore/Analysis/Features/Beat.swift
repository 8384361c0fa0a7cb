internal import CAudioKernels

/// How regularly sounds begin.
///
/// Syllables come several times a second too, but never evenly for seconds.
struct Beat: Equatable {
    /// How like itself the sound is after the beat it is most like itself after, up to 1.
    var strength: Float = 0
    /// The same for a beat that holds for two: the less of both.
    var steadiness: Float = 0

    /// Frames from one beat that is looked for to the next, which keeps the cost down.
    static let hop = 10
    /// Half of the onsets that are looked at.
    static let longest = 200

    /// The beats that are looked for, and the longest pair of them, in onsets of 20 ms: from 40 to 250 a minute.
    private static let (beats, longestPair) = (12..<76, 150)

    /// No beat.
    init() {}

    /// Finds the beat of onsets of 20 ms.
    init(of onsets: ArraySlice<Float>, kernels: Kernels = .active) {
        let alike = Self.likeness(of: onsets, kernels)
        for lag in Self.beats where alike[lag] > alike[lag - 1] && alike[lag] >= alike[lag + 1] {
            strength = max(strength, alike[lag])
            // Half an onset of a beat is a whole one of two.
            let pair = 2 * lag < Self.longestPair ? alike[2 * lag - 1...2 * lag + 1] : alike[2 * lag - 1...2 * lag]
            steadiness = max(steadiness, min(alike[lag], pair.max() ?? 0))
        }
    }

    /// How like themselves the onsets are after each lag; nothing is known of the shortest.
    private static func likeness(of onsets: ArraySlice<Float>, _ kernels: Kernels) -> [Float] {
        let lags = beats.lowerBound - 2...longestPair
        // Silence behind them, and what the kernel reads behind that.
        let centred = AlignedFloats(count: onsets.count + longestPair + 128)
        let sums = AlignedFloats(count: lags.count)
        let mean = onsets.reduce(0, +) / Float(onsets.count)
        var energy: Float = 1e-3
        for (index, onset) in onsets.enumerated() {
            unsafe centred.base[index] = onset - mean
            energy += (onset - mean) * (onset - mean)
        }
        unsafe kernels.table.correlate(
            centred.base, centred.base + lags.lowerBound, onsets.count, sums.base, lags.count)
        return Array(repeating: 0, count: lags.lowerBound)
            + lags.map { unsafe sums.base[$0 - lags.lowerBound] / energy } + [0]
    }

    /// How much begins in each 20 ms, by the levels of the bands of each 10 ms, in decibels.
    static func onsets(_ levels: [[Float]]) -> [Float] {
        guard let count = levels.first?.count else { return [] }
        let rises = (0..<count).map { frame in
            frame < 2 ? 0 : rise(levels.map { ($0[frame - 2], $0[frame]) })
        }
        return (0..<count / 2).map { (rises[2 * $0] + rises[2 * $0 + 1]) / 2 }
    }

    /// How far bands have risen, on average.
    static func rise(_ bands: [(former: Float, now: Float)]) -> Float {
        bands.reduce(0) { $0 + min(max($1.now - $1.former, 0), 15) } / Float(bands.count)
    }
}
