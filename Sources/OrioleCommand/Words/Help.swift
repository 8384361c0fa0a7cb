/// The texts of `oriole help`, made from the same declarations that parse.
enum Help {
    /// Examples first, then every flag.
    static func text(of verb: any Verb.Type) -> String {
        let examples = verb.examples.map { "  # \($0.purpose)\n  \($0.command)" }.joined(separator: "\n\n")
        let groups = [
            ("flags", verb.ownFlags),
            ("settings, which the environment and oriole config know too", verb.settings.map(\.declaredFlag)),
            ("flags of every verb", CommonFlag.all),
        ]
        let tables = groups.filter { !$0.1.isEmpty }.map { "\($0.0):\n\(table($0.1.map(row)))" }
        return """
            oriole \(verb.name): \(verb.summary)

            \(examples)

            usage: oriole \(verb.name) [flags]\(verb.operands.isEmpty ? "" : " ")\(verb.operands)

            \(tables.joined(separator: "\n\n"))
            """
    }

    static var overview: String {
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

    private static func row(of flag: any DeclaredFlag) -> Row {
        let letter = flag.letter.map { "-\($0), " } ?? "    "
        let fallback = flag.fallback.map { " (\($0))" } ?? ""
        return Row(
            left: "  \(letter)--\(flag.name)\(flag.kind.suffix)",
            right: flag.help + fallback)
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
