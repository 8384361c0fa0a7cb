/// What clients of OpenAI's audio API ask.
struct OpenAIRoutes {
    let workshop: Workshop

    init(_ workshop: Workshop) { self.workshop = workshop }

    var routes: [Route] {
        let lists = OpenAILists(workshop)
        return [
            Route("POST", "/v1/audio/speech", .openAI, OpenAISpeech.operation, OpenAISpeech(workshop).handle),
            Route(
                "POST", "/v1/audio/transcriptions", .openAI, OpenAITranscription.operation,
                OpenAITranscription(workshop, .transcribe).handle),
            Route(
                "POST", "/v1/audio/translations", .openAI, OpenAITranscription.translation,
                OpenAITranscription(workshop, .translate).handle),
            Route("GET", "/v1/models", .openAI, RouteDescription(summary: "list the models"), lists.models),
            Route(
                "GET", "/v1/audio/models", .openAI, RouteDescription(summary: "list the models of sound"),
                lists.audioModels),
            Route("GET", "/v1/audio/voices", .openAI, RouteDescription(summary: "list the voices"), lists.voices),
        ]
    }
}
