internal import Platform

/// Shows and changes what is set.
struct ConfigVerb: Verb {
    static let name = "config"
    static let summary = "show or change settings, and where each comes from"
    static let operands = "[show|get NAME|set NAME VALUE|unset NAME|path]"
    static let operandCompletion = Completion.words(
        ["show", "get", "set", "unset", "path"] + Settings.all.map { $0.name })
    static let examples = [
        Example(purpose: "all settings and their origins", command: "oriole config show"),
        Example(purpose: "a voice for every speech", command: "oriole config set voice tongtong"),
        Example(purpose: "a server of your own", command: "oriole config set base-url http://127.0.0.1:8000/v1"),
        Example(purpose: "a file with the key", command: "oriole config set key-file ~/.oriole-key"),
        Example(purpose: "as it was", command: "oriole config unset voice"),
    ]
    static let ownFlags: [any DeclaredFlag] = []
    static let readsConfiguration = true

    private enum Action {
        case show
        case get(any DeclaredSetting)
        case set(any DeclaredSetting, String)
        case unset(any DeclaredSetting)
        case path
    }

    private let action: Action
    private let configuration: Configuration
    private let printsJSON: Bool
    private let isQuiet: Bool

    init(_ typed: TypedArguments, _ configuration: Configuration) throws(CommandError) {
        action = try Self.action(typed.operands)
        self.configuration = configuration
        printsJSON = typed.has(CommonFlag.json)
        isQuiet = typed.has(CommonFlag.quiet)
    }

    private static func action(_ words: [String]) throws(CommandError) -> Action {
        switch (words.first ?? "show", words.count) {
        case ("show", 0...1), ("list", 1): return .show
        case ("path", 1): return .path
        case ("get", 2), ("show", 2): return .get(try setting(words[1]))
        case ("unset", 2): return .unset(try setting(words[1]))
        case ("set", 3):
            let setting = try setting(words[1])
            guard setting.declaredFlag.read(words[2]) != nil else {
                throw CommandError(
                    .wrongUse, "\(setting.name) cannot be ‘\(words[2])’", hint: setting.declaredFlag.kind.expectation)
            }
            return .set(setting, words[2])
        default:
            throw CommandError(
                .wrongUse, "config does not understand ‘\(words.joined(separator: " "))’",
                hint: "oriole config \(operands)")
        }
    }

    private static func setting(_ name: String) throws(CommandError) -> any DeclaredSetting {
        if let setting = Settings.all.first(where: { $0.name == name }) { return setting }
        if name.contains("key") && name != "key-file" {
            throw CommandError(
                .wrongUse, "a key is not kept here", hint: "ORIOLE_API_KEY, or oriole config set key-file FILE")
        }
        let nearest = Spelling.nearest(to: name, among: Settings.all.map { $0.name })
        throw CommandError(
            .wrongUse, "no setting ‘\(name)’",
            hint: nearest.map { "did you mean \($0)?" } ?? "oriole config show lists them")
    }

    func run() async throws(CommandError) {
        switch action {
        case .show: try show()
        case .path: try Terminal.print(printsJSON ? Terminal.json(["path": try path()]) : try path())
        case .get(let setting):
            guard let value = try configuration.text(of: setting) else {
                throw CommandError(
                    .failed, "\(setting.name) is not set", hint: "oriole config set \(setting.name) VALUE")
            }
            let row = Row(name: setting.name, value: value.value, origin: "\(value.origin)")
            try Terminal.print(printsJSON ? Terminal.json(row) : value.value)
        case .set(let setting, let value): try change(setting, Self.scalar(value, for: setting))
        case .unset(let setting): try change(setting, nil)
        }
    }

    /// Numbers where the setting is one; a file by a name that holds in every folder.
    private static func scalar(_ text: String, for setting: any DeclaredSetting) -> ConfigurationFile.Scalar {
        switch setting.declaredFlag.read(text) {
        case let number as Int: .integer(number)
        case let number as Double: .number(number)
        default: .text(setting.declaredFlag.kind.completion == .files ? OutputFile.absolute(text) : text)
        }
    }

    private func path() throws(CommandError) -> String {
        guard let path = configuration.path else {
            throw CommandError(
                .failed, "there is no place for settings", hint: "set HOME, XDG_CONFIG_HOME or ORIOLE_CONFIG")
        }
        return path
    }

    private func change(_ setting: any DeclaredSetting, _ value: ConfigurationFile.Scalar?) throws(CommandError) {
        var file = try ConfigurationFile(path: try path())
        file.set(setting.name, value)
        try file.write()
        if printsJSON {
            let row = Row(
                name: setting.name, value: value?.text, origin: value == nil ? "not set" : "file \(file.path)")
            return try Terminal.print(Terminal.json(row))
        }
        if !isQuiet { Terminal.say("\(file.path): \(setting.name) is \(value?.text ?? "not set any more")") }
    }
}

// MARK: - What holds

extension ConfigVerb {
    private struct Row: Encodable {
        let name: String
        let value: String?
        let origin: String
    }

    private func show() throws(CommandError) {
        var rows: [Row] = []
        for setting in Settings.all {
            let text = try configuration.text(of: setting)
            rows.append(Row(name: setting.name, value: text?.value, origin: text.map { "\($0.origin)" } ?? "not set"))
        }
        rows.append(key)
        guard !printsJSON else { return try Terminal.print(Terminal.json(rows)) }
        let widths = (rows.map(\.name.count).max() ?? 0, rows.map { ($0.value ?? "-").count }.max() ?? 0)
        let lines = rows.map { row in
            let value = row.value ?? "-"
            return padded(row.name, widths.0) + padded(value, widths.1) + row.origin
        }
        try Terminal.print(lines.joined(separator: "\n"))
        for name in try unknownNames() {
            Terminal.say("note: nobody knows the setting ‘\(name)’ in \(configuration.path ?? "")")
        }
    }

    /// Whether there is a key, never which.
    private var key: Row {
        do throws(CommandError) {
            let key = try configuration.key()
            return Row(name: "key", value: key.map { _ in "set" }, origin: key.map { "\($0.origin)" } ?? "not set")
        } catch {
            return Row(name: "key", value: nil, origin: error.message)
        }
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count) + 2)
    }

    private func unknownNames() throws(CommandError) -> [String] {
        let known = Set(Settings.all.map { $0.name })
        return (try configuration.file()?.values.keys.filter { !known.contains($0) } ?? []).sorted()
    }
}
