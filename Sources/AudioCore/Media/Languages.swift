/// The codes of ISO 639, and the English names, that mean the same language.
package enum Languages {
    /// Two letters (639-1), then three (639-2 by terminology and by bibliography, 639-3 of a part).
    private static let codes = [
        ["zh", "zho", "chi", "cmn", "yue"], ["en", "eng"], ["ja", "jpn"], ["ko", "kor"], ["de", "deu", "ger"],
        ["fr", "fra", "fre"], ["es", "spa"], ["pt", "por"], ["it", "ita"], ["ru", "rus"], ["nl", "nld", "dut"],
        ["ar", "ara"], ["hi", "hin"], ["th", "tha"], ["vi", "vie"], ["id", "ind"], ["ms", "msa", "may"],
        ["tr", "tur"], ["pl", "pol"], ["cs", "ces", "cze"], ["sk", "slk", "slo"], ["sv", "swe"], ["da", "dan"],
        ["no", "nor", "nob", "nno"], ["fi", "fin"], ["hu", "hun"], ["el", "ell", "gre"], ["he", "heb"],
        ["uk", "ukr"], ["ro", "ron", "rum"], ["bg", "bul"], ["fa", "fas", "per"], ["bn", "ben"], ["ta", "tam"],
    ]

    private static let names = [
        "chinese": "zh",
        "english": "en",
        "japanese": "ja",
        "korean": "ko",
        "german": "de",
        "french": "fr",
        "spanish": "es",
        "portuguese": "pt",
        "italian": "it",
        "russian": "ru",
        "dutch": "nl",
        "arabic": "ar",
        "hindi": "hi",
        "thai": "th",
        "vietnamese": "vi",
        "indonesian": "id",
        "malay": "ms",
        "turkish": "tr",
        "polish": "pl",
        "czech": "cs",
        "slovak": "sk",
        "swedish": "sv",
        "danish": "da",
        "norwegian": "no",
        "finnish": "fi",
        "hungarian": "hu",
        "greek": "el",
        "hebrew": "he",
        "ukrainian": "uk",
        "romanian": "ro",
        "bulgarian": "bg",
        "persian": "fa",
        "bengali": "bn",
        "tamil": "ta",
    ]

    /// The usual code of a language that is told by another code or by its English name; what is not known stays.
    package static func code(of told: String) -> String {
        if let code = names[told.lowercased()] { return code }
        let base = base(of: told)
        // Cantonese is no other word for Chinese where a code says so.
        guard base.count == 3, base != "yue", let same = codes.first(where: { $0.contains(base) }) else { return told }
        return same[0]
    }

    /// The English name of a language in small letters, such as `chinese`; the code itself where none is known.
    package static func name(of code: String) -> String {
        let usual = Self.code(of: code)
        return names.first { $0.value == usual }?.key ?? (base(of: code) == "yue" ? "cantonese" : code)
    }

    /// Whether a track's language is the wanted one, in whatever code, with or without a region.
    static func agree(_ track: String?, _ wanted: String) -> Bool {
        guard let track else { return false }
        let (a, b) = (base(of: track), base(of: wanted))
        return a == b || codes.contains { $0.contains(a) && $0.contains(b) }
    }

    /// The code of three letters that films name a language by; the code itself where none is known.
    static func threeLetters(of code: String) -> String {
        let base = base(of: code)
        return codes.first { $0.contains(base) }?[1] ?? base
    }

    /// `zh` of `zh-Hans`.
    private static func base(of code: String) -> String {
        String(code.prefix { $0 != "-" && $0 != "_" }).lowercased()
    }
}
