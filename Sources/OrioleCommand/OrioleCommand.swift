internal import Platform

/// The command `oriole`: arguments → plan → run, and how it ends.
@main
struct OrioleCommand {
    static let version = "0.1.0"

    /// The verbs, in the order in which help lists them.
    static let verbs: [any Verb.Type] = [
        SubtitleVerb.self, TranscribeVerb.self, SpeakVerb.self, AudiobookVerb.self, VoiceVerb.self, RealtimeVerb.self,
        VoicesVerb.self,
        SegmentVerb.self,
        AlignVerb.self,
        ConvertVerb.self, LintVerb.self,
        ServeVerb.self, BenchVerb.self, DoctorVerb.self,
        ConfigVerb.self, CompletionsVerb.self, HelpVerb.self,
    ]

    /// Works beside the main thread, which waits for signals.
    static func main() {
        Terminal.holdStandardDescriptors()
        Signals.ignoreBrokenPipes()
        let signals = Signals.hold()
        let arguments = Array(CommandLine.arguments.dropFirst())
        let interruption = Interruption()
        Task.detached { Terminal.exit(await interruption.run { await run(arguments) }) }
        Signals.wait(for: signals, raising: interruption)
    }

    /// Runs the command and returns its exit code; whatever there is to say has been said.
    static func run(_ arguments: [String]) async -> ExitCode {
        do throws(CommandError) {
            try await dispatch(arguments)
            return .done
        } catch {
            guard error.code != .done else { return .done }
            // Who stopped it knows why; which of the parts noticed first is of no interest.
            let said = error.code == .interrupted ? .interrupted : error
            Terminal.report(said, asJSON: arguments.contains("--json"))
            return error.code
        }
    }

    private static func dispatch(_ arguments: [String]) async throws(CommandError) {
        guard let first = arguments.first else {
            throw CommandError(
                .wrongUse, "no verb",
                hint: "oriole help lists them; oriole speak TEXT speaks, oriole transcribe AUDIO listens")
        }
        let rest = Array(arguments.dropFirst())
        switch first {
        case "--version", "version":
            let typed = try TypedArguments(rest, flags: CommonFlag.all)
            try typed.refuseOperands(of: "version")
            try Terminal.print(typed.has(CommonFlag.json) ? Terminal.json(["version": version]) : "oriole \(version)")
        case "--help", "-h": try await run(HelpVerb.self, rest)
        default: try await run(try verb(named: first), rest)
        }
    }

    private static func run(_ verb: any Verb.Type, _ arguments: [String]) async throws(CommandError) {
        // Whoever asks for help gets it, whatever else is wrong.
        if arguments.prefix(while: { $0 != "--" }).contains("--help") { return try Terminal.print(Help.text(of: verb)) }
        let typed = try TypedArguments(arguments, flags: verb.flags)
        if typed.has(CommonFlag.help) { return try Terminal.print(Help.text(of: verb)) }
        let file = verb.readsConfiguration ? ConfigurationFile.standardPath : nil
        try await verb.init(typed, Configuration(typed, file: file)).run()
    }

    static func verb(named name: String) throws(CommandError) -> any Verb.Type {
        guard let verb = verbs.first(where: { $0.name == name }) else {
            guard !name.hasPrefix("-") else { throw misplaced(flag: name) }
            let nearest = Spelling.nearest(to: name, among: verbs.map { $0.name })
            throw CommandError(
                .wrongUse, "no verb ‘\(name)’",
                hint: nearest.map { "did you mean ‘\($0)’?" } ?? "oriole help lists the verbs")
        }
        return verb
    }

    private static func misplaced(flag: String) -> CommandError {
        let nearest = Spelling.nearest(to: flag, among: ["--version", "--help"])
        return CommandError(
            .wrongUse, "a verb comes first, not ‘\(flag)’",
            hint: nearest.map { "did you mean ‘\($0)’?" } ?? "oriole VERB \(flag); oriole help lists the verbs")
    }
}
