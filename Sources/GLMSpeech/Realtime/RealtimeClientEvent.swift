internal import AudioCore
internal import HTTPTransport

/// What a client says to GLM-Realtime.
public enum RealtimeClientEvent: Hashable, Sendable {
    /// `session.update`: how the conversation is to be, whole.
    case updateSession(RealtimeSettings)
    /// `transcription_session.update`: how a session is to be that only listens.
    case updateTranscription(RealtimeSettings)
    /// `input_audio_buffer.append`: sound, in the format that was agreed on.
    case append([UInt8])
    /// `input_audio_buffer.append_video_frame`: a picture (JPEG).
    case appendPicture([UInt8])
    /// `input_audio_buffer.pre_commit`: the turn is about to end; known from the service's own samples only.
    case prepareCommit
    /// `input_audio_buffer.commit`: the sound so far is a turn.
    case commit
    /// `input_audio_buffer.clear`: the sound so far is none.
    case clear
    /// `conversation.item.create`: something in writing, or what came of a tool.
    case create(RealtimeItem)
    /// `conversation.item.delete`
    case delete(itemID: String)
    /// `conversation.item.retrieve`
    case retrieve(itemID: String)
    /// `conversation.item.truncate`: what was heard of an answer ends here; known from the service's own clients only.
    case truncate(itemID: String, contentIndex: Int, endMilliseconds: Int)
    /// `response.create`: an answer is wanted.
    case respond
    /// `response.cancel`: no more of the answer.
    case cancel

    /// The name of the event on the wire.
    public var type: String {
        switch self {
        case .updateSession: "session.update"
        case .updateTranscription: "transcription_session.update"
        case .append: "input_audio_buffer.append"
        case .appendPicture: "input_audio_buffer.append_video_frame"
        case .prepareCommit: "input_audio_buffer.pre_commit"
        case .commit: "input_audio_buffer.commit"
        case .clear: "input_audio_buffer.clear"
        case .create: "conversation.item.create"
        case .delete: "conversation.item.delete"
        case .retrieve: "conversation.item.retrieve"
        case .truncate: "conversation.item.truncate"
        case .respond: "response.create"
        case .cancel: "response.cancel"
        }
    }

    /// Whether the service is to say something to it.
    var wantsAnswer: Bool {
        switch self {
        case .append, .appendPicture, .prepareCommit: false
        default: true
        }
    }

    /// The event as it goes over the wire.
    package func json(id: String, milliseconds: Int64) -> [UInt8] {
        var members = members
        members["type"] = .text(type)
        members["event_id"] = .text(id)
        members["client_timestamp"] = .number(Double(milliseconds))
        return JSON.bytes(JSONValue.object(members))
    }

    private var members: [String: JSONValue] {
        switch self {
        case .updateSession(let settings): ["session": settings.json]
        case .updateTranscription(let settings): ["session": settings.transcriptionJSON]
        case .append(let bytes): ["audio": .base64(bytes)]
        case .appendPicture(let bytes): ["video_frame": .base64(bytes)]
        case .create(let item): ["item": item.json]
        case .delete(let id), .retrieve(let id): ["item_id": .text(id)]
        case .truncate(let id, let index, let end):
            ["item_id": .text(id), "content_index": .number(Double(index)), "audio_end_ms": .number(Double(end))]
        case .prepareCommit, .commit, .clear, .respond, .cancel: [:]
        }
    }
}

/// Something in a conversation that is not sound.
public enum RealtimeItem: Hashable, Sendable {
    /// What the user says in writing.
    case user(String)
    /// How the model is to behave from here on.
    case instructions(String)
    /// What came of a tool; the service tells no name of the call, but one that it told is given back.
    case output(String, callID: String? = nil)

    fileprivate var json: JSONValue {
        switch self {
        case .user(let text): Self.message("user", text)
        case .instructions(let text): Self.message("system", text)
        case .output(let text, let id):
            .object(
                ["type": .text("function_call_output"), "object": .text("realtime.item"), "output": .text(text)]
                    .merging(id.map { ["call_id": .text($0)] } ?? [:]) { _, new in new })
        }
    }

    private static func message(_ role: String, _ text: String) -> JSONValue {
        .object([
            "type": .text("message"), "object": .text("realtime.item"), "role": .text(role),
            "content": .list([.object(["type": .text("input_text"), "text": .text(text)])]),
        ])
    }
}

extension RealtimeSettings {
    /// What a session that only listens knows of.
    fileprivate var transcriptionJSON: JSONValue {
        let known = ["input_audio_format", "input_audio_noise_reduction", "modalities", "turn_detection"]
        guard case .object(let members) = json else { return .null }
        return .object(members.filter { known.contains($0.key) })
    }
}

extension JSONValue {
    fileprivate static func base64(_ bytes: [UInt8]) -> JSONValue {
        .text(String(decoding: Base64Encoder.text(of: bytes.span), as: UTF8.self))
    }
}
