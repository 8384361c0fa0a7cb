internal import GLMSpeech
internal import OfflineSpeech
internal import Platform
internal import Speech
internal import SpeechServer

/// Serves speech to other programs on this machine, until it is told to end.
struct ServeVerb: Verb {
    static let name = "serve"
    static let summary = "serve other programs: OpenAI's audio API, GLM's, and Whisper's web service"
    static let operands = ""
    static let examples = [
        Example(purpose: "serve this machine at port 9000", command: "oriole serve"),
        Example(
            purpose: "serve the whole network, to those who have the token",
            command: "oriole serve --host 0.0.0.0 --token-file token.txt"),
        Example(
            purpose: "serve a subtitle manager in a container, which has no token to show",
            command: "oriole serve --host 0.0.0.0 --open"),
    ]
    static let operandCompletion = Completion.none

    private static let host = Flag("host", .text("ADDRESS"), "the address to listen at", fallback: "127.0.0.1")
    private static let port = Flag("port", .integer("N", in: 0...65_535), "the port; 0 takes any", fallback: "9000")
    private static let tokenFile = Flag("token-file", .file("FILE"), "a file with the token that clients must show")
    private static let open = Flag("open", .switch, "serve other machines without a token")
    private static let hearingJobs = Flag(
        "hearing-jobs", .integer("N", in: 1...1_000), "recordings heard at once", fallback: "4")
    private static let queue = Flag(
        "queue", .integer("N", in: 0...100_000), "requests of a kind that wait before others are told to come again",
        fallback: "64")
    private static let upload = Flag(
        "largest-upload", .integer("MIB", in: 1...1_000_000), "the largest body of a request", fallback: "2048")
    private static let media = Flag(
        "media", .file("FOLDER"), "films that a request may name, to see when their sound begins")
    private static let empty = Flag("empty-subtitles", .switch, "answer films without speech with no cue, not an error")
    private static let holes = Flag(
        "allow-holes", .switch, "answer recordings of which the engine refuses a part, without it, not with an error")
    private static let grace = Flag(
        "grace", .integer("SECONDS", in: 0...86_400), "how long requests may go on once it is told to end",
        fallback: "30")
    static let ownFlags: [any DeclaredFlag] = [
        host, port, tokenFile, open, hearingJobs, queue, upload, media, empty, holes, grace, Engines.verbose,
    ]
    static let settings: [any DeclaredSetting] = Engines.settings + [Settings.language]

    private let configuration: Configuration
    private let isVerbose: Bool
    private let isQuiet: Bool
    private let served: ServerSettings
    private let grace: Int
    private let tokenFile: String?

    init(_ typed: TypedArguments, _ configuration: Configuration) throws(CommandError) {
        try typed.refuseOperands(of: Self.name)
        self.configuration = configuration
        isVerbose = typed.has(Engines.verbose)
        isQuiet = typed.has(CommonFlag.quiet)
        grace = typed[Self.grace] ?? 30
        var served = ServerSettings()
        served.version = OrioleCommand.version
        served.host = typed[Self.host] ?? served.host
        served.port = typed[Self.port] ?? served.port
        tokenFile = typed[Self.tokenFile]
        served.hearing.running = typed[Self.hearingJobs] ?? served.hearing.running
        if let most = typed[Self.queue] { (served.hearing.waiting, served.speaking.waiting) = (most, most) }
        if let mebibytes = typed[Self.upload] { served.longestUpload = mebibytes << 20 }
        served.mediaFolder = typed[Self.media]
        served.givesEmptySubtitles = typed.has(Self.empty)
        served.allowsHoles = typed.has(Self.holes)
        served.fallbackLanguage = try configuration.value(Settings.language) ?? served.fallbackLanguage
        self.served = served
        guard served.isForThisMachine || tokenFile != nil || typed.has(Self.open) else {
            throw CommandError(
                .wrongUse, "whoever reaches \(served.host) could use the account",
                hint: "--token-file FILE asks for a token, --open serves everybody")
        }
    }

    /// The first line of a file.
    private static func token(in path: String) throws(CommandError) -> String {
        let text: String
        do throws(SystemError) {
            text = String(decoding: try OpenFile.contents(of: path, limit: 65_536), as: UTF8.self)
        } catch {
            throw CommandError(
                .unusableInput, "\(path): \(error.text)", hint: "--token-file names a file with the token")
        }
        // Some editors begin a text with a mark of its encoding.
        let plain = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
        let token = plain.split(whereSeparator: \.isNewline).first?.split(whereSeparator: \.isWhitespace).first
        guard let token, token.count >= 8 else {
            throw CommandError(
                .unusableInput, "\(path) has no token of 8 characters or more in its first line",
                hint: "openssl rand -hex 16 > \(path)")
        }
        return String(token)
    }

    func run() async throws(CommandError) {
        let engines = try Engines(configuration, isVerbose: isVerbose)
        if !isQuiet { try engines.explain(configuration) }
        DescriptorLimit.raise()
        var served = served
        if let tokenFile { served.token = try Self.token(in: tokenFile) }
        let log = try isQuiet ? nil : AccessLog()
        if let log { served.log = { log.add($0) } }
        let server: SpeechServer
        do throws(ServerError) {
            server = try SpeechServer(engines.served, served)
        } catch {
            throw CommandError(.failed, error.description, hint: error.hint)
        }
        // Somebody may wait for this line, whatever else is quiet.
        Terminal.say("listening on \(server.address)")
        await untilCancelled()
        let rest = server.requestCount
        if rest > 0, !isQuiet { Terminal.say("note: \(counted(rest, "request")) may go on for \(grace) s") }
        await server.stop(within: .seconds(grace))
        await log?.finish()
    }

    /// Returns once the task is told to end.
    private func untilCancelled() async {
        let (signals, signal) = AsyncStream<Void>.makeStream()
        await withTaskCancellationHandler {
            for await _ in signals {}
        } onCancel: {
            signal.finish()
        }
    }
}

extension Engines {
    /// Who works for a server.
    var served: ServerEngines {
        var served = ServerEngines(
            speech: speech, hearing: hearing, conversation: conversation, voices: voices,
            translation: name == .offline ? nil : translation)
        if let models = service?.models {
            served.models.speech = models.speech
            served.models.hearing = models.transcription
            served.models.voice = models.voice
        }
        switch name {
        case .glm: served.voice = VoiceNames.glm
        case .offline: served.voice = VoiceNames.offline
        case .openai: break
        }
        return served
    }
}

/// What names of voices mean that clients know from elsewhere.
enum VoiceNames {
    private static let known = [
        "alloy": "tongtong", "ash": "xiaochen", "ballad": "jam", "cedar": "kazi", "coral": "chuichui",
        "echo": "xiaochen",
        "fable": "jam", "marin": "tongtong", "nova": "chuichui", "onyx": "kazi", "sage": "douji", "shimmer": "luodo",
        "verse": "douji",
    ]

    /// The service's voice in the place of another service's.
    static let glm: @Sendable (String) -> String? = { known[$0] ?? $0 }

    /// Voices of services mean nothing offline: the engine chooses one for the language.
    static let offline: @Sendable (String) -> String? = { name in
        known[name] != nil || known.values.contains(name) || ["female", "male"].contains(name) ? nil : name
    }
}
