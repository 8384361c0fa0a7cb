/// The texts of `oriole help`, made from the same declarations that parse.
enum Help {
    /// The list of verbs, or the help of one.
    static func text(for verb: String?) throws(CommandError) -> String {
        guard let verb else { return overview }
        return text(of: try OrioleCommand.verb(named: verb))
    }

    /// Examples first, then every flag.
    static func text(of verb: any Verb.Type) -> String {
        let examples = verb.examples.map { "  # \($0.purpose)\n  \($0.command)" }.joined(separator: "\n\n")
        let flags = verb.flags.map { Row(left: left(of: $0), right: $0.help) }
        return """
            oriole \(verb.name): \(verb.summary)

            \(examples)

            usage: oriole \(verb.name) [flags]\(verb.operands.isEmpty ? "" : " ")\(verb.operands)

            \(table(flags))
            """
    }

    private static var overview: String {
        let verbs = OrioleCommand.verbs.map { Row(left: "  \($0.name)", right: $0.summary) }
        return """
            oriole: a speech toolkit

            \(table(verbs))

            oriole help VERB shows examples and flags; oriole --version the version.
            """
    }

    private struct Row {
        let left: String
        let right: String
    }

    private static func left(of flag: Flag) -> String {
        let letter = flag.letter.map { "-\($0), " } ?? "    "
        return "  \(letter)--\(flag.name)\(flag.value.map { " \($0)" } ?? "")"
    }

    /// Two columns; what is too long for the first gets a line of its own.
    private static func table(_ rows: [Row]) -> String {
        let width = min(rows.map(\.left.count).max() ?? 0, 30)
        return rows.map { row in
            let fits = row.left.count <= width
            let gap = String(repeating: " ", count: fits ? width - row.left.count + 2 : width + 2)
            return row.left + (fits ? "" : "\n") + gap + row.right
        }.joined(separator: "\n")
    }
}
