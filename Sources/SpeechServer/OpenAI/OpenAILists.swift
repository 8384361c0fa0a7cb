internal import Speech

/// What there is: models and voices.
struct OpenAILists: Sendable {
    private let workshop: Workshop
    private let started = Moment.now

    init(_ workshop: Workshop) { self.workshop = workshop }

    /// The engines' own models, and the names by which clients ask for some at least.
    private var names: [String] {
        let models = workshop.engines.models
        let voice = workshop.engines.conversation.map { _ in models.voice }
        return [models.speech, models.hearing] + [voice].compactMap { $0 } + ["tts-1", "whisper-1"]
    }

    @Sendable func models(_ request: Request, _ answer: Answer) {
        answer.send(json: List(data: names.map { Model(id: $0, created: started) }))
    }

    @Sendable func audioModels(_ request: Request, _ answer: Answer) {
        answer.send(json: ["models": names.map { ["id": $0] }])
    }

    @Sendable func voices(_ request: Request, _ answer: Answer) async throws(Fault) {
        let voices = try await withFaults { () async throws(RemoteError) in
            try await workshop.engines.voices?.voices(nil, named: nil) ?? []
        }
        answer.send(json: ["voices": voices.map { ["id": $0.id, "name": $0.name] }])
    }

    private struct List: Encodable {
        var object = "list"
        let data: [Model]
    }

    private struct Model: Encodable {
        let id: String
        var object = "model"
        let created: Int
        var owner = "oriole"

        enum CodingKeys: String, CodingKey {
            case id, object, created
            case owner = "owned_by"
        }
    }
}
