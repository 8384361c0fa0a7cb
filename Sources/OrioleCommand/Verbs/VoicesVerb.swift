internal import Speech

/// Lists, makes and removes voices.
struct VoicesVerb: Verb {
    static let name = "voices"
    static let summary = "list, clone or delete voices"
    static let operands = "[list|clone|delete] [ID…]"
    static let operandCompletion = Completion.words(["list", "clone", "delete"])
    static let examples = [
        Example(purpose: "all voices of the engine", command: "oriole voices"),
        Example(purpose: "one's own", command: "oriole voices list --kind own"),
        Example(
            purpose: "a voice like the one in a recording",
            command: "oriole voices clone --name anna --sample anna.wav --preview \"Hello, this is Anna\""),
        Example(purpose: "remove one", command: "oriole voices delete anna-4711"),
    ]
    private static let kind = Flag("kind", .choice(KindName.self), "only the service's, or only one's own")
    private static let named = Flag(
        "name", .text("NAME"), "only voices with this in their name; for clone, the new name")
    private static let sample = Flag("sample", .file("FILE"), "clone: 3 to 30 seconds of the voice")
    private static let transcript = Flag("transcript", .text("TEXT"), "clone: what is said in the sample")
    private static let preview = Flag("preview", .text("TEXT"), "clone: what the new voice says for a trial")
    static let ownFlags: [any DeclaredFlag] = [kind, named, sample, transcript, preview, Engines.verbose]
    static let settings: [any DeclaredSetting] = Engines.settings

    enum KindName: String, CaseIterable, Sendable {
        case official, own

        var kind: Voice.Kind { self == .official ? .official : .own }
    }

    private enum Action {
        case list(Voice.Kind?, String?)
        case clone(VoiceSample)
        case delete([String])
    }

    private let action: Action
    private let configuration: Configuration
    private let isVerbose: Bool
    private let printsJSON: Bool
    private let isQuiet: Bool

    init(_ typed: TypedArguments, _ configuration: Configuration) throws(CommandError) {
        action = try Self.action(typed)
        self.configuration = configuration
        isVerbose = typed.has(Engines.verbose)
        printsJSON = typed.has(CommonFlag.json)
        isQuiet = typed.has(CommonFlag.quiet)
    }

    private static func action(_ typed: TypedArguments) throws(CommandError) -> Action {
        let rest = Array(typed.operands.dropFirst())
        switch typed.operands.first ?? "list" {
        case "list" where rest.isEmpty: return .list(typed[kind]?.kind, typed[named])
        case "clone" where rest.isEmpty:
            guard let name = typed[named], let path = typed[sample], let text = typed[preview] else {
                throw CommandError(
                    .wrongUse, "a new voice needs a name, a sample and a text for a trial",
                    hint: "oriole voices clone --name NAME --sample FILE --preview TEXT")
            }
            return .clone(VoiceSample(name: name, path: path, transcript: typed[transcript], previewText: text))
        case "delete" where !rest.isEmpty: return .delete(rest)
        default:
            throw CommandError(
                .wrongUse, "nobody knows how to ‘\(typed.operands.joined(separator: " "))’ voices",
                hint: "oriole voices list, clone --name NAME --sample FILE --preview TEXT, or delete ID…")
        }
    }

    func run() async throws(CommandError) {
        let engines = try Engines(configuration, isVerbose: isVerbose)
        if !isQuiet && !printsJSON { try engines.explain(configuration) }
        switch action {
        case .list(let kind, let name):
            let voices = try await withEngineErrors { () async throws(RemoteError) in
                try await engines.voices.voices(kind, named: name)
            }
            let rows = voices.map(Row.init)
            guard !rows.isEmpty else {
                throw CommandError(.failed, "there is no such voice", hint: "oriole voices lists all of them")
            }
            try Terminal.print(printsJSON ? Terminal.json(rows) : Row.table(rows))
        case .clone(let sample):
            let voice = try await withEngineErrors { () async throws(RemoteError) in
                try await engines.voices.clone(sample)
            }
            try Terminal.print(printsJSON ? Terminal.json(["id": voice.id]) : voice.id)
        case .delete(let ids): try await delete(ids, engines)
        }
    }

    private func delete(_ ids: [String], _ engines: Engines) async throws(CommandError) {
        var deleted: [String] = []
        var failure: CommandError?
        for id in ids {
            do throws(CommandError) {
                try await withEngineErrors { () async throws(RemoteError) in try await engines.voices.deleteVoice(id) }
                deleted.append(id)
                if !isQuiet && !printsJSON { Terminal.say("deleted \(id)") }
            } catch {
                guard ids.count > 1, error.code != .interrupted else { throw error }
                Terminal.report(error, of: id, asJSON: printsJSON)
                failure = error
            }
        }
        if printsJSON { try Terminal.print(Terminal.json(["deleted": deleted])) }
        guard failure == nil else { throw CommandError(.failed, "not every voice could be deleted") }
    }
}

/// A voice, as it is listed.
private struct Row: Encodable {
    let id: String
    let name: String
    let kind: String?
    let created: String?

    init(_ voice: Voice) {
        id = voice.id
        name = voice.name
        kind = voice.kind.map { $0 == .official ? "official" : "own" }
        created = voice.created
    }

    static func table(_ rows: [Row]) -> String {
        let width = min(rows.map(\.id.count).max() ?? 0, 32)
        return rows.map { row in
            let gap = String(repeating: " ", count: max(0, width - row.id.count) + 2)
            return "\(row.id)\(gap)\(row.name)\(row.created.map { "  \($0)" } ?? "")"
        }.joined(separator: "\n")
    }
}
