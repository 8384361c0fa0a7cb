internal import Platform

/// What holds for a run: flags before the environment, that before the configuration file, that before what is built in.
struct Configuration {
    private let typed: TypedArguments
    private let environment: @Sendable (String) -> String?
    let file: ConfigurationFile?

    /// Where a value comes from.
    enum Origin: Equatable, CustomStringConvertible {
        case flag(String)
        case environment(String)
        case file(String)
        case builtIn

        var description: String {
            switch self {
            case .flag(let name): "flag --\(name)"
            case .environment(let name): "environment \(name)"
            case .file(let path): "file \(path)"
            case .builtIn: "built in"
            }
        }
    }

    /// Reads the file that there is, and the environment when it is asked.
    init(
        _ typed: TypedArguments, file path: String? = ConfigurationFile.standardPath,
        environment: @escaping @Sendable (String) -> String? = Environment.value
    ) throws(CommandError) {
        self.typed = typed
        self.environment = environment
        file = try path.map { path throws(CommandError) in try ConfigurationFile(path: path) }
    }

    /// The value of a setting.
    func value<Value>(_ setting: Setting<Value>) throws(CommandError) -> Value? {
        guard let text = text(of: setting), text.origin != .flag(setting.flag.name) else {
            return typed[setting.flag] ?? setting.fallback
        }
        guard let value = setting.flag.type.read(text.value) else {
            throw CommandError(
                .wrongUse, "\(setting.name) cannot be ‘\(text.value)’, as \(text.origin) says",
                hint: setting.flag.kind.expectation)
        }
        return value
    }

    /// The value of a setting that always has one.
    func value<Value>(_ setting: Setting<Value>, or fallback: Value) throws(CommandError) -> Value {
        try value(setting) ?? fallback
    }

    /// What was said of a setting, and where; nil when nobody said anything.
    func text(of setting: any DeclaredSetting) -> (value: String, origin: Origin)? {
        if typed.has(setting.declaredFlag) { return ("", .flag(setting.declaredFlag.name)) }
        for name in setting.variables { if let text = environment(name) { return (text, .environment(name)) } }
        if let file, let value = file.values[setting.name] { return (value.text, .file(file.path)) }
        return setting.fallbackText.map { ($0, .builtIn) }
    }
}

// MARK: - The key

extension Configuration {
    /// The key, which no flag ever holds, and where it comes from.
    func key() throws(CommandError) -> (key: String, origin: Origin)? {
        for name in Settings.keyVariables { if let key = environment(name) { return (key, .environment(name)) } }
        guard let path = try value(Settings.keyFile) else { return nil }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try OpenFile.contents(of: path, limit: 65_536)
        } catch {
            throw CommandError(
                .accountRefused, "no key: \(error)", hint: "oriole config show tells where key-file is set")
        }
        let key = String(String(decoding: bytes, as: UTF8.self).drop(while: \.isWhitespace).prefix { !$0.isWhitespace })
        guard !key.isEmpty else {
            throw CommandError(.accountRefused, "\(path) holds no key", hint: "write the key into it")
        }
        return (key, .file(path))
    }
}
