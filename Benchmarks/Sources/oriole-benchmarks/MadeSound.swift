import Foundation

/// Sounds without speech, at 16 kHz: what a detector must not take for any.
enum MadeSound {
    static let rate = 16_000

    /// The sounds by their names, each scaled to a level in decibels below full scale.
    static func all(seconds: Int, level: Double) -> [(name: String, samples: [Float])] {
        let count = seconds * rate
        var random = SeededGenerator(state: 11)
        func white() -> Float { Float.random(in: -1...1, using: &random) }
        let noise = (0..<count).map { _ in white() }
        var brown: Float = 0
        let deep = noise.map { value in
            brown = 0.998 * brown + 0.06 * value
            return brown
        }
        let slow = { (frame: Int, seconds: Double) in Float(sin(2 * Double.pi * Double(frame) / Double(rate) / seconds))
        }
        let hum = (0..<count).map { frame in
            (1...12).reduce(Float(0)) {
                $0 + sin(2 * Float.pi * 50 * Float($1) * Float(frame % rate) / Float(rate)) / Float($1)
            }
        }
        let clicks = noise.enumerated().map { index, value in value * exp(-Float(index % 2_700) / 60) }
        let rain = noise.map { abs($0) > 0.98 ? $0 : $0 * 0.05 }
        let siren = (0..<count).map { frame in
            sin(2 * Float.pi * (700 * Float(frame) / Float(rate) + 60 * slow(frame, 3)))
        }
        let sounds: [(String, [Float])] = [
            ("white", noise), ("pink", pink(noise)), ("brown", deep),
            ("wind", deep.enumerated().map { $1 * (1.1 + slow($0, 2.3)) }),
            ("sea", pink(noise).enumerated().map { $1 * (1.2 + slow($0, 7)) }), ("hum", hum), ("clicks", clicks),
            ("rain", rain), ("siren", siren),
        ]
        return sounds.map { ($0.0, scaled($0.1, to: level)) }
    }

    /// Noise whose power falls by half with each octave.
    static func pink(_ white: [Float]) -> [Float] {
        var rows = Array(repeating: Float(0), count: 12)
        return white.enumerated().map { index, value in
            rows[min((index + 1).trailingZeroBitCount, rows.count - 1)] = value
            return rows.reduce(0, +)
        }
    }

    static func scaled(_ samples: [Float], to decibels: Double) -> [Float] {
        let power = samples.reduce(0) { $0 + Double($1 * $1) } / Double(samples.count)
        let gain = Float(pow(10, decibels / 20) / power.squareRoot())
        return samples.map { $0 * gain }
    }
}
