internal import Platform

/// What holds for a run: flags before the environment, that before the configuration file, that before what is built in.
struct Configuration {
    private let typed: TypedArguments
    private let environment: @Sendable (String) -> String?
    private let loaded: Result<ConfigurationFile?, CommandError>
    /// Where the file is, or would be.
    let path: String?

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

    /// Reads the file that there is, and the environment when it is asked; a file that cannot be read is told when its
    /// settings are wanted.
    init(
        _ typed: TypedArguments, file path: String? = ConfigurationFile.standardPath,
        environment: @escaping @Sendable (String) -> String? = Environment.value
    ) {
        self.typed = typed
        self.environment = environment
        self.path = path
        loaded = Result { () throws(CommandError) in
            try path.map { path throws(CommandError) in try ConfigurationFile(path: path) }
        }
    }

    /// What is written down.
    func file() throws(CommandError) -> ConfigurationFile? { try loaded.get() }

    /// The value of a setting.
    func value<Value>(_ setting: Setting<Value>) throws(CommandError) -> Value? {
        guard let text = try text(of: setting), text.origin != .flag(setting.flag.name) else {
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

    /// What is wrong with what was said of a setting.
    func problem(of setting: any DeclaredSetting) -> String? {
        do throws(CommandError) {
            guard let text = try text(of: setting), text.origin != .flag(setting.declaredFlag.name),
                setting.declaredFlag.read(text.value) == nil
            else { return nil }
            return
                "\(setting.name) cannot be ‘\(text.value)’, as \(text.origin) says; \(setting.declaredFlag.kind.expectation)"
        } catch {
            return "\(error.message)\(error.hint.map { "; \($0)" } ?? "")"
        }
    }

    /// What was said of a setting, and where; nil when nobody said anything.
    func text(of setting: any DeclaredSetting) throws(CommandError) -> (value: String, origin: Origin)? {
        if typed.has(setting.declaredFlag) { return ("", .flag(setting.declaredFlag.name)) }
        for name in setting.variables { if let text = environment(name) { return (text, .environment(name)) } }
        if let file = try file(), let value = file.values[setting.name] { return (value.text, .file(file.path)) }
        return setting.fallbackText.map { ($0, .builtIn) }
    }
}

// MARK: - The key

extension Configuration {
    /// The key, which no flag ever holds, and where it comes from.
    func key() throws(CommandError) -> (key: String, origin: Origin)? {
        for name in Settings.keyVariables {
            guard let text = environment(name) else { continue }
            return (try Self.key(in: text, from: "\(name)"), .environment(name))
        }
        guard let path = try value(Settings.keyFile) else { return nil }
        let bytes: [UInt8]
        do throws(SystemError) {
            bytes = try OpenFile.contents(of: path, limit: 65_536)
        } catch {
            throw CommandError(
                .accountRefused, "no key: \(error)", hint: "oriole config show tells where key-file is set")
        }
        return (try Self.key(in: String(decoding: bytes, as: UTF8.self), from: path), .file(path))
    }

    /// The key in a text: one word, which could begin no other field of a request.
    private static func key(in text: String, from place: String) throws(CommandError) -> String {
        let words = text.split(whereSeparator: \.isWhitespace)
        guard words.count == 1, words[0].unicodeScalars.allSatisfy({ $0.isASCII && $0.value > 0x20 && $0.value < 0x7F })
        else {
            throw CommandError(
                .accountRefused, "\(place) holds no key", hint: "write the key into it, and nothing else")
        }
        return String(words[0])
    }
}
