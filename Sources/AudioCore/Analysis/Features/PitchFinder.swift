internal import CAudioKernels

/// How much a stretch of sound repeats itself, and after how many samples.
struct Pitch: Equatable {
    /// The highest peak of the normalised correlation, up to 1; 0 where there is none.
    var strength: Float = 0
    /// The lag of that peak in samples, 0 where there is none.
    var lag: Float = 0
}

/// Finds the pitch in a window: samples correlated with those a lag later.
@safe
struct PitchFinder: ~Copyable {
    /// The lags that are tried.
    let lags: Range<Int>
    /// How many samples are correlated.
    let length: Int
    private let kernels: Kernels
    private let centred: AlignedFloats
    private let sums: AlignedFloats

    init(lags: Range<Int>, length: Int, kernels: Kernels) {
        self.lags = lags
        self.length = length
        self.kernels = kernels
        // What the kernel reads behind the last sample that counts.
        centred = AlignedFloats(count: length + lags.upperBound + 128)
        sums = AlignedFloats(count: lags.count)
    }

    /// How long a window is.
    var windowLength: Int { length + lags.upperBound }

    /// The pitch in a window.
    func callAsFunction(_ window: ArraySlice<Double>) -> Pitch {
        precondition(window.count == windowLength, "a window for the pitch has its length")
        let mean = window.reduce(0, +) / Double(window.count)
        let greatest = window.reduce(0) { max($0, abs($1 - mean)) }
        guard greatest > 0 else { return Pitch() }
        // Brought to full scale first: the squares of what a filter leaves in silence are too small for a float.
        for (index, sample) in window.enumerated() { unsafe centred.base[index] = Float((sample - mean) / greatest) }
        unsafe kernels.table.correlate(centred.base, centred.base + lags.lowerBound, length, sums.base, lags.count)
        return highestPeak(scale: greatest * greatest)
    }

    /// A peak is higher than its neighbour before and no lower than the one behind.
    ///
    /// The scale is that of the squares; what is added to them keeps silence from having a strong pitch.
    private func highestPeak(scale: Double) -> Pitch {
        let still = energy(from: 0, scale)
        var moving = energy(from: lags.lowerBound - 1, scale)
        var (before, last) = (0.0, 0.0)
        var best = (strength: 0.0, lag: 0)
        for lag in lags {
            let (leaving, entering) = unsafe (centred.base[lag - 1], centred.base[lag - 1 + length])
            moving += (Double(entering * entering) - Double(leaving * leaving)) * scale
            let product = unsafe Double(sums.base[lag - lags.lowerBound]) * scale
            let value = product / (still * moving + 1e-18).squareRoot()
            if last > before, last >= value, last > best.strength { best = (last, lag - 1) }
            (before, last) = (last, value)
        }
        return Pitch(strength: Float(best.strength), lag: Float(best.lag))
    }

    private func energy(from start: Int, _ scale: Double) -> Double {
        var sum = 0.0
        for index in start..<start + length { unsafe sum += Double(centred.base[index] * centred.base[index]) }
        return sum * scale + 1e-9
    }
}
