import Foundation

/// Bands that no one played: chords, a bass, a tune, drums, at 16 kHz.
struct MadeMusic {
    private var random: SeededGenerator
    private var sound: [Float]
    private let brightness: Double

    /// A piece by its number, at a level in decibels below full scale.
    static func piece(_ number: Int, seconds: Int, level: Double) -> [Float] {
        var music = MadeMusic(number, seconds: seconds)
        music.play(number, seconds: Double(seconds))
        return MadeSound.scaled(music.sound, to: level)
    }

    private init(_ number: Int, seconds: Int) {
        random = SeededGenerator(state: UInt64(number) &* 7_919 &+ 5)
        sound = Array(repeating: 0, count: seconds * MadeSound.rate)
        brightness = Double.random(in: 0.8...2, using: &random)
    }

    private mutating func play(_ number: Int, seconds: Double) {
        let beat = 60 / Double.random(in: 60...170, using: &random)
        let root = Double.random(in: 60...110, using: &random)
        let plucks = Double.random(in: 0...6, using: &random)
        let drums = Double.random(in: 0...0.8, using: &random)
        let scale = number.isMultiple(of: 2) ? [0, 2, 4, 5, 7, 9, 11] : [0, 2, 3, 5, 7, 8, 10]
        func pitch(_ step: Int, _ octave: Int) -> Double {
            root * exp2(Double(scale[step % 7] + 12 * (step / 7 + octave)) / 12)
        }
        var (time, step) = (0.0, 7)
        while time < seconds {
            let chord = [0, 3, 4, 5][Int.random(in: 0..<4, using: &random)]
            for third in [0, 2, 4] {
                note(pitch(chord + third, 1), at: time, for: 4 * beat, level: 0.15, decay: plucks / 3)
            }
            for quarter in 0..<4 {
                let start = time + Double(quarter) * beat
                note(pitch(chord, 0), at: start, for: beat * 0.9, level: 0.3, decay: plucks / 2)
                strike(at: start, tone: quarter.isMultiple(of: 2) ? 60 : 0, level: drums, decay: 20)
                strike(at: start + beat / 2, tone: 0, level: drums / 3, decay: 60)
                step = min(max(step + Int.random(in: -3...3, using: &random), 3), 17)
                note(pitch(step, 2), at: start, for: beat * 0.8, level: 0.25, decay: plucks)
            }
            time += 4 * beat
        }
    }

    private mutating func note(
        _ frequency: Double, at start: Double, for length: Double, level: Double, decay: Double
    ) {
        let harmonics = (1...max(1, min(16, Int(7_000 / frequency)))).map { harmonic in
            (
                turn: 2 * Double.pi * frequency * Double(harmonic), level: pow(Double(harmonic), -brightness),
                phase: Double.random(in: 0...6.28, using: &random)
            )
        }
        add(at: start, for: length) { time in
            let edge = min(1, time / 0.01, (length - time) / 0.03)
            return level * edge * exp(-time * decay)
                * harmonics.reduce(0) { $0 + $1.level * sin($1.turn * time + $1.phase) }
        }
    }

    /// A drum, or a hiss where there is no tone.
    private mutating func strike(at start: Double, tone: Double, level: Double, decay: Double) {
        let hiss = (0..<Int(0.2 * Double(MadeSound.rate))).map { _ in Double.random(in: -1...1, using: &random) }
        add(at: start, for: 0.2) { time in
            let hit =
                tone > 0 ? sin(2 * Double.pi * tone * time) : hiss[min(Int(time * 16_000), hiss.count - 1)]
            return level * hit * exp(-time * decay)
        }
    }

    private mutating func add(at start: Double, for length: Double, _ value: (Double) -> Double) {
        let first = Int(start * Double(MadeSound.rate))
        for frame in 0..<Int(length * Double(MadeSound.rate)) where first + frame < sound.count {
            sound[first + frame] += Float(value(Double(frame) / Double(MadeSound.rate)))
        }
    }
}
