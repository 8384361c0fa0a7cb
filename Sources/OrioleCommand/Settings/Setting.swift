/// Something that can be said by a flag, in the environment or in the configuration file.
struct Setting<Value: Sendable>: DeclaredSetting {
    /// Its name in the file.
    let name: String
    let flag: Flag<Value>
    /// The variables of the environment that set it, the first that is there.
    let variables: [String]
    let fallback: Value?

    init(
        _ name: String, flag: String? = nil, letter: Character? = nil, _ type: FlagType<Value>, variables: [String],
        fallback: Value? = nil, _ help: String
    ) {
        self.name = name
        self.flag = Flag(
            flag ?? name, letter: letter, type, help,
            fallback: fallback.map { ($0 as? any RawRepresentable)?.rawValue as? String ?? "\($0)" })
        self.variables = variables
        self.fallback = fallback
    }

    var declaredFlag: any DeclaredFlag { flag }
    var fallbackText: String? { flag.fallback }
}

/// A setting, for whoever does not care what type its values have.
protocol DeclaredSetting: Sendable {
    var name: String { get }
    var variables: [String] { get }
    var declaredFlag: any DeclaredFlag { get }
    var fallbackText: String? { get }
}

/// The engines that there are.
enum EngineName: String, CaseIterable, Sendable {
    case glm, openai, offline
}

/// How a key proves who asks.
enum KeyForm: String, CaseIterable, Sendable {
    /// It is sent as it is.
    case plain
    /// A token signed with it is sent.
    case signed
}

/// All settings, in the order in which `oriole config show` lists them.
enum Settings {
    static let engine = Setting(
        "engine", .choice(EngineName.self), variables: ["ORIOLE_ENGINE"],
        "who speaks and listens; glm with a key, else offline")
    static let baseURL = Setting(
        "base-url", .text("URL"), variables: ["ORIOLE_BASE_URL", "ZAI_BASE_URL"],
        "the address of the service, or of a server of your own")
    static let keyFile = Setting(
        "key-file", .file("FILE"), variables: ["ORIOLE_KEY_FILE"], "a file with the key, where the environment has none"
    )
    static let keyForm = Setting(
        "key-form", .choice(KeyForm.self), variables: ["ORIOLE_KEY_FORM"], fallback: .plain,
        "send the key, or a token signed with it")
    static let speechModel = Setting(
        "speech-model", flag: "model", .text("NAME"), variables: ["ORIOLE_SPEECH_MODEL"], "the model that speaks")
    static let transcriptionModel = Setting(
        "transcription-model", flag: "model", .text("NAME"), variables: ["ORIOLE_TRANSCRIPTION_MODEL"],
        "the model that listens")
    static let realtimeModel = Setting(
        "realtime-model", flag: "model", .text("NAME"), variables: ["ORIOLE_REALTIME_MODEL"], "the model that calls")
    static let voiceModel = Setting(
        "voice-model", flag: "model", .text("NAME"), variables: ["ORIOLE_VOICE_MODEL"], "the model that converses")
    static let translationModel = Setting(
        "translation-model", .text("NAME"), variables: ["ORIOLE_TRANSLATION_MODEL"], "the model that translates")
    static let voice = Setting(
        "voice", .text("NAME"), variables: ["ORIOLE_VOICE"], "the voice; oriole voices lists them")
    static let language = Setting(
        "language", .text("CODE"), variables: ["ORIOLE_LANGUAGE"],
        "the language, such as zh or en, where it cannot be told")
    static let speed = Setting(
        "speed", .number("FACTOR", in: 0.5...2), variables: ["ORIOLE_SPEED"], fallback: 1, "how fast to speak")
    static let volume = Setting(
        "volume", .number("FACTOR", in: 0.01...10), variables: ["ORIOLE_VOLUME"], fallback: 1, "how loud to speak")
    static let concurrency = Setting(
        "concurrency", .integer("N", in: 1...1_000), variables: ["ORIOLE_CONCURRENCY"], fallback: 5,
        "requests in flight at most")
    static let progress = Setting(
        "progress", .choice(ProgressForm.self), variables: ["ORIOLE_PROGRESS"], fallback: .auto,
        "how to say how far the work is")

    static let all: [any DeclaredSetting] = [
        engine, baseURL, keyFile, keyForm, speechModel, transcriptionModel, voiceModel, realtimeModel, translationModel,
        voice,
        language, speed, volume,
        concurrency, progress,
    ]

    /// The variables that may hold the key; the first that is there.
    static let keyVariables = ["ORIOLE_API_KEY", "ZAI_API_KEY", "ZHIPUAI_API_KEY"]
}
