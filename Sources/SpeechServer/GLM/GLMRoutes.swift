/// What the GLM service answers, at the paths where it does.
struct GLMRoutes {
    let workshop: Workshop

    init(_ workshop: Workshop) { self.workshop = workshop }

    static let base = "/api/paas/v4"

    var routes: [Route] {
        [
            Route("POST", Self.base + "/audio/speech", .glm, GLMSpeech.operation, GLMSpeech(workshop).handle),
            Route(
                "POST", Self.base + "/audio/transcriptions", .glm, GLMTranscription.operation,
                GLMTranscription(workshop).handle),
            Route("POST", Self.base + "/chat/completions", .glm, GLMChat.operation, GLMChat(workshop).handle),
            Route("GET", Self.base + "/voice/list", .glm, GLMVoices.operation, GLMVoices(workshop).handle),
        ]
    }
}

extension Fault {
    /// A member that must be there is not.
    static func missing(_ name: String) -> Fault {
        Fault(.invalid, "‘\(name)’ is missing", parameter: name, code: "1213")
    }

    /// A member has a value that is not taken.
    static func wrong(_ name: String, _ reason: String) -> Fault {
        Fault(.invalid, "‘\(name)’ \(reason)", parameter: name, code: "1214")
    }

    /// A model that nobody has.
    static func unknown(model: String) -> Fault {
        Fault(.invalid, "there is no model ‘\(model.prefix(100))’", parameter: "model", code: "1211")
    }
}
