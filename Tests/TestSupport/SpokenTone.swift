#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// What a test's engine says: a burst for each syllable, silence at commas and longer silence between sentences.
package enum SpokenTone {
    /// Samples per second.
    package static let rate = 24_000
    /// Seconds of a syllable.
    package static let syllable = 0.1
    /// Seconds between sentences.
    package static let pause = 0.35
    private static let comma = 0.12
    private static let edge = 0.15

    /// The sound of a text, always the same.
    package static func samples(_ text: String, slowness: Double = 1) -> [Int16] {
        var samples = silence(edge)
        var wasVowel = false
        var number = 0
        for character in text {
            let isHan = character.unicodeScalars.contains { $0.properties.isIdeographic }
            let isVowel = "aeiouyAEIOUY".contains(character)
            if isHan || isVowel && !wasVowel {
                number += 1
                samples += burst(syllable * slowness, pitch: 140 + Double(number * 37 % 90))
            }
            wasVowel = isVowel
            if ".!?。！？\n".contains(character) { samples += silence(pause) }
            if ",，、；;".contains(character) { samples += silence(comma) }
        }
        return samples + silence(edge)
    }

    private static func silence(_ seconds: Double) -> [Int16] {
        [Int16](repeating: 0, count: Int(seconds * Double(rate)))
    }

    private static func burst(_ seconds: Double, pitch: Double) -> [Int16] {
        let count = Int(seconds * Double(rate))
        return (0..<count).map { index in
            let rise = min(1, Double(min(index, count - index)) / 240)
            return Int16(6_000 * rise * sin(2 * Double.pi * pitch * Double(index) / Double(rate)))
        }
    }
}
