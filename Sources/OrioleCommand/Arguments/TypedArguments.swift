/// What was typed after a verb, split into flags and operands but not yet understood.
///
/// It follows getopt: `--flag=value`, `--flag value`, `-f value`, `-fvalue`, switches together (`-qh`), `--` before
/// operands that begin with a dash, and `-` as an operand.
struct TypedArguments {
    /// What is not a flag, in order.
    private(set) var operands: [String] = []
    private var values: [String: [String]] = [:]
    private let flags: [Flag]

    init(_ arguments: [String], flags: [Flag]) throws(CommandError) {
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
        guard flag.value != nil || attached == nil else {
            throw CommandError(.wrongUse, "--\(name) takes no value")
        }
        try take(flag, spelled: "--\(name)", attached: attached, &rest)
    }

    private mutating func takeLetters(_ word: Substring, _ rest: inout ArraySlice<String>) throws(CommandError) {
        var letters = word
        while let letter = letters.popFirst() {
            guard let flag = flags.first(where: { $0.letter == letter }) else {
                throw CommandError(.wrongUse, "no flag -\(letter)", hint: "--help lists the flags")
            }
            let attached = flag.value != nil && !letters.isEmpty ? String(letters) : nil
            try take(flag, spelled: "-\(letter)", attached: attached, &rest)
            if attached != nil { return }
        }
    }

    private mutating func take(
        _ flag: Flag, spelled: String, attached: String?, _ rest: inout ArraySlice<String>
    ) throws(CommandError) {
        guard flag.value != nil else {
            values[flag.name, default: []].append("")
            return
        }
        guard let value = attached ?? rest.popFirst() else {
            throw CommandError(.wrongUse, "\(spelled) needs a value", hint: "\(spelled) \(flag.value ?? "")")
        }
        guard flag.choices.isEmpty || flag.choices.contains(value) else {
            throw CommandError(
                .wrongUse, "\(spelled) cannot be ‘\(value)’", hint: "one of \(flag.choices.joined(separator: ", "))")
        }
        values[flag.name, default: []].append(value)
    }
}

// MARK: - What the words mean

extension TypedArguments {
    /// Whether a flag was given.
    func has(_ name: String) -> Bool { values[name] != nil }

    /// The last value of a flag.
    func text(_ name: String) -> String? { values[name]?.last }

    /// All values of a flag that may come more than once.
    func texts(_ name: String) -> [String] { values[name] ?? [] }

    /// A whole number within a range.
    func integer(_ name: String, in range: ClosedRange<Int>) throws(CommandError) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw CommandError(
                .wrongUse, "--\(name) cannot be ‘\(text)’",
                hint: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A number within a range.
    func number(_ name: String, in range: ClosedRange<Double>) throws(CommandError) -> Double? {
        guard let text = text(name) else { return nil }
        guard let number = Double(text), range.contains(number) else {
            throw CommandError(
                .wrongUse, "--\(name) cannot be ‘\(text)’",
                hint: "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// Bits per second, `24000` or `24k`.
    func bitrate(_ name: String, in range: ClosedRange<Int>) throws(CommandError) -> Int? {
        guard let text = text(name) else { return nil }
        let isThousands = text.hasSuffix("k") || text.hasSuffix("K")
        let number = Double(isThousands ? text.dropLast() : text[...]).map { $0 * (isThousands ? 1_000 : 1) }
        guard let number, (Double(range.lowerBound)...Double(range.upperBound)).contains(number) else {
            throw CommandError(
                .wrongUse, "--\(name) cannot be ‘\(text)’",
                hint: "bits per second from \(range.lowerBound) to \(range.upperBound), such as 24000 or 24k")
        }
        return Int(number)
    }
}
