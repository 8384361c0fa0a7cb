/// How many syllables a text has, about: what its length in time depends on.
enum Syllables {
    /// Counts characters of Chinese and kana as one each, groups of vowels in words, and digits as they are said.
    static func count(in text: String) -> Double {
        var count = 0.0
        var wasVowel = false
        var letters = 0
        var vowels = 0
        func endWord() {
            // A word without a vowel, such as an abbreviation, is spelled.
            if letters > 0, vowels == 0 { count += Double(min(letters, 4)) }
            (letters, vowels, wasVowel) = (0, 0, false)
        }
        for character in text {
            if character.isIdeographic || character.isSyllable {
                endWord()
                count += 1
            } else if character.isNumber {
                endWord()
                count += 1.5
            } else if character.isLetter {
                letters += 1
                let isVowel = isVowel(character)
                if isVowel, !wasVowel {
                    count += 1
                    vowels += 1
                }
                wasVowel = isVowel
            } else {
                endWord()
            }
        }
        endWord()
        return count
    }

    private static func isVowel(_ character: Character) -> Bool {
        guard let scalar = character.lowercased().decomposedFirst else { return false }
        return "aeiouyаеёиоуыэюяαεηιουω".unicodeScalars.contains(scalar)
    }
}

extension String {
    /// The first letter without what is above or below it.
    fileprivate var decomposedFirst: Unicode.Scalar? {
        guard let scalar = unicodeScalars.first else { return nil }
        switch scalar.value {
        case 0xE0...0xE6: return "a"
        case 0xE8...0xEB: return "e"
        case 0xEC...0xEF: return "i"
        case 0xF2...0xF6, 0xF8, 0x153: return "o"
        case 0xF9...0xFC: return "u"
        case 0xFD, 0xFF: return "y"
        default: return scalar
        }
    }
}

extension Character {
    /// Whether it is a syllable of Japanese or Korean.
    fileprivate var isSyllable: Bool {
        unicodeScalars.first.map { (0x3041...0x30FF).contains($0.value) || (0xAC00...0xD7A3).contains($0.value) }
            ?? false
    }
}
