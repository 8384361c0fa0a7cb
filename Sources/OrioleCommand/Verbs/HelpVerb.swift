/// Tells how to use the command.
struct HelpVerb: Verb {
    static let name = "help"
    static let summary = "tell how to use the command, or one of its verbs"
    static let operands = "[VERB]"
    static var operandCompletion: Completion { .words(OrioleCommand.verbs.map { $0.name }) }
    static let examples = [
        Example(purpose: "all verbs", command: "oriole help"),
        Example(purpose: "the flags of one, and examples", command: "oriole help speak"),
        Example(purpose: "a page for man", command: "oriole help speak --man > oriole-speak.1"),
    ]
    private static let man = Flag("man", .switch, "as a page for man")
    static let ownFlags: [any DeclaredFlag] = [man]

    private let verb: (any Verb.Type)?
    private let isMan: Bool
    private let printsJSON: Bool

    init(_ typed: TypedArguments, _ configuration: Configuration) throws(CommandError) {
        guard typed.operands.count <= 1 else {
            throw CommandError(.wrongUse, "help tells of one verb at a time", hint: "oriole help lists the verbs")
        }
        verb = try typed.operands.first.map { name throws(CommandError) in try OrioleCommand.verb(named: name) }
        isMan = typed.has(Self.man)
        printsJSON = typed.has(CommonFlag.json)
    }

    func run() throws(CommandError) {
        let text = isMan ? ManPage.text(of: verb) : (verb.map { Help.text(of: $0) } ?? Help.overview) + "\n"
        printsJSON ? try Terminal.print(Terminal.json(["text": text])) : try Terminal.write(text)
    }
}
