#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The 29 features of each frame from which speech is told, a column for each.
///
/// They compare what was measured with the seconds around it: noise is what stays, speech what comes and goes some times
/// a second. The order is that of the perceptron's weights.
struct VoiceFeatures {
    let columns: [[Float]]

    /// How many frames on either side have a part in a frame's features.
    static let reach = 655

    init(_ table: FrameTable) {
        let bands = BandLevels(table)
        let motion = SpectralMotion(bands.levels)
        let envelope = Envelope(table)
        let total = table[.total]
        let loudest = SlidingWindow.maximum(SlidingWindow.mean(total, radius: 3), radius: 500)
        columns =
            bands.aboveFloor.map { $0.map { $0 / 10 } } + [
                bands.aboveLongFloor.map { $0 / 10 },
                SpeechLikelihood.column(table),
                table[.pitch],
                table[.flatness].map { $0 / 10 },
                table[.lowShare].map { $0 / 10 },
                table[.centroid],
                motion.change(over: 3),
                motion.change(over: 10),
                table[.held80],
                bands.longTermDivergence.map { $0 / 10 },
                bands.modulation.map { $0 / 5 },
                zip(total, loudest).map { min(max($0 - $1, -40), 0) / 10 },
                Self.pitchJumps(table[.pitchLag]),
                table[.held120],
                table[.held300],
                table[.peakedness],
                envelope.fast.map { $0 / 5 },
                envelope.slow.map { $0 / 5 },
                table[.bandPitch],
            ]
    }

    /// How far the pitch moves in 30 ms, as a ratio's logarithm.
    private static func pitchJumps(_ lags: [Float]) -> [Float] {
        lags.indices.map { pitchJump(from: lags[$0], to: lags[min($0 + 3, lags.count - 1)]) }
    }

    static func pitchJump(from former: Float, to later: Float) -> Float {
        min(abs(log((former + 1) / (later + 1))), 1)
    }
}

/// The levels of the bands beside what is always there in them.
private struct BandLevels {
    /// Decibels.
    let levels: [[Float]]
    /// Decibels above the least of three seconds around, by band; and above the least of twelve seconds, on average.
    let aboveFloor: [[Float]]
    let aboveLongFloor: [Float]
    /// How far the highest of 130 ms lies above the floor, on average.
    let longTermDivergence: [Float]
    /// How much the bands go up and down between two and eight times a second.
    let modulation: [Float]

    init(_ table: FrameTable) {
        levels = table.bands.map { $0.map(decibels) }
        let smooth = table.bands.map { SlidingWindow.mean($0, radius: 5) }
        let floors = smooth.map { Self.floor($0, radius: 150) }
        aboveFloor = zip(levels, floors).map { level, floor in
            zip(level, floor).map { min(max($0 - $1, -5), 35) }
        }
        aboveLongFloor = meanOfColumns(
            zip(levels, smooth).map { level, smooth in
                zip(level, Self.floor(smooth, radius: 600)).map { min(max($0 - $1, -5), 45) }
            })
        let divergences = zip(levels, floors).map { level, floor in
            zip(SlidingWindow.maximum(level, radius: 6), floor).map { $0 - $1 }
        }
        longTermDivergence = meanOfColumns(divergences).map { min(max($0, 0), 40) }
        modulation = meanOfColumns(levels.map { rootMeanSquare(difference($0, radii: 3, 25), radius: 50) })
    }

    /// The least of some seconds, in decibels; the factor makes the least of noise its mean.
    private static func floor(_ smooth: [Float], radius: Int) -> [Float] {
        SlidingWindow.mean(SlidingWindow.minimum(smooth, radius: radius), radius: 50).map {
            decibels($0 * noiseOverLeast)
        }
    }
}

/// How fast the shape of the spectrum changes.
private struct SpectralMotion {
    private let shapes: [[Float]]

    init(_ levels: [[Float]]) {
        let means = meanOfColumns(levels)
        shapes = levels.map { level in zip(level, means).map { $0 - $1 } }
    }

    func change(over frames: Int) -> [Float] {
        (shapes.first ?? []).indices.map { frame in
            var sum: Float = 0
            for shape in shapes {
                let step = shape[frame] - shape[frame < frames ? 0 : frame - frames]
                sum += step * step
            }
            return (sum / Float(shapes.count)).squareRoot() / 5
        }
    }
}

/// The rise and fall of the whole, as syllables make it and as phrases do.
private struct Envelope {
    let fast: [Float]
    let slow: [Float]

    init(_ table: FrameTable) {
        let frames = table.count
        let sums = (0..<frames).map { frame in table.bands.reduce(0) { $0 + $1[frame] } }
        let levels = SlidingWindow.mean(sums, radius: 1).map { 10 * log10($0 + 1e-9) }
        let envelope = SlidingWindow.mean(levels, radius: 1)
        let middle = SlidingWindow.mean(envelope, radius: 12)
        fast = rootMeanSquare(zip(envelope, middle).map { $0 - $1 }, radius: 50)
        slow = rootMeanSquare(zip(middle, SlidingWindow.mean(envelope, radius: 60)).map { $0 - $1 }, radius: 75)
    }
}

/// How much likelier a voice over the noise is than the noise alone, on average over the bins (Sohn, Kim and Sung 1999).
private enum SpeechLikelihood {
    static func column(_ table: FrameTable) -> [Float] {
        var sums = Array(repeating: Float(0), count: table.count)
        for power in table.power { add(power, to: &sums) }
        let scale = 1 / Float(table.power.count)
        return sums.map { min(max($0 * scale, 0), 8) }
    }

    private static func add(_ power: [Float], to sums: inout [Float]) {
        let least = SlidingWindow.minimum(SlidingWindow.mean(power, radius: 8), radius: 80)
        let noise = SlidingWindow.mean(least, radius: 20)
        var ratio = SpeechRatio()
        for frame in power.indices { sums[frame] += ratio.add(power[frame], noise: noise[frame]) }
    }
}

/// The likelihood of speech in a bin, whose past counts.
struct SpeechRatio {
    private var former: Float = 0

    /// The logarithm for the next power, over the least of the noise.
    mutating func add(_ power: Float, noise: Float) -> Float {
        // The powers before and after noise is taken away, in units of the noise.
        let above = min(power / (noise * 1.8), 1_000)
        let prior = max(0.95 * former + 0.05 * max(above - 1, 0), 0.003)
        let gain = prior / (1 + prior)
        former = gain * gain * above
        return above * gain - log1p(prior)
    }
}

// MARK: - Numbers

/// A power in decibels.
func decibels(_ power: Float) -> Float { 10 * log10(power) }

/// How far the mean of noise lies above the least of its short means.
let noiseOverLeast: Float = 1.6

// MARK: - Columns

private func meanOfColumns(_ columns: [[Float]]) -> [Float] {
    guard let first = columns.first else { return [] }
    return first.indices.map { frame in columns.reduce(0) { $0 + $1[frame] } / Float(columns.count) }
}

/// What a short mean says beyond a long one.
private func difference(_ column: [Float], radii short: Int, _ long: Int) -> [Float] {
    zip(SlidingWindow.mean(column, radius: short), SlidingWindow.mean(column, radius: long)).map { $0 - $1 }
}

private func rootMeanSquare(_ column: [Float], radius: Int) -> [Float] {
    SlidingWindow.mean(column.map { $0 * $0 }, radius: radius).map { $0.squareRoot() }
}
