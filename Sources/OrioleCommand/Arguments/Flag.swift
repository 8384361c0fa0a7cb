/// A flag of a verb, declared once: parsing, help, completions, manuals and tests read the same lines.
struct Flag<Value: Sendable>: DeclaredFlag {
    let name: String
    let letter: Character?
    let type: FlagType<Value>
    let help: String
    /// What holds when nobody says anything else, as help shows it.
    let fallback: String?

    init(_ name: String, letter: Character? = nil, _ type: FlagType<Value>, _ help: String, fallback: String? = nil) {
        self.name = name
        self.letter = letter
        self.type = type
        self.help = help
        self.fallback = fallback
    }

    var kind: FlagKind { type.kind }

    func read(_ text: String) -> (any Sendable)? { type.read(text) }
}

/// A flag, for whoever does not care what type its values have.
protocol DeclaredFlag: Sendable {
    /// The long name, without dashes.
    var name: String { get }
    /// The letter after a single dash.
    var letter: Character? { get }
    /// One line of help.
    var help: String { get }
    var fallback: String? { get }
    var kind: FlagKind { get }

    /// The value that a text stands for, if it stands for one.
    func read(_ text: String) -> (any Sendable)?
}

extension DeclaredFlag {
    /// Whether it is said without a value.
    var isSwitch: Bool { kind.placeholder == nil }
}

/// The flags that every verb has.
enum CommonFlag {
    static let json = Flag("json", .switch, "results and errors as JSON")
    static let quiet = Flag("quiet", letter: "q", .switch, "say nothing but errors")
    static let help = Flag("help", letter: "h", .switch, "this text")

    static let all: [any DeclaredFlag] = [json, quiet, help]
}
