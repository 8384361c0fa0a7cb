#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Tells how long the spectrum of a frame stays as it is, and whether its harmonics glide, beside the frames around it.
struct SpectralShapes {
    /// Bins of 15.6 Hz whose peaks are followed.
    static let longBins = 6..<193

    /// Where it is noted what two frames have in common.
    enum Placement {
        /// In the frame between them, which is held back until the later one is there.
        case between
        /// In the later one, which is given at once.
        case later
    }

    private let placement: Placement
    private var waiting: [FrameMeasure] = []
    /// The unit vectors of the last frames, the newest last.
    private var recent: [Shape] = []
    /// Half of the frames from one to the other.
    private static let (glideSpan, shortSpan, middleSpan, longSpan) = (3, 4, 6, 15)

    private struct Shape {
        let fine: [Float]
        let peaks: [Float]
        let notes: [Float]
    }

    init(_ placement: Placement) { self.placement = placement }

    /// How many frames are held back.
    private var delay: Int { placement == .between ? Self.longSpan : 0 }

    /// Takes a frame with its powers from 125 to 2,000 Hz and those of the long window, and returns the one that is complete.
    mutating func add(_ frame: FrameMeasure, power: ArraySlice<Float>, long: [Float]) -> FrameMeasure? {
        let peaks = Self.peaks(long)
        var frame = frame
        frame[.peakedness] = Self.deviation(peaks)
        let shape = Shape(
            fine: Self.fineShape(power), peaks: Self.unit(peaks),
            notes: Self.unit(NoteScale.notes(peaks), silence: 0.01))
        waiting.append(frame)
        recent.append(shape)
        if recent.count > 2 * Self.longSpan + 1 { recent.removeFirst() }
        compare(Self.shortSpan) { $2[.held80] = product($0.fine, $1.fine) }
        compare(Self.middleSpan) { $2[.held120] = product($0.peaks, $1.peaks) }
        compare(Self.longSpan) { $2[.held300] = product($0.peaks, $1.peaks) }
        compare(Self.glideSpan) { NoteScale.glide(from: $0.notes, to: $1.notes, noting: &$2) }
        return waiting.count > delay ? waiting.removeFirst() : nil
    }

    /// The frames that nothing follows.
    mutating func finish() -> [FrameMeasure] {
        defer { waiting = [] }
        return waiting
    }

    /// Notes what the newest frame has in common with that of twice a span before.
    private mutating func compare(_ span: Int, _ note: (Shape, Shape, inout FrameMeasure) -> Void) {
        guard recent.count > 2 * span else { return }
        let place = waiting.count - 1 - (placement == .between ? span : 0)
        note(recent[recent.count - 1 - 2 * span], recent[recent.count - 1], &waiting[place])
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

    /// What stands out of the mean over 15 bins.
    private static func peaks(_ power: [Float]) -> [Float] {
        let logs = power.map { log($0 + 1e-5) }
        return zip(logs, SlidingWindow.mean(logs, radius: 7)).map { max(0, $0 - $1) }
    }

    private static func deviation(_ values: [Float]) -> Float {
        let mean = values.reduce(0, +) / Float(values.count)
        return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(values.count)).squareRoot()
    }

    /// A vector scaled to length 1; one whose square is no more than that of silence stays short.
    private static func unit(_ vector: [Float], silence: Float = 1e-9) -> [Float] {
        let scale = 1 / (vector.reduce(0) { $0 + $1 * $1 } + silence).squareRoot()
        return vector.map { $0 * scale }
    }
}

private func product(_ left: [Float], _ right: [Float]) -> Float {
    var sum: Float = 0
    for index in left.indices { sum += left[index] * right[index] }
    return sum
}
