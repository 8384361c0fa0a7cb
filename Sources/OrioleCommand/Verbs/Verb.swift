/// One thing that the command does, declared once: parsing, help and tests read the same lines.
protocol Verb: SendableMetatype {
    /// What is typed after `oriole`.
    static var name: String { get }
    /// One line for the list of verbs.
    static var summary: String { get }
    /// The operands, as help shows them.
    static var operands: String { get }
    /// Commands that work as they stand, each with what it is for.
    static var examples: [Example] { get }
    /// The verb's own flags, before the common ones.
    static var ownFlags: [Flag] { get }

    /// Turns what was typed into what it means.
    init(_ typed: TypedArguments) throws(CommandError)

    /// Does it.
    func run() async throws(CommandError)
}

/// A command line and what it is for.
struct Example {
    let purpose: String
    let command: String
}

extension Verb {
    /// All flags: the verb's own, then those of every verb.
    static var flags: [Flag] { ownFlags + Flag.common }
}
