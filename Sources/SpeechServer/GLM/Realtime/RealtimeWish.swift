internal import AudioCore
internal import HTTPTransport

/// What a client of a call says.
enum RealtimeWish: Sendable {
    case update(RealtimeTerms)
    case updateTranscription(RealtimeTerms)
    case append([UInt8])
    case commit
    case clear
    /// Something in writing: what the user says, or what came of a tool.
    case create(role: String, text: String)
    case delete(itemID: String)
    case retrieve(itemID: String)
    case truncate(itemID: String)
    case respond
    case cancel
    /// What the service knows, and this server has no use for.
    case ignored

    /// Reads what came over the wire.
    ///
    /// - Throws: what is wrong with it; the call goes on.
    init(_ message: WebSocketMessage) throws(Fault) {
        guard message.isText, let value: JSONValue = try? JSON.decode(message.bytes), let type = value["type"]?.string
        else { throw Fault(.invalid, "that is no event: an object of JSON with a type", code: "invalid_event") }
        let item = value["item_id"]?.string ?? ""
        switch type {
        case "session.update": self = .update(try RealtimeTerms(value["session"] ?? .null))
        case "transcription_session.update": self = .updateTranscription(try RealtimeTerms(value["session"] ?? .null))
        case "input_audio_buffer.append":
            guard let bytes = try? Base64Decoder.bytes(of: value["audio"]?.string ?? "-") else {
                throw .wrong("audio", "is no base64")
            }
            self = .append(bytes)
        case "input_audio_buffer.commit": self = .commit
        case "input_audio_buffer.clear": self = .clear
        case "conversation.item.create": self = try Self.creation(of: value["item"] ?? .null)
        case "conversation.item.delete": self = .delete(itemID: item)
        case "conversation.item.retrieve": self = .retrieve(itemID: item)
        case "conversation.item.truncate": self = .truncate(itemID: item)
        case "response.create": self = .respond
        case "response.cancel": self = .cancel
        case "input_audio_buffer.pre_commit", "input_audio_buffer.append_video_frame": self = .ignored
        default: throw Fault(.invalid, "there is no event ‘\(type.prefix(100))’", code: "invalid_event")
        }
    }

    private static func creation(of item: JSONValue) throws(Fault) -> RealtimeWish {
        if item["type"]?.string == "function_call_output" {
            return .create(role: "tool", text: item["output"]?.string ?? "")
        }
        guard case .list(let parts)? = item["content"] else { throw .wrong("item", "has no content") }
        let text = parts.compactMap { $0["text"]?.string }.joined(separator: "\n")
        guard text.contains(where: { !$0.isWhitespace }) else { throw .wrong("item", "says nothing") }
        return .create(role: item["role"]?.string ?? "user", text: text)
    }
}
