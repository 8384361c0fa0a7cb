/// The script of a text, which says in what language it may be read aloud.
enum Script: CaseIterable {
    case kana, hangul, han, cyrillic, greek, arabic, hebrew, thai, devanagari, latin

    /// The first of the scripts in the order above that a text has: Japanese has Han too, and most have Latin.
    init(of text: String) {
        var found: Set<Script> = []
        for scalar in text.unicodeScalars { if let script = Self.script(of: scalar) { found.insert(script) } }
        self = Self.allCases.first(where: found.contains) ?? .latin
    }

    /// The language that is most often written in the script.
    var language: String {
        switch self {
        case .kana: "ja"
        case .hangul: "ko"
        case .han: "zh"
        case .cyrillic: "ru"
        case .greek: "el"
        case .arabic: "ar"
        case .hebrew: "he"
        case .thai: "th"
        case .devanagari: "hi"
        case .latin: "en"
        }
    }

    /// Blocks of the Unicode Standard, chapter by chapter of its code charts.
    private static func script(of scalar: Unicode.Scalar) -> Script? {
        switch scalar.value {
        case 0x3040...0x30FF, 0x31F0...0x31FF, 0xFF66...0xFF9F: .kana
        case 0x1100...0x11FF, 0x3130...0x318F, 0xAC00...0xD7AF: .hangul
        case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x323AF: .han
        case 0x0400...0x052F: .cyrillic
        case 0x0370...0x03FF, 0x1F00...0x1FFF: .greek
        case 0x0600...0x06FF, 0x0750...0x077F: .arabic
        case 0x0590...0x05FF: .hebrew
        case 0x0E00...0x0E7F: .thai
        case 0x0900...0x097F: .devanagari
        case 0x41...0x5A, 0x61...0x7A, 0xC0...0x024F: .latin
        default: nil
        }
    }
}
