internal import Subtitles

/// The flags that say how much a cue may hold.
enum LayoutFlags {
    static let preset = Flag(
        "preset", .choice(LayoutRules.Preset.self), "cues for films, short upright videos, or archives",
        fallback: "netflix")
    static let lineLength = Flag(
        "line-length", .integer("N", in: 4...200),
        "characters in a line; by the language, such as 42 or, in Chinese, 16")
    static let lines = Flag("lines", .integer("N", in: 1...4), "lines in a cue", fallback: "2")
    static let readingSpeed = Flag(
        "reading-speed", .number("N", in: 1...100), "characters that are read in a second; by the language")
    static let shortest = Flag(
        "shortest", .number("SECONDS", in: 0...60), "the shortest time that a cue is shown", fallback: "0.833")
    static let longest = Flag("longest", .number("SECONDS", in: 0.5...60), "the longest", fallback: "7")
    static let gap = Flag("gap", .number("SECONDS", in: 0...5), "what is left between two cues", fallback: "0.083")

    static let all: [any DeclaredFlag] = [preset, lineLength, lines, readingSpeed, shortest, longest, gap]

    /// The rules for a language, as they were asked for.
    static func rules(_ typed: TypedArguments, language: String?) -> LayoutRules {
        var rules = LayoutRules(language: language, preset: typed[preset] ?? .netflix)
        let width = rules.isFullWidth ? 2 : 1
        if let length = typed[lineLength] { rules.columns = length * width }
        if let lines = typed[lines] { rules.lines = lines }
        if let speed = typed[readingSpeed] { rules.readingSpeed = speed * Double(width) }
        if let seconds = typed[shortest] { rules.shortest = .seconds(seconds) }
        if let seconds = typed[longest] { rules.longest = .seconds(seconds) }
        if let seconds = typed[gap] {
            rules.gap = .seconds(seconds)
            rules.closedGap = max(rules.closedGap, rules.gap)
        }
        rules.shortest = min(rules.shortest, rules.longest)
        return rules
    }
}
