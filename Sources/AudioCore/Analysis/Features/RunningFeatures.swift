#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The features of ``VoiceFeatures`` over windows that lie in the past, frame by frame as they are measured.
struct RunningFeatures {
    private var bands: [RunningBand]
    private var likelihood = RunningLikelihood()
    private var shapes = Past<[Float]>(10)
    private var lags = Past<Float>(3)
    private var envelope = RunningEnvelope()
    private var total = TrailingMean(before: 6)
    private var loudest = TrailingMaximum(before: 1_000)

    init() { bands = MelBands.voice.bands.map { _ in RunningBand() } }

    /// The 29 features of the next frame, in the order of the perceptron's weights.
    mutating func add(_ frame: FrameMeasure) -> [Float] {
        let found = bands.indices.map { bands[$0].add(frame.bands[frame.bands.startIndex + $0]) }
        let changes = changes(found.map(\.level))
        let smoothTotal = total.add(frame[.total])
        let sum = frame.bands.reduce(0, +)
        let (fast, slow) = envelope.add(sum)
        return found.map { $0.aboveFloor / 10 } + [
            mean(found, \.aboveLongFloor) / 10,
            likelihood.add(frame.power),
            frame[.pitch],
            frame[.flatness] / 10,
            frame[.lowShare] / 10,
            frame[.centroid],
            changes.short,
            changes.long,
            frame[.held80],
            min(max(mean(found, \.divergence), 0), 40) / 10,
            mean(found, \.modulation) / 5,
            min(max(frame[.total] - loudest.add(smoothTotal), -40), 0) / 10,
            VoiceFeatures.pitchJump(from: lags.add(frame[.pitchLag]).oldest, to: frame[.pitchLag]),
            frame[.held120],
            frame[.held300],
            frame[.peakedness],
            fast / 5,
            slow / 5,
            frame[.bandPitch],
        ]
    }

    /// How far the shape of the spectrum is from that of 30 and of 100 ms before.
    private mutating func changes(_ levels: [Float]) -> (short: Float, long: Float) {
        let mean = levels.reduce(0, +) / Float(levels.count)
        let shape = levels.map { $0 - mean }
        let past = shapes.add(shape)
        func change(_ former: [Float]) -> Float {
            let squares = zip(shape, former).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
            return (squares / Float(shape.count)).squareRoot() / 5
        }
        return (change(past[3]), change(past.oldest))
    }

    private func mean(_ found: [RunningBand.Found], _ quantity: KeyPath<RunningBand.Found, Float>) -> Float {
        found.reduce(0) { $0 + $1[keyPath: quantity] } / Float(found.count)
    }
}

/// A value and some before it; before the beginning it was always as at the beginning.
private struct Past<Value> {
    private var values: [Value] = []
    private let reach: Int

    init(_ reach: Int) { self.reach = reach }

    /// Takes the next value.
    mutating func add(_ value: Value) -> Past {
        if values.isEmpty { values = Array(repeating: value, count: reach) }
        values.append(value)
        if values.count > reach + 1 { values.removeFirst() }
        return self
    }

    /// The value of so many before the last.
    subscript(before: Int) -> Value { values[values.count - 1 - before] }

    var oldest: Value { values[0] }
}

/// A band beside what is always there in it.
private struct RunningBand {
    private var smooth = TrailingMean(before: 10)
    private var floor = RunningFloor(before: 300)
    private var longFloor = RunningFloor(before: 1_200)
    private var highest = TrailingMaximum(before: 12)
    private var short = TrailingMean(before: 6)
    private var long = TrailingMean(before: 50)
    private var motion = TrailingMean(before: 100)

    struct Found {
        /// Decibels.
        let level: Float
        let aboveFloor: Float
        let aboveLongFloor: Float
        let divergence: Float
        let modulation: Float
    }

    mutating func add(_ power: Float) -> Found {
        let level = decibels(power)
        let smoothed = smooth.add(power)
        let (near, far) = (floor.add(smoothed), longFloor.add(smoothed))
        let difference = short.add(level) - long.add(level)
        return Found(
            level: level, aboveFloor: min(max(level - near, -5), 35), aboveLongFloor: min(max(level - far, -5), 45),
            divergence: highest.add(level) - near, modulation: motion.add(difference * difference).squareRoot())
    }
}

/// The least of some seconds, in decibels.
private struct RunningFloor {
    private var least: TrailingMinimum
    private var mean = TrailingMean(before: 100)

    init(before: Int) { least = TrailingMinimum(before: before) }

    mutating func add(_ smooth: Float) -> Float { decibels(mean.add(least.add(smooth)) * noiseOverLeast) }
}

/// The rise and fall of the whole, as syllables make it and as phrases do.
private struct RunningEnvelope {
    private var sums = TrailingMean(before: 2)
    private var levels = TrailingMean(before: 2)
    private var middle = TrailingMean(before: 24)
    private var long = TrailingMean(before: 120)
    private var fast = TrailingMean(before: 100)
    private var slow = TrailingMean(before: 150)

    mutating func add(_ sum: Float) -> (fast: Float, slow: Float) {
        let envelope = levels.add(decibels(sums.add(sum) + 1e-9))
        let mean = middle.add(envelope)
        let (rise, phrase) = (envelope - mean, mean - long.add(envelope))
        return (fast.add(rise * rise).squareRoot(), slow.add(phrase * phrase).squareRoot())
    }
}

/// How much likelier a voice over the noise is than the noise alone.
private struct RunningLikelihood {
    private struct Bin {
        var mean = TrailingMean(before: 16)
        var least = TrailingMinimum(before: 160)
        var noise = TrailingMean(before: 40)
        var ratio = SpeechRatio()
    }
    private var bins = FrameMeasure.bins.map { _ in Bin() }

    mutating func add(_ power: ArraySlice<Float>) -> Float {
        var sum: Float = 0
        for (bin, value) in power.enumerated() {
            let least = bins[bin].least.add(bins[bin].mean.add(value))
            let noise = bins[bin].noise.add(least)
            sum += bins[bin].ratio.add(value, noise: noise)
        }
        return min(max(sum / Float(bins.count), 0), 8)
    }
}
