#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

extension Signals {
    /// Something like a voice, five seconds of every fifteen, three syllables a second, over quiet noise; at 16 kHz.
    package static func voice(seconds: Int) -> [Float] {
        var random = SplitMix64(7)
        return (0..<seconds * 16_000).map { index in
            let noise = Double(random.next() >> 40) / Double(1 << 24) * 2 - 1
            let time = Double(index) / 16_000
            let place = time.truncatingRemainder(dividingBy: 15)
            guard (3..<8).contains(place) else { return Float(noise * 0.003) }
            let turn = 2 * Double.pi
            let phase = turn * (120 * time + 20 / (turn * 0.7) * (1 - cos(turn * 0.7 * time)))
            let voice = (1...20).reduce(0) { $0 + sin(Double($1) * phase) / Double($1) }
            return Float(noise * 0.003 + 0.12 * voice * max(0, sin(turn * 3 * time)))
        }
    }
}
