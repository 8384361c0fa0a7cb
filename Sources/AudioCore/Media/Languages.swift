/// The codes of ISO 639 that name the same language.
enum Languages {
    /// Two letters (639-1), then three (639-2 by terminology and by bibliography, 639-3 of a part).
    private static let codes = [
        ["zh", "zho", "chi", "cmn", "yue"], ["en", "eng"], ["ja", "jpn"], ["ko", "kor"], ["de", "deu", "ger"],
        ["fr", "fra", "fre"], ["es", "spa"], ["pt", "por"], ["it", "ita"], ["ru", "rus"], ["nl", "nld", "dut"],
        ["ar", "ara"], ["hi", "hin"], ["th", "tha"], ["vi", "vie"], ["id", "ind"], ["ms", "msa", "may"],
        ["tr", "tur"], ["pl", "pol"], ["cs", "ces", "cze"], ["sk", "slk", "slo"], ["sv", "swe"], ["da", "dan"],
        ["no", "nor", "nob", "nno"], ["fi", "fin"], ["hu", "hun"], ["el", "ell", "gre"], ["he", "heb"],
        ["uk", "ukr"], ["ro", "ron", "rum"], ["bg", "bul"], ["fa", "fas", "per"], ["bn", "ben"], ["ta", "tam"],
    ]

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
