/// The language of a text, as far as its letters tell it.
public enum WrittenLanguage {
    /// The language that a text's script is most often in.
    public static func guess(of text: some StringProtocol) -> String {
        let scalars = text.unicodeScalars.filter(\.properties.isAlphabetic)
        let found = Self.scripts.map { script in
            (
                language: script.language,
                count: scalars.count { scalar in script.ranges.contains { $0 ~= scalar.value } }
            )
        }
        // Japanese is written with Chinese characters too, and any text may have names in Latin letters.
        if let kana = found.first, kana.count * 5 > scalars.count { return kana.language }
        let most = found.max { $0.count < $1.count }
        return most.map { $0.count * 4 > scalars.count ? $0.language : "en" } ?? "en"
    }

    private static let scripts: [(language: String, ranges: [ClosedRange<UInt32>])] = [
        ("ja", [0x3041...0x30FF]), ("zh", [0x3400...0x9FFF, 0x20000...0x3FFFF]),
        ("ko", [0x1100...0x11FF, 0xAC00...0xD7A3]),
        ("ru", [0x400...0x4FF]), ("el", [0x370...0x3FF]), ("he", [0x590...0x5FF]), ("ar", [0x600...0x6FF]),
        ("hi", [0x900...0x97F]),
    ]
}
