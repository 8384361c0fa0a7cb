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
    init(of onsets: ArraySlice<Float>) {
        let mean = onsets.reduce(0, +) / Float(onsets.count)
        let centred = onsets.map { $0 - mean }
        let energy = centred.reduce(1e-3) { $0 + $1 * $1 }
        var alike = Array(repeating: Float(0), count: Self.longestPair + 2)
        for lag in 10...Self.longestPair where lag < centred.count {
            var sum: Float = 0
            for index in lag..<centred.count { sum += centred[index] * centred[index - lag] }
            alike[lag] = sum / energy
        }
        for lag in Self.beats where alike[lag] > alike[lag - 1] && alike[lag] >= alike[lag + 1] {
            strength = max(strength, alike[lag])
            // Half an onset of a beat is a whole one of two.
            let pair = 2 * lag < Self.longestPair ? alike[2 * lag - 1...2 * lag + 1] : alike[2 * lag - 1...2 * lag]
            steadiness = max(steadiness, min(alike[lag], pair.max() ?? 0))
        }
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
