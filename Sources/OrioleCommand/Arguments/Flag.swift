/// A flag of a verb: what it is called, what it takes, what help says.
struct Flag: Sendable {
    /// The long name, without dashes.
    let name: String
    /// The letter after a single dash.
    let letter: Character?
    /// What help calls its value; nil for a switch.
    let value: String?
    /// One line of help.
    let help: String
    /// The values that it may have, when they are few.
    let choices: [String]

    init(_ name: String, letter: Character? = nil, value: String? = nil, choices: [String] = [], _ help: String) {
        self.name = name
        self.letter = letter
        self.value = choices.isEmpty ? value : choices.joined(separator: "|")
        self.choices = choices
        self.help = help
    }

    /// The flags that every verb has.
    static let common = [
        Flag("json", "results and errors as JSON"),
        Flag("quiet", letter: "q", "say nothing but errors"),
        Flag("help", letter: "h", "this text"),
    ]
}
