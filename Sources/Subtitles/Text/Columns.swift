internal import CICU

extension Character {
    /// Whether it takes two columns, as Chinese characters and their marks do.
    public var isWide: Bool {
        guard let scalar = unicodeScalars.first, !scalar.isASCII else { return false }
        // Quotation marks and dashes of typesetters are as wide as the text around them, and counted narrow.
        return oriole_icu_is_wide(scalar.value)
    }

    /// How many columns it takes on a screen: a wide one two.
    public var columns: Int { isWide ? 2 : 1 }
}

extension StringProtocol {
    /// How many columns it takes on a screen, where wide characters take two.
    public var columns: Int { reduce(0) { $0 + $1.columns } }
}
