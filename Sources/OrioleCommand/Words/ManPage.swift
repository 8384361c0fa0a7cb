/// Pages for man(1), made from the same declarations as the help.
enum ManPage {
    /// The page of a verb, or of the command.
    static func text(of verb: (any Verb.Type)?) -> String {
        guard let verb else { return overview }
        let examples = verb.examples.map {
            ".PP\n\(escaped($0.purpose)):\n.PP\n.nf\n.RS\n\(escaped($0.command))\n.RE\n.fi"
        }
        let operands = verb.operands.isEmpty ? "" : " \(escaped(verb.operands))"
        return
            ([
                title("oriole\\-\(verb.name)"), ".SH NAME\noriole\\-\(verb.name) \\- \(escaped(verb.summary))",
                ".SH SYNOPSIS\n.B oriole \(verb.name)\n[flags]\(operands)", ".SH EXAMPLES",
                examples.joined(separator: "\n"),
                ".SH FLAGS",
            ] + verb.flags.map(entry) + [endings]).joined(separator: "\n") + "\n"
    }

    private static var overview: String {
        let verbs = OrioleCommand.verbs.map { ".TP\n.BR oriole\\-\($0.name) (1)\n\(escaped($0.summary))" }
        return
            ([
                title("oriole"), ".SH NAME\noriole \\- speaks and listens",
                ".SH SYNOPSIS\n.B oriole\nVERB [flags] [operands]",
                ".SH VERBS",
            ] + verbs + [variables, endings]).joined(separator: "\n") + "\n"
    }

    private static func title(_ name: String) -> String {
        ".TH \(name.uppercased()) 1 \"\" \"oriole \(OrioleCommand.version)\""
    }

    private static func entry(_ flag: any DeclaredFlag) -> String {
        let letter = flag.letter.map { "\\fB\\-\($0)\\fR, " } ?? ""
        let value = flag.isSwitch ? "" : "\\fI\(escaped(flag.kind.suffix))\\fR"
        let fallback = flag.fallback.map { " (\(escaped($0)))" } ?? ""
        return ".TP\n\(letter)\\fB\\-\\-\(escaped(flag.name))\\fR\(value)\n\(escaped(flag.help))\(fallback)"
    }

    private static var variables: String {
        let settings = Settings.all.map {
            ".TP\n.B \($0.variables.joined(separator: ", "))\n\(escaped($0.declaredFlag.help))"
        }
        return ".SH ENVIRONMENT\n.TP\n.B \(Settings.keyVariables.joined(separator: ", "))\nthe key\n"
            + settings.joined(separator: "\n")
    }

    private static let endings = """
        .SH EXIT STATUS
        0 done; 1 not found, or a part failed; 2 wrong use; 3 unusable input; 4 the key or the account is refused; 5 the service
        failed; 6 a program is missing; 130 interrupted
        """

    /// Text without what roff would take for an instruction.
    private static func escaped(_ text: String) -> String {
        let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
        return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&" + plain : plain
    }
}
