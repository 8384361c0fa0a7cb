/// What subtitle managers ask of the web service for Whisper.
struct WebserviceRoutes {
    let workshop: Workshop

    init(_ workshop: Workshop) { self.workshop = workshop }

    var routes: [Route] {
        [
            Route("POST", "/asr", .plain, FilmHearing.operation, FilmHearing(workshop).handle),
            Route(
                "POST", "/detect-language", .plain, LanguageDetection.operation, LanguageDetection(workshop).handle),
            Route(
                "GET", "/status", .plain, RouteDescription(summary: "tell the version"),
                { [version = workshop.settings.version] _, answer throws(Fault) in
                    answer.send(json: ["version": version])
                }),
        ]
    }
}
