/// Prints what teaches a shell to complete commands.
struct CompletionsVerb: Verb {
    static let name = "completions"
    static let summary = "print what teaches a shell to complete commands"
    static let operands = "bash|zsh|fish"
    static let operandCompletion = Completion.words(Shell.allCases.map(\.rawValue))
    static let examples = [
        Example(purpose: "for this bash", command: "source <(oriole completions bash)"),
        Example(purpose: "for every zsh", command: "oriole completions zsh > ~/.zfunc/_oriole"),
        Example(purpose: "for every fish", command: "oriole completions fish > ~/.config/fish/completions/oriole.fish"),
    ]
    static let ownFlags: [any DeclaredFlag] = []

    private let shell: Shell
    private let printsJSON: Bool

    init(_ typed: TypedArguments, _ configuration: Configuration) throws(CommandError) {
        guard typed.operands.count == 1, let shell = Shell(rawValue: typed.operands[0]) else {
            let word = typed.operands.first.map { "‘\($0)’" } ?? "nothing"
            throw CommandError(
                .wrongUse, "\(word) is no shell that is known here", hint: "oriole completions \(Self.operands)")
        }
        self.shell = shell
        printsJSON = typed.has(CommonFlag.json)
    }

    func run() throws(CommandError) {
        try Terminal.print(printsJSON ? Terminal.json(["text": shell.script]) : shell.script)
    }
}
