internal import Speech

/// The list of voices, as the service gives it.
struct GLMVoices: Sendable {
    private let workshop: Workshop

    init(_ workshop: Workshop) { self.workshop = workshop }

    static let operation = RouteDescription(
        summary: "list the voices",
        parameters: [
            .init("voiceName", in: .query, "letters of the name"),
            .init("voiceType", in: .query, values: ["OFFICIAL", "PRIVATE"], "whose voices"),
        ])

    func handle(_ request: Request, _ answer: Answer) async throws(Fault) {
        let kind = try request.head.parameter("voiceType").flatMap { $0.isEmpty ? nil : $0 }.map { name throws(Fault) in
            guard let kind = Voice.Kind(rawValue: name) else {
                throw Fault.wrong("voiceType", "is OFFICIAL or PRIVATE")
            }
            return kind
        }
        let name = request.head.parameter("voiceName")
        let voices = try await withFaults { () async throws(RemoteError) in
            try await workshop.engines.voices?.voices(kind, named: name) ?? []
        }
        answer.send(json: ["voice_list": voices.map(Row.init)])
    }

    private struct Row: Encodable {
        let voice: String
        let name: String
        let type: String
        let created: String?
        let sample: String?

        init(_ voice: Voice) {
            self.voice = voice.id
            name = voice.name
            type = (voice.kind ?? .official).rawValue
            created = voice.created
            sample = voice.sampleURL
        }

        enum CodingKeys: String, CodingKey {
            case voice
            case name = "voice_name"
            case type = "voice_type"
            case created = "create_time"
            case sample = "download_url"
        }
    }
}
