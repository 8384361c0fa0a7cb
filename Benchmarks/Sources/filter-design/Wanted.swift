import Foundation

/// What the prototype filter shall be, at a frequency in cycles per sample of the lower rate.
///
/// Flat to ±0.000775 dB up to 0.45, then sliding to a tolerance of +0.004 −0.0078 dB at 0.455; from 0.5 on below a level
/// that grows stricter further out, since there the images fold onto the band.
struct Wanted {
    /// The level at the edge of the stop band, in dB.
    let stopLevel: Double

    static let passEdge = 0.455
    static let stopEdge = 0.5
    static let bands = [0...passEdge, stopEdge...Grid.density / 2]

    private static let flatEdge = 0.45

    /// The value to come near to, with the droop of the bump divided out.
    func target(_ frequency: Double) -> Double {
        guard frequency < 0.48 else { return 0 }
        return (1 + tolerance(frequency).centre) / Bump.response(frequency / Grid.density)
    }

    /// How much an error counts: the inverse of what is allowed.
    ///
    /// Zero frequency counts most, so that the gain there is one.
    func weight(_ frequency: Double) -> Double {
        let droop = Bump.response(frequency / Grid.density)
        guard frequency < 0.48 else { return droop / (pow(10, stopLevel / 20) * envelope(frequency)) }
        let centre = 1 + 60 * exp(-pow(frequency / 0.006, 2))
        return droop * centre / tolerance(frequency).halfWidth
    }

    private func tolerance(_ frequency: Double) -> (centre: Double, halfWidth: Double) {
        func ratio(_ decibels: Double) -> Double { pow(10, decibels / 20) - 1 }
        let slide = pow(min(max((frequency - Self.flatEdge) / (Self.passEdge - Self.flatEdge), 0), 1), 0.7)
        let upper = ratio(0.000_775) * (1 - slide) + ratio(0.004) * slide
        let lower = ratio(-0.000_775) * (1 - slide) + ratio(-0.007_8) * slide
        return ((upper + lower) / 2, (upper - lower) / 2)
    }

    private func envelope(_ frequency: Double) -> Double {
        max(0.02, pow(2, -pow(max(frequency - Self.stopEdge, 0) / Self.stopEdge, 2.4)))
    }
}

/// The bump that stands on every point of the grid: the transform of a Kaiser–Bessel function eight steps wide.
enum Bump {
    private static let beta = 21.282
    private static let width = 8.0

    /// Its response at a frequency in cycles per grid step, one at zero.
    static func response(_ frequency: Double) -> Double {
        let underRoot = beta * beta - pow(Double.pi * width * frequency, 2)
        let root = max(abs(underRoot).squareRoot(), 1e-30)
        let shape = underRoot > 0 ? sinh(root) / root : sin(root) / root
        return shape * beta / sinh(beta)
    }
}

/// The grid on which the bumps stand.
enum Grid {
    /// Points per sample of the lower rate.
    static let density = 4.0
    /// The last point on either side.
    static let lastIndex = 288
}
