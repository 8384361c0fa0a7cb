/// How much a cue may hold, and how long it may stand.
public struct LayoutRules: Hashable, Sendable {
    /// How many columns a line has; a Chinese character takes two.
    public var columns: Int
    /// How many lines a cue has.
    public var lines: Int
    /// How many columns are read in a second.
    public var readingSpeed: Double
    /// The shortest time that a cue is shown, where the next leaves it.
    public var shortest = Duration.milliseconds(833)
    /// The longest.
    public var longest = Duration.seconds(7)
    /// How long nothing is shown between two cues.
    public var gap = Duration.milliseconds(83)
    /// Gaps shorter than this are closed, down to ``gap``.
    public var closedGap = Duration.milliseconds(459)
    /// The longest silence that a cue stands through.
    public var longestSilence = Duration.seconds(1)
    /// Whether a line is counted in characters as wide as Chinese ones, quotation marks and dashes too.
    public var isFullWidth = false

    /// What people are used to.
    public enum Preset: String, Hashable, Sendable, CaseIterable {
        /// Films: two lines, as large streaming services want them.
        case netflix
        /// Short upright videos: one short line at a time.
        case social
        /// Lectures and archives: as much at once as can be read.
        case dense
    }

    /// The rules for a language, such as `zh` or `pt-BR`.
    public init(language: String?, preset: Preset = .netflix) {
        let code = String((language ?? "").lowercased().prefix { $0.isLetter })
        let own = Self.languages[code] ?? Language(columns: 42, speed: 17)
        isFullWidth = own.isFullWidth
        shortest = own.shortest
        (columns, lines, readingSpeed) = (own.columns, 2, own.speed)
        switch preset {
        case .netflix: break
        case .social:
            (columns, lines, longest) = (24, 1, .seconds(3))
            readingSpeed *= 1.15
        case .dense:
            columns = own.columns * 4 / 3
            readingSpeed *= 1.3
        }
    }

    /// What Netflix's guides for adults want of a language (Timed Text Style Guides, 2024).
    private struct Language {
        let columns: Int
        let speed: Double
        var isFullWidth = false
        var shortest = Duration.milliseconds(833)

        /// Full-width characters to columns.
        static func wide(
            _ characters: Int, _ speed: Double, shortest: Duration = .milliseconds(833)
        ) -> Language {
            Language(columns: characters * 2, speed: speed * 2, isFullWidth: true, shortest: shortest)
        }
    }

    private static let languages: [String: Language] = [
        "zh": .wide(16, 9), "cmn": .wide(16, 9), "yue": .wide(16, 9), "ja": .wide(13, 4, shortest: .milliseconds(500)),
        "ko": .wide(16, 12),
        "en": Language(columns: 42, speed: 20), "ar": Language(columns: 42, speed: 20),
        "hi": Language(columns: 42, speed: 22), "th": Language(columns: 35, speed: 17),
    ]

    /// How many columns a line may have that stands beside one of another language: a picture has room for a third more than is
    /// read at once, and a third line hides more of it.
    public var columnsBesideAnother: Int { columns * 4 / 3 }

    /// How many columns a text takes under these rules.
    public func columns(of text: some StringProtocol) -> Int {
        guard isFullWidth else { return text.columns }
        return text.reduce(0) { $0 + (Self.wideMarks.contains($1) ? 2 : $1.columns) }
    }

    /// Marks that are as wide as what stands around them.
    private static let wideMarks: Set<Character> = ["“", "”", "‘", "’", "…", "—", "·"]
}
