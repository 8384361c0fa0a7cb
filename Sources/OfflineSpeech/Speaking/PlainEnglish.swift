/// Text in the characters that flite knows, which are those of ASCII: it is silent at any other.
enum PlainEnglish {
    /// The text with typographic marks and accented letters replaced by plain ones.
    static func text(_ text: String) -> String { text.unicodeScalars.map { plain($0) ?? " " }.joined() }

    /// Whether no letter and no digit is lost.
    static func hasAllLetters(of text: String) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            let isRead = scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            return !isRead || plain(scalar) != nil
        }
    }

    /// What stands for a character; an accent that is a character of its own stands for nothing, as in other letters.
    private static func plain(_ scalar: Unicode.Scalar) -> String? {
        if scalar.isASCII { return String(Character(scalar)) }
        if scalar.properties.generalCategory == .nonspacingMark { return "" }
        return replacements[scalar]
    }

    private static let replacements: [Unicode.Scalar: String] = {
        var table: [Unicode.Scalar: String] = [
            "‘": "'", "’": "'", "“": "\"", "”": "\"", "–": ", ", "—": ", ", "…": "...", "£": " pounds ", "€": " euros ",
            "°": " degrees ", "½": " one half ", "¼": " one quarter ", "¾": " three quarters ", "×": " times ",
            "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ß": "ss",
        ]
        let letters = [
            "A": "ÀÁÂÃÄÅĀĂĄẠẢẤẦẨẪẬẮẰẲẴẶ", "C": "ÇĆĈĊČ", "D": "ĎĐ", "E": "ÈÉÊËĒĔĖĘĚẸẺẼẾỀỂỄỆ", "G": "ĜĞĠĢ",
            "I": "ÌÍÎÏĨĪĬĮİỊỈ", "L": "ĹĻĽĿŁ",
            "N": "ÑŃŅŇ", "O": "ÒÓÔÕÖØŌŎŐƠỌỎỐỒỔỖỘỚỜỞỠỢ", "R": "ŔŖŘ", "S": "ŚŜŞŠ", "T": "ŢŤŦ", "U": "ÙÚÛÜŨŪŬŮŰŲƯỤỦỨỪỬỮỰ",
            "Y": "ÝŶŸỲỴỶỸ",
            "Z": "ŹŻŽ",
            "a": "àáâãäåāăąạảấầẩẫậắằẳẵặ", "c": "çćĉċč", "d": "ďđ", "e": "èéêëēĕėęěẹẻẽếềểễệ", "g": "ĝğġģ",
            "i": "ìíîïĩīĭįıịỉ", "l": "ĺļľŀł",
            "n": "ñńņň", "o": "òóôõöøōŏőơọỏốồổỗộớờởỡợ", "r": "ŕŗř", "s": "śŝşš", "t": "ţťŧ", "u": "ùúûüũūŭůűųưụủứừửữự",
            "y": "ýÿŷỳỵỷỹ",
            "z": "źżž",
        ]
        for (plain, accented) in letters { for letter in accented.unicodeScalars { table[letter] = plain } }
        return table
    }()
}
