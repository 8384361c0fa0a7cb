#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Sounds that tests can predict.
package enum Signals {
    /// A sine that starts at phase zero.
    package static func sine(_ frequency: Double, rate: Int, frames: Int, level: Double = 0.5) -> [Float] {
        (0..<frames).map { Float(level * sin(2 * Double.pi * frequency * Double($0) / Double(rate))) }
    }

    /// White noise from a seed.
    package static func noise(frames: Int, seed: UInt64, level: Float = 0.9) -> [Float] {
        var random = SplitMix64(seed)
        return (0..<frames).map { _ in Float.random(in: -level...level, using: &random) }
    }
}

extension Array {
    /// The elements in pieces of random length, some of them empty.
    package func cut(seed: UInt64, longest: Int, unit: Int = 1) -> [ArraySlice<Element>] {
        var random = SplitMix64(seed)
        var pieces: [ArraySlice<Element>] = []
        var start = 0
        while start < count {
            let length = Swift.min(Int.random(in: 0...longest, using: &random) * unit, count - start)
            pieces.append(self[start..<start + length])
            start += length
        }
        return pieces
    }
}
