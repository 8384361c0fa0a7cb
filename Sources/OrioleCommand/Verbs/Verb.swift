/// One thing that the command does, declared once: parsing, help and tests read the same lines.
protocol Verb: SendableMetatype {
    /// What is typed after `oriole`.
    static var name: String { get }
    /// One line for the list of verbs.
    static var summary: String { get }
    /// The operands, as help shows them.
    static var operands: String { get }
    /// What a shell offers for an operand.
    static var operandCompletion: Completion { get }
    /// Commands that work as they stand, each with what it is for.
    static var examples: [Example] { get }
    /// The verb's own flags.
    static var ownFlags: [any DeclaredFlag] { get }
    /// The settings that it heeds, each of which is a flag too.
    static var settings: [any DeclaredSetting] { get }

    /// Whether a configuration file that cannot be read stops it.
    static var readsConfiguration: Bool { get }

    /// Turns what was typed, and what was set before, into what it means.
    init(_ typed: TypedArguments, _ configuration: Configuration) throws(CommandError)

    /// Does it.
    func run() async throws(CommandError)
}

/// A command line and what it is for.
struct Example {
    let purpose: String
    let command: String
}

extension Verb {
    static var operandCompletion: Completion { .files }
    static var settings: [any DeclaredSetting] { [] }
    static var readsConfiguration: Bool { !settings.isEmpty }

    /// All flags: the verb's own, then those of its settings, then those of every verb.
    static var flags: [any DeclaredFlag] { ownFlags + settings.map(\.declaredFlag) + CommonFlag.all }
}
