internal import AudioCore
internal import HTTPTransport
internal import Speech

/// Speech in any form that clients know, sent while it is spoken.
struct OpenAISpeech: Sendable {
    private let workshop: Workshop

    init(_ workshop: Workshop) { self.workshop = workshop }

    static let operation = RouteDescription(
        summary: "speak a text",
        parameters: [
            .init("model", in: .json, "any name: there is one engine"),
            .init("input", in: .json, isRequired: true, "the text, 4096 characters at most"),
            .init("voice", in: .json, "the voice's id, or a name such as alloy"),
            .init(
                "response_format", in: .json, values: SpeechForm.allCases.map(\.rawValue),
                "mp3 unless told otherwise; pcm is 16 bits at 24 kHz"),
            .init(
                "speed", in: .json, as: .number, "from 0.25 to 4; what the engine cannot do is told in a Warning field"),
            .init(
                "stream_format", in: .json, values: ["audio", "sse"], "the sound itself, or events with pieces of it"),
            .init("instructions", in: .json, "accepted; engines heed none"),
        ],
        answers: SpeechForm.allCases.map(\.contentType) + ["text/event-stream"], longestBody: 1 << 20, lane: .speaking)

    private struct Question: Decodable {
        let input: String?
        let voice: VoiceName?
        let responseFormat: String?
        let speed: Double?
        let streamFormat: String?

        enum CodingKeys: String, CodingKey {
            case input, voice, speed
            case responseFormat = "response_format"
            case streamFormat = "stream_format"
        }

        /// A name, or an object with an id.
        struct VoiceName: Decodable {
            let id: String

            init(from decoder: any Decoder) throws {
                if let name = try? decoder.singleValueContainer().decode(String.self) {
                    id = name
                } else {
                    id = try decoder.container(keyedBy: CodingKeys.self).decode(String.self, forKey: .id)
                }
            }

            enum CodingKeys: String, CodingKey { case id }
        }

        func form() throws(Fault) -> SpeechForm {
            guard let form = SpeechForm(rawValue: responseFormat ?? "mp3") else {
                throw .wrong(
                    "response_format", "is one of \(SpeechForm.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return form
        }

        func wish(_ engines: ServerEngines) throws(Fault) -> SpeechRequest {
            guard let input, input.contains(where: { !$0.isWhitespace }) else { throw .missing("input") }
            guard input.unicodeScalars.count <= 4_096 else { throw .wrong("input", "has more than 4096 characters") }
            guard (0.25...4).contains(speed ?? 1) else { throw .wrong("speed", "is not within 0.25 and 4") }
            guard ["audio", "sse"].contains(streamFormat ?? "audio") else {
                throw .wrong("stream_format", "is audio or sse")
            }
            return SpeechRequest(input, voice: engines.meant(by: voice?.id), speed: min(max(speed ?? 1, 0.5), 2))
        }

        /// What is not as it was asked for.
        var note: [RequestHead.Field] {
            guard let speed, !(0.5...2).contains(speed) else { return [] }
            return [.init("Warning", "199 oriole \"the engine speaks at 0.5 to 2 times its speed, not at \(speed)\"")]
        }
    }

    func handle(_ request: Request, _ answer: Answer) async throws(Fault) {
        let question: Question = try request.decoded()
        let (form, wish) = (try question.form(), try question.wish(workshop.engines))
        let turn = try await workshop.speakingLane.enter()
        defer { turn.leave() }
        var speech = SpokenText(wish, by: workshop.engines.speech, rate: SpeechForm.rate)
        let first = try await speech.first()
        defer { workshop.metrics.addSpoken(.seconds(Double(speech.frameCount) / Double(SpeechForm.rate))) }
        var encoder = try form.encoder(for: speech.format ?? PCMFormat(rate: SpeechForm.rate, channels: 1))
        guard question.streamFormat == "sse" else {
            return try await send(first, &speech, &encoder) { bytes async throws(Fault) in
                // AAC has nothing to send before its end, when it may still fail.
                guard !bytes.isEmpty else { return }
                answer.begin(200, form.contentType, question.note)
                try await answer.write(bytes)
            }
        }
        answer.beginEvents(question.note)
        try await answer.tellingFaults(in: .openAI) { () async throws(Fault) in
            try await send(first, &speech, &encoder) { bytes async throws(Fault) in
                guard !bytes.isEmpty else { return }
                let audio = String(decoding: Base64Encoder.text(of: bytes.span), as: UTF8.self)
                try await answer.write(event: Delta(audio: audio), named: "speech.audio.delta")
            }
            try await answer.write(event: Done(characters: wish.text.unicodeScalars.count), named: "speech.audio.done")
            try await answer.writeDone()
        }
    }

    private func send(
        _ first: [Float], _ speech: inout SpokenText, _ encoder: inout SpeechEncoder,
        _ put: ([UInt8]) async throws(Fault) -> Void
    ) async throws(Fault) {
        var piece: [Float]? = first
        while let samples = piece {
            try await put(try encoder.encode(samples))
            piece = try await speech.next()
        }
        try await put(try await encoder.finish())
    }

    private struct Delta: Encodable {
        var type = "speech.audio.delta"
        let audio: String
    }

    /// Nobody here counts in tokens; characters are what is paid for.
    private struct Done: Encodable {
        var type = "speech.audio.done"
        let usage: Usage

        struct Usage: Encodable {
            let input: Int
            var output = 0
            let total: Int

            enum CodingKeys: String, CodingKey {
                case input = "input_tokens"
                case output = "output_tokens"
                case total = "total_tokens"
            }
        }

        init(characters: Int) { usage = Usage(input: characters, total: characters) }
    }
}
