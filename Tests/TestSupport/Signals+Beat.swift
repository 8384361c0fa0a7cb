#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

extension Signals {
    /// A band at 16 kHz: a drum on every beat of half a second, a hat between, a bass below and a plucked note that changes with each.
    package static func beat(frames: Int) -> [Float] {
        var random = SplitMix64(3)
        let notes = [220.0, 277.2, 329.6, 277.2, 246.9, 293.7, 370, 293.7]
        return (0..<frames).map { frame in
            let time = Double(frame) / 16_000
            let (since, half) = (time.truncatingRemainder(dividingBy: 0.5), time.truncatingRemainder(dividingBy: 0.25))
            let drum = sin(2 * .pi * 70 * since) * exp(-since * 18)
            let hat = Double.random(in: -1...1, using: &random) * exp(-half * 60)
            let note = notes[Int(time / 0.25) % notes.count]
            let plucked = (1...6).reduce(0) { $0 + sin(2 * .pi * note * Double($1) * half) / Double($1) }
            let bass = (1...4).reduce(0) { $0 + sin(2 * .pi * 110 * time * Double($1)) / Double($1) }
            return Float(0.4 * drum + 0.1 * hat + 0.1 * bass + 0.1 * plucked * exp(-half * 4))
        }
    }
}
