/// What was typed after a verb, split into flags and operands but not yet understood.
///
/// It follows getopt: `--flag=value`, `--flag value`, `-f value`, `-fvalue`, switches together (`-qh`), `--` before
/// operands that begin with a dash, and `-` as an operand.
struct TypedArguments {
    /// What is not a flag, in order.
    private(set) var operands: [String] = []
    private var values: [String: [any Sendable]] = [:]
    private let flags: [any DeclaredFlag]

    init(_ arguments: [String], flags: [any DeclaredFlag]) throws(CommandError) {
        self.flags = flags
        var rest = arguments[...]
        while let word = rest.popFirst() {
            if word == "--" {
                operands += rest
                return
            } else if word.hasPrefix("--") {
                try takeLong(word.dropFirst(2), &rest)
            } else if word.hasPrefix("-") && word != "-" {
                try takeLetters(word.dropFirst(), &rest)
            } else {
                operands.append(word)
            }
        }
    }

    private mutating func takeLong(_ word: Substring, _ rest: inout ArraySlice<String>) throws(CommandError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(parts[0])
        guard let flag = flags.first(where: { $0.name == name }) else {
            let nearest = Spelling.nearest(to: name, among: flags.map(\.name))
            throw CommandError(
                .wrongUse, "no flag --\(name)",
                hint: nearest.map { "did you mean --\($0)?" } ?? "--help lists the flags")
        }
        let attached = parts.count == 2 ? String(parts[1]) : nil
        guard !flag.isSwitch || attached == nil else {
            throw CommandError(.wrongUse, "--\(name) takes no value")
        }
        try take(flag, spelled: "--\(name)", attached: attached, &rest)
    }

    private mutating func takeLetters(_ word: Substring, _ rest: inout ArraySlice<String>) throws(CommandError) {
        var letters = word
        while let letter = letters.popFirst() {
            guard let flag = flags.first(where: { $0.letter == letter }) else {
                let hint = letter.isLetter ? "--help lists the flags" : "-- before what begins with a dash"
                throw CommandError(.wrongUse, "no flag -\(letter)", hint: hint)
            }
            let attached = !flag.isSwitch && !letters.isEmpty ? String(letters) : nil
            try take(flag, spelled: "-\(letter)", attached: attached, &rest)
            if attached != nil { return }
        }
    }

    private mutating func take(
        _ flag: any DeclaredFlag, spelled: String, attached: String?, _ rest: inout ArraySlice<String>
    ) throws(CommandError) {
        guard let text = flag.isSwitch ? "" : attached ?? flag.kind.alone ?? rest.popFirst() else {
            throw CommandError(
                .wrongUse, "\(spelled) needs a value", hint: "\(spelled) \(flag.kind.placeholder ?? "")")
        }
        guard let value = flag.read(text) else {
            throw CommandError(.wrongUse, "\(spelled) cannot be ‘\(text)’", hint: flag.kind.expectation)
        }
        values[flag.name, default: []].append(value)
    }
}

// MARK: - What the words mean

extension TypedArguments {
    /// Whether a flag was given.
    func has(_ flag: any DeclaredFlag) -> Bool { values[flag.name] != nil }

    /// The last value of a flag.
    subscript<Value>(flag: Flag<Value>) -> Value? { values[flag.name]?.last as? Value }

    /// All values of a flag that may come more than once.
    func all<Value>(_ flag: Flag<Value>) -> [Value] { (values[flag.name] ?? []).compactMap { $0 as? Value } }

    /// Refuses operands where there can be none.
    func refuseOperands(of verb: String) throws(CommandError) {
        guard let word = operands.first else { return }
        throw CommandError(
            .wrongUse, "\(verb) takes no operands, and nobody knows what ‘\(word)’ is", hint: "oriole \(verb)")
    }
}
