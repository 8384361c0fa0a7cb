#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Holds frames back until those beside them tell how long their spectrum stays as it is.
struct SpectralShapes {
    /// Bins of 15.6 Hz whose peaks are followed.
    static let longBins = 6..<193
    /// How many frames are held back.
    static let delay = longSpan

    private var waiting: [FrameMeasure] = []
    /// The unit vectors of the last frames, the newest last.
    private var recent: [Shape] = []
    private static let (shortSpan, middleSpan, longSpan) = (4, 6, 15)

    private struct Shape {
        let fine: [Float]
        let peaks: [Float]
    }

    /// Takes a frame with its powers from 125 to 2,000 Hz and those of the long window, and returns the one that is complete.
    mutating func add(_ frame: FrameMeasure, power: ArraySlice<Float>, long: [Float]) -> FrameMeasure? {
        let (peaks, peakedness) = Self.peaks(long)
        var frame = frame
        frame[.peakedness] = peakedness
        waiting.append(frame)
        recent.append(Shape(fine: Self.fineShape(power), peaks: peaks))
        if recent.count > 2 * Self.longSpan + 1 { recent.removeFirst() }
        compare(\.fine, Self.shortSpan, .held80)
        compare(\.peaks, Self.middleSpan, .held120)
        compare(\.peaks, Self.longSpan, .held300)
        return waiting.count > Self.longSpan ? waiting.removeFirst() : nil
    }

    /// The frames that nothing follows.
    mutating func finish() -> [FrameMeasure] {
        defer { waiting = [] }
        return waiting
    }

    /// Notes how alike the newest frame is to that of twice a span before, with the frame between them.
    private mutating func compare(
        _ shape: KeyPath<Shape, [Float]>, _ span: Int, _ quantity: FrameMeasure.Quantity
    ) {
        guard recent.count > 2 * span else { return }
        let (now, then) = (
            recent[recent.count - 1][keyPath: shape], recent[recent.count - 1 - 2 * span][keyPath: shape]
        )
        var product: Float = 0
        for index in now.indices { product += now[index] * then[index] }
        waiting[waiting.count - 1 - span][quantity] = product
    }

    /// The logarithms of powers less their mean over nine bins, as a unit vector; bins beyond the ends count as 0.
    private static func fineShape(_ power: ArraySlice<Float>) -> [Float] {
        let logs = power.map { log($0) }
        let differences = logs.indices.map { index in
            let near = logs[max(index - 4, 0)...min(index + 4, logs.count - 1)]
            return logs[index] - near.reduce(0, +) / 9
        }
        return unit(differences)
    }

    /// What stands out of the mean over 15 bins, as a unit vector, and how much it varies.
    private static func peaks(_ power: [Float]) -> (shape: [Float], deviation: Float) {
        let logs = power.map { log($0 + 1e-5) }
        let means = SlidingWindow.mean(logs, radius: 7)
        let peaks = logs.indices.map { max(0, logs[$0] - means[$0]) }
        let mean = peaks.reduce(0, +) / Float(peaks.count)
        let variance = peaks.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(peaks.count)
        return (unit(peaks), variance.squareRoot())
    }

    private static func unit(_ vector: [Float]) -> [Float] {
        let scale = 1 / (vector.reduce(0) { $0 + $1 * $1 } + 1e-9).squareRoot()
        return vector.map { $0 * scale }
    }
}
