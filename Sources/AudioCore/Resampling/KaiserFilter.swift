#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A low-pass filter as a continuous function of time: a sinc under a Kaiser window.
///
/// Its length follows from how deep it stops and how fast it falls (Kaiser's formulas, 1974). It serves where a filter
/// may fall slowly and so is short; the sharp filter at the edge of hearing is ``PrototypeFilter``.
struct KaiserFilter {
    /// How far from the centre the function is not zero, in samples.
    let halfWidth: Int
    private let cutoff: Double
    private let beta: Double

    /// Makes a filter that passes frequencies below `pass` and stops those above `stop`, in cycles per sample.
    init(pass: Double, stop: Double, attenuation: Double) {
        precondition(pass < stop, "a filter must have room to fall")
        let taps = (attenuation - 7.95) / (14.36 * (stop - pass))
        halfWidth = Int((taps / 2).rounded(.up))
        cutoff = (pass + stop) / 2
        beta = 0.1102 * (attenuation - 8.7)
    }

    /// The impulse response at a time in samples, for an input of one unit per sample.
    func value(at time: Double) -> Double {
        let position = time / Double(halfWidth)
        let underRoot = 1 - position * position
        guard underRoot > 0 else { return 0 }
        let angle = 2 * Double.pi * cutoff * time
        let sinc = abs(angle) < 1e-12 ? 1 : sin(angle) / angle
        return 2 * cutoff * sinc * besselI0(beta * underRoot.squareRoot()) / besselI0(beta)
    }
}
