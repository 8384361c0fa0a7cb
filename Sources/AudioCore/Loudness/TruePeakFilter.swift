#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The points between samples, for the peak that a converter would reproduce (ITU-R BS.1770-4, annex 2).
enum TruePeakFilter {
    /// Taps of each phase.
    static let tapCount = 12
    /// Phases between two samples: oversampling by four.
    static let phases = 3

    /// For each phase, a sinc under a Kaiser window around the point a quarter, a half and three quarters after the
    /// sixth of twelve samples.
    static let taps: [Float] = (1...phases).flatMap { phase in
        let values = (0..<tapCount).map { tap in
            value(at: Double(tap - tapCount / 2 + 1) - Double(phase) / Double(phases + 1))
        }
        let sum = values.reduce(0, +)
        return values.map { Float($0 / sum) }
    }

    private static func value(at time: Double) -> Double {
        let position = time / Double(tapCount / 2)
        let window = besselI0(5 * max(1 - position * position, 0).squareRoot()) / besselI0(5)
        return sin(Double.pi * time) / (Double.pi * time) * window
    }
}
