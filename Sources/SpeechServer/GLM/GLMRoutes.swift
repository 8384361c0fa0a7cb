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
            Route("GET", Self.base + "/realtime", .glm, GLMRealtime.operation, GLMRealtime(workshop).handle),
            Route("GET", Self.base + "/voice/list", .glm, GLMVoices.operation, GLMVoices(workshop).handle),
        ]
    }
}
