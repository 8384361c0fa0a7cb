internal import GLMSpeech
internal import HTTPTransport
internal import OfflineSpeech
internal import Speech

/// Who speaks, listens and converses in this run.
struct Engines {
    let name: EngineName
    let speech: any SpeechSynthesizer
    let hearing: any Transcriber
    let conversation: any VoiceConversation
    let voices: any VoiceCatalog
    let translation: any Translator
    /// Whom a client asks, for verbs that tell of it; nil for the offline engine.
    var service: GLMSettings? { client?.settings }
    /// The client, for what only the service does; nil for the offline engine.
    let client: GLMClient?

    /// Settings that say who is asked, and how: verbs that ask somebody have their flags.
    static let settings: [any DeclaredSetting] = [Settings.engine, Settings.baseURL, Settings.concurrency]

    /// Chooses the engine: the one that was asked for, else GLM with a key, else the offline one.
    init(
        _ configuration: Configuration, isVerbose: Bool = false, skipsMark: Bool = false, log: TransportLog? = nil
    ) throws(CommandError) {
        let asked = try configuration.value(Settings.engine)
        // The offline engine needs no key, not even one that can be read.
        let key = asked == .offline ? nil : try configuration.key()
        let name = asked ?? (key == nil ? .offline : .glm)
        if name == .offline {
            self.init(OfflineEngine())
        } else {
            self.init(
                try Self.client(
                    configuration, name, key: key?.key, skipsMark: skipsMark,
                    log: isVerbose ? TransportLog { Terminal.say("\($0)") } : log), name)
        }
    }

    /// Tells of each exchange.
    static let verbose = Flag("verbose", letter: "v", .switch, "tell of each request, without what is secret")

    private init(_ engine: OfflineEngine) {
        name = .offline
        client = nil
        (speech, hearing, conversation, voices, translation) = (engine, engine, engine, engine, engine)
    }

    private init(_ client: GLMClient, _ name: EngineName) {
        self.name = name
        self.client = client
        (speech, hearing, conversation, voices, translation) = (client, client, client, client, client)
    }

    /// The model that speaks; empty for the offline engine, which costs nothing.
    var speechModel: String { service?.models.speech ?? "" }

    /// The model that listens; empty for the offline engine, which costs nothing.
    var hearingModel: String { service?.models.transcription ?? "" }

    /// Everything about the engine that changes what it hears.
    var hearingIdentity: [String] { [name.rawValue, service?.baseURL ?? "", hearingModel] }

    /// Everything about the engine that changes what it says, but for the voice.
    var speechIdentity: [String] {
        [name.rawValue, service?.baseURL ?? "", speechModel, "\(service?.skipsMark ?? false)"]
    }

    /// Everything about the engine that changes what it translates.
    var translationIdentity: [String] { [name.rawValue, service?.baseURL ?? "", service?.models.translation ?? ""] }

    /// Says once that nobody asked for the engine, where that may surprise.
    func explain(_ configuration: Configuration) throws(CommandError) {
        guard name == .offline, try configuration.value(Settings.engine) == nil else { return }
        Terminal.say(
            "note: no key, so the rough offline engine works, which hears English only; ORIOLE_API_KEY gives a key")
    }
}

// MARK: - Clients

extension Engines {
    private static func client(
        _ configuration: Configuration, _ name: EngineName, key: String?, skipsMark: Bool, log: TransportLog?
    ) throws(CommandError) -> GLMClient {
        guard name == .openai || key != nil else {
            throw CommandError(
                .accountRefused, "the GLM service wants a key, and there is none",
                hint: "set ORIOLE_API_KEY, or oriole config set key-file FILE; --engine offline needs none")
        }
        var settings = try settings(configuration, name, key: key)
        settings.skipsMark = skipsMark
        settings.log = log
        do throws(RemoteError) {
            return try GLMClient(settings)
        } catch {
            throw CommandError(error)
        }
    }

    /// The client's settings, of all that was said.
    static func settings(
        _ configuration: Configuration, _ name: EngineName, key: String?
    ) throws(CommandError) -> GLMSettings {
        let form = try configuration.value(Settings.keyForm, or: .plain)
        let credential = key.map { form == .signed ? Credential.signed($0) : .key($0) }
        let url = try configuration.value(Settings.baseURL)
        guard name == .glm || url != nil else {
            throw CommandError(
                .wrongUse, "nobody knows where the server is",
                hint: "--base-url http://127.0.0.1:8000/v1, or ORIOLE_BASE_URL")
        }
        var settings = GLMSettings(
            baseURL: url ?? GLMSettings.mainlandURL, credential: credential ?? .none,
            dialect: name == .glm ? .glm : .openai)
        settings.concurrentRequests = try configuration.value(Settings.concurrency, or: 5)
        if let model = try configuration.value(Settings.speechModel) { settings.models.speech = model }
        if let model = try configuration.value(Settings.transcriptionModel) { settings.models.transcription = model }
        if let model = try configuration.value(Settings.voiceModel) { settings.models.voice = model }
        if let model = try configuration.value(Settings.translationModel) { settings.models.translation = model }
        return settings
    }
}
