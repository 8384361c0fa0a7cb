/// A frame of streamed speech, by the full decoder: in any of the shapes that servers send.
struct SpeechFrame: Decodable {
    /// The sound as text, base64 or hexadecimal.
    let content: String?
    let rate: Int?
    /// Why the speech ends, when it does.
    let finishReason: String?
    let error: ServiceFailure.Stated?

    private enum CodingKeys: String, CodingKey {
        case choices, error, type, audio, delta, message
        case rate = "sample_rate"
    }

    /// The GLM service's own shape: one choice, whose number counts the frames.
    private struct Choice: Decodable {
        var delta: Delta?
        var finishReason: String?

        struct Delta: Decodable {
            var content: String?
            var rate: Int?

            private enum CodingKeys: String, CodingKey {
                case content
                case rate = "return_sample_rate"
            }
        }

        private enum CodingKeys: String, CodingKey {
            case delta
            case finishReason = "finish_reason"
        }
    }

    init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        if let type = try? members.decode(String.self, forKey: .type), type.hasPrefix("speech.audio.") {
            try self.init(event: type, members)
            return
        }
        let stated = try? members.decodeIfPresent(ServiceFailure.Stated.self, forKey: .error)
        let choices = try members.decodeIfPresent([Choice].self, forKey: .choices)
        guard stated != nil || choices != nil else {
            let context = DecodingError.Context(codingPath: [], debugDescription: "neither choices nor an error")
            throw DecodingError.keyNotFound(CodingKeys.choices, context)
        }
        // A list without a choice comes with other news, such as what was used.
        let choice = choices?.first
        self.init(
            content: choice?.delta?.content, rate: choice?.delta?.rate, finishReason: choice?.finishReason,
            error: stated)
    }

    /// OpenAI's events: `speech.audio.delta`, `.done` and, with vLLM-Omni, `.error`.
    private init(event type: String, _ members: KeyedDecodingContainer<CodingKeys>) throws {
        let audio = try members.decodeIfPresent(String.self, forKey: .audio)
        let delta = try? members.decodeIfPresent(String.self, forKey: .delta)
        let stated = try? members.decodeIfPresent(ServiceFailure.Stated.self, forKey: .error)
        let message = try? members.decodeIfPresent(String.self, forKey: .message)
        let isError = type == "speech.audio.error"
        self.init(
            content: audio ?? delta, rate: try? members.decodeIfPresent(Int.self, forKey: .rate),
            finishReason: type == "speech.audio.done" ? "stop" : nil,
            error: isError ? stated ?? ServiceFailure.Stated(message: message ?? "the server failed") : nil)
    }

    private init(content: String?, rate: Int?, finishReason: String?, error: ServiceFailure.Stated?) {
        self.content = content
        self.rate = rate
        self.finishReason = finishReason
        self.error = error
    }
}
