/// Text in the characters that flite knows, which are those of ASCII: it is silent at any other.
enum PlainEnglish {
    /// The text with typographic marks and accented letters replaced by plain ones.
    static func text(_ text: String) -> String {
        var plain = ""
        for scalar in text.unicodeScalars {
            if scalar.isASCII {
                plain.unicodeScalars.append(scalar)
            } else {
                plain += replacements[scalar] ?? " "
            }
        }
        return plain
    }

    private static let replacements: [Unicode.Scalar: String] = {
        var table: [Unicode.Scalar: String] = [
            "‘": "'", "’": "'", "“": "\"", "”": "\"", "–": ", ", "—": ", ", "…": "...", "£": " pounds ", "€": " euros ",
            "°": " degrees ", "½": " one half ", "¼": " one quarter ", "¾": " three quarters ", "×": " times ",
            "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ß": "ss",
        ]
        let letters = [
            "A": "ÀÁÂÃÄÅĀĂĄ", "C": "ÇĆĈĊČ", "D": "ĎĐ", "E": "ÈÉÊËĒĔĖĘĚ", "G": "ĜĞĠĢ", "I": "ÌÍÎÏĨĪĬĮİ", "L": "ĹĻĽĿŁ",
            "N": "ÑŃŅŇ", "O": "ÒÓÔÕÖØŌŎŐ", "R": "ŔŖŘ", "S": "ŚŜŞŠ", "T": "ŢŤŦ", "U": "ÙÚÛÜŨŪŬŮŰŲ", "Y": "ÝŶŸ",
            "Z": "ŹŻŽ",
            "a": "àáâãäåāăą", "c": "çćĉċč", "d": "ďđ", "e": "èéêëēĕėęě", "g": "ĝğġģ", "i": "ìíîïĩīĭįı", "l": "ĺļľŀł",
            "n": "ñńņň", "o": "òóôõöøōŏő", "r": "ŕŗř", "s": "śŝşš", "t": "ţťŧ", "u": "ùúûüũūŭůűų", "y": "ýÿŷ",
            "z": "źżž",
        ]
        for (plain, accented) in letters { for letter in accented.unicodeScalars { table[letter] = plain } }
        return table
    }()
}
