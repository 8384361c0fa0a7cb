internal import AudioCore
internal import Speech

/// Speech as GLM-TTS answers it: whole, or as events.
struct GLMSpeech: Sendable {
    private let workshop: Workshop

    init(_ workshop: Workshop) { self.workshop = workshop }

    static let operation = RouteDescription(
        summary: "speak a text, as GLM-TTS does",
        parameters: [
            .init("model", in: .json, isRequired: true, "glm-tts"),
            .init("input", in: .json, isRequired: true, "the text, 1024 characters at most"),
            .init("voice", in: .json, "the voice's id; tongtong unless told otherwise"),
            .init("stream", in: .json, as: .boolean, "events with pieces of sound, instead of the whole"),
            .init("response_format", in: .json, values: ["wav", "pcm"], "pcm unless told otherwise; events are pcm"),
            .init("encode_format", in: .json, values: ["base64", "hex"], "how events write the sound"),
            .init("speed", in: .json, as: .number, "from 0.5 to 2"),
            .init("volume", in: .json, as: .number, "above 0, up to 10"),
            .init("request_id", in: .json, "a number of one's own"),
            .init("user_id", in: .json, "who is spoken to"),
        ],
        answers: ["audio/wav", "audio/pcm", "text/event-stream"], longestBody: 1 << 20, lane: .speaking)

    /// What is asked; clients write null for what they do not say.
    private struct Question: Decodable {
        let model: String?
        let input: String?
        let voice: String?
        let stream: Bool?
        let responseFormat: String?
        let encodeFormat: String?
        let speed: Double?
        let volume: Double?
        let requestID: String?
        let userID: String?

        enum CodingKeys: String, CodingKey {
            case model, input, voice, stream, speed, volume
            case responseFormat = "response_format"
            case encodeFormat = "encode_format"
            case requestID = "request_id"
            case userID = "user_id"
        }

        /// The speech that is asked for, within the service's limits.
        func wish(_ engines: ServerEngines) throws(Fault) -> SpeechRequest {
            guard let model else { throw .missing("model") }
            guard ["glm-tts", "cogtts", engines.models.speech].contains(model) else { throw .unknown(model: model) }
            guard let input, input.contains(where: { !$0.isWhitespace }) else { throw .missing("input") }
            guard input.unicodeScalars.count <= 1_024 else { throw .wrong("input", "has more than 1024 characters") }
            guard (0.5...2).contains(speed ?? 1) else { throw .wrong("speed", "is not within 0.5 and 2") }
            guard let volume = Optional(volume ?? 1), volume > 0, volume <= 10 else {
                throw .wrong("volume", "is not above 0 and up to 10")
            }
            guard ["pcm", "wav"].contains(responseFormat ?? "pcm") else {
                throw .wrong("response_format", "is pcm or wav")
            }
            guard ["base64", "hex"].contains(encodeFormat ?? "base64") else {
                throw .wrong("encode_format", "is base64 or hex")
            }
            return SpeechRequest(
                input, voice: engines.meant(by: voice), speed: speed ?? 1, volume: volume, requestID: requestID,
                userID: userID)
        }
    }

    func handle(_ request: Request, _ answer: Answer) async throws(Fault) {
        let question: Question = try request.decoded()
        let wish = try question.wish(workshop.engines)
        let turn = try await workshop.speakingLane.enter()
        defer { turn.leave() }
        var speech = SpokenText(wish, by: workshop.engines.speech, rate: SpeechForm.rate)
        let first = try await speech.first()
        defer { workshop.metrics.addSpoken(.seconds(Double(speech.frameCount) / Double(SpeechForm.rate))) }
        if question.stream ?? false {
            let frames = SpeechFrames(
                id: request.head.id, model: question.model ?? "", isHex: question.encodeFormat == "hex")
            answer.beginEvents()
            try await answer.tellingFaults(in: .glm) { () async throws(Fault) in
                try await send(first, &speech, frames, answer)
            }
        } else {
            try await sendWhole(first, &speech, question.responseFormat == "wav" ? .wav : .pcm, answer)
        }
    }

    private func send(
        _ first: [Float], _ speech: inout SpokenText, _ frames: SpeechFrames, _ answer: Answer
    ) async throws(Fault) {
        var index = 0
        var piece: [Float]? = first
        while let samples = piece {
            try await answer.write(event: frames.frame(index, samples))
            index += 1
            piece = try await speech.next()
        }
        try await answer.write(event: frames.last(index))
    }

    private func sendWhole(
        _ first: [Float], _ speech: inout SpokenText, _ form: SpeechForm, _ answer: Answer
    ) async throws(Fault) {
        var samples = first
        while let more = try await speech.next() { samples += more }
        let format = speech.format ?? PCMFormat(rate: SpeechForm.rate, channels: 1)
        var bytes: [UInt8] = []
        if form == .wav {
            bytes = WAVWriter.file(of: samples.span, format: format, encoding: .signed16)
        } else {
            PCMEncoder(.signed16).encode(samples.span, appendingTo: &bytes)
        }
        answer.send(200, form.contentType, bytes)
    }
}

/// The events of a speech: pieces with their number, then an event without sound.
private struct SpeechFrames: Sendable {
    let id: String
    let model: String
    let isHex: Bool
    private let created = Moment.now

    init(id: String, model: String, isHex: Bool) {
        self.id = id
        self.model = model
        self.isHex = isHex
    }

    /// A piece; put together by hand, since the sound needs no escaping.
    func frame(_ index: Int, _ samples: [Float]) -> [UInt8] {
        var bytes: [UInt8] = []
        PCMEncoder(.signed16).encode(samples.span, appendingTo: &bytes)
        let content = isHex ? Self.hex(bytes) : Base64Encoder.text(of: bytes.span)
        let head =
            #"{"id":"\#(id)","created":\#(created),"model":"\#(model)","choices":[{"index":\#(index),"#
            + #""delta":{"role":"assistant","content":""#
        let tail = #"","return_sample_rate":\#(SpeechForm.rate),"return_format":"pcm"}}]}"#
        return Array(head.utf8) + content + Array(tail.utf8)
    }

    private static func hex(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        HexEncoder().encode(bytes.span, appendingTo: &text)
        return text
    }

    func last(_ index: Int) -> [UInt8] {
        let text =
            #"{"choices":[{"finish_reason":"stop","index":\#(index)}],"created":\#(Moment.now),"#
            + #""id":"\#(id)","model":"\#(model)"}"#
        return Array(text.utf8)
    }
}
