internal import AudioCore
internal import HTTPTransport
package import Speech

extension RealtimeServerEvent {
    /// The longest event: the service's pieces of sound have some thousand bytes.
    static let mostBytes = 4 << 20

    /// Reads an event; one of an unknown type, or of another shape than its type has, is passed through.
    ///
    /// - Throws: `malformedAnswer` for what is no object of JSON with a type.
    package init(reading bytes: [UInt8]) throws(RemoteError) {
        guard bytes.count <= Self.mostBytes, let value: JSONValue = try? JSON.decode(bytes),
            let type = value["type"]?.string
        else {
            throw RemoteError(.malformedAnswer, "the service said something that is no event")
        }
        // One example of the service spells its number otherwise.
        id = value["event_id"]?.string ?? value["eventId"]?.string ?? ""
        timestamp = value["client_timestamp"]?.double.flatMap { Int64(exactly: $0.rounded()) }
        kind = Self.kind(of: type, value) ?? .other(type: type, value)
    }

    /// What happens on our side.
    init(_ kind: Kind) { (id, timestamp, self.kind) = ("", nil, kind) }

    private static func kind(of type: String, _ value: JSONValue) -> Kind? {
        let reader = Reader(value: value)
        if type.hasPrefix("response.") { return answer(of: type, reader) }
        return switch type {
        case "error": .error(RealtimeFault(value["error"]))
        case "session.created": .sessionCreated(value["session"] ?? .null)
        case "session.updated", "session.update": .sessionUpdated(value["session"] ?? .null)
        case "transcription_session.updated", "transcription.session.updated":
            .transcriptionUpdated(value["session"] ?? .null)
        case "conversation.created": .conversationCreated(id: value["conversation"]?["id"]?.string ?? "")
        case "conversation.item.created": .itemCreated(reader.item)
        case "conversation.item.retrieved": .itemRetrieved(reader.item)
        case "conversation.item.deleted": .itemDeleted(id: reader.itemID)
        case "conversation.item.truncated": .itemTruncated(id: reader.itemID)
        case "conversation.item.input_audio_transcription.completed":
            .heard(reader.text("transcript"), itemID: reader.itemID)
        case "conversation.item.input_audio_transcription.failed":
            .notHeard(RealtimeFault(value["error"]), itemID: reader.itemID)
        case "input_audio_buffer.committed": .committed(itemID: reader.itemID)
        case "input_audio_buffer.cleared": .cleared
        case "input_audio_buffer.speech_started":
            .speechStarted(milliseconds: reader.number("audio_start_ms"), itemID: reader.itemID)
        case "input_audio_buffer.speech_stopped":
            .speechStopped(milliseconds: reader.number("audio_end_ms"), itemID: reader.itemID)
        // The diagrams of the service have a letter too many.
        case "rate_limits.updated", "rate_limites.updated": .rateLimits(reader.rateLimits)
        case "heartbeat": .heartbeat
        default: nil
        }
    }

    private static func answer(of type: String, _ reader: Reader) -> Kind? {
        let place = reader.place
        return switch type {
        case "response.created": .responseCreated(reader.response)
        case "response.done": .responseDone(reader.response)
        case "response.cancelled": .responseCancelled(reader.response)
        case "response.output_item.added": .outputAdded(reader.item, in: place)
        case "response.output_item.done": .outputDone(reader.item, in: place)
        case "response.content_part.added": .partAdded(type: reader.partType, in: place)
        case "response.content_part.done": .partDone(type: reader.partType, in: place)
        case "response.text.delta": .text(reader.text("delta"), in: place)
        case "response.text.done": .textDone(reader.text("text"), in: place)
        case "response.audio_transcript.delta": .transcript(reader.text("delta"), in: place)
        case "response.audio_transcript.done": .transcriptDone(reader.text("transcript"), in: place)
        case "response.audio.delta": reader.sound.map { .audio($0, in: place) }
        case "response.audio.done": .audioDone(in: place)
        case "response.function_call_arguments.delta": .argumentsDelta(reader.text("delta"), in: place)
        case "response.function_call_arguments.done": .call(reader.call, in: place)
        case "response.function_call.simple_browser": .searching(name: reader.text("name"))
        case "response.function_call.simple_browser.result": .searched(reader.value)
        default: nil
        }
    }
}

/// The members of an event, whatever of them is there.
private struct Reader {
    let value: JSONValue

    func text(_ name: String) -> String { value[name]?.string ?? "" }

    func number(_ name: String) -> Int { value[name]?.double.flatMap { Int(exactly: $0.rounded()) } ?? 0 }

    var itemID: String { text("item_id") }

    var partType: String { value["part"]?["type"]?.string ?? "" }

    var place: RealtimeServerEvent.Place {
        RealtimeServerEvent.Place(
            responseID: text("response_id"), itemID: itemID, outputIndex: number("output_index"),
            contentIndex: number("content_index"))
    }

    /// The samples; nil for what is no base64.
    var sound: [UInt8]? { try? Base64Decoder.bytes(of: text("delta")) }

    /// Its contents may be an empty object, and its state may be any word.
    var item: RealtimeServerEvent.Item {
        let item = Reader(value: value["item"] ?? .null)
        var read = RealtimeServerEvent.Item(
            id: item.text("id"), type: item.text("type"), role: item.value["role"]?.string,
            status: item.value["status"]?.string)
        guard case .list(let parts)? = item.value["content"] else { return read }
        read.texts = parts.compactMap { $0["text"]?.string ?? $0["transcript"]?.string }
        return read
    }

    var response: RealtimeServerEvent.Response {
        let response = Reader(value: value["response"] ?? .null)
        var read = RealtimeServerEvent.Response(
            id: response.text("id"), status: response.value["status"]?.string)
        guard case .object? = response.value["usage"] else { return read }
        let usage = Reader(value: response.value["usage"] ?? .null)
        read.usage = RealtimeServerEvent.Usage(
            total: usage.number("total_tokens"), input: usage.number("input_tokens"),
            output: usage.number("output_tokens"))
        return read
    }

    var call: RealtimeServerEvent.Call {
        RealtimeServerEvent.Call(
            name: text("name"), arguments: text("arguments"),
            id: value["call_id"]?.string.flatMap { $0.isEmpty ? nil : $0 })
    }

    var rateLimits: [RealtimeServerEvent.RateLimit] {
        guard case .list(let limits)? = value["rate_limits"] else { return [] }
        return limits.map { limit in
            RealtimeServerEvent.RateLimit(
                name: limit["name"]?.string ?? "", limit: limit["limit"]?.double ?? 0,
                remaining: limit["remaining"]?.double ?? 0, resetSeconds: limit["reset_seconds"]?.double ?? 0)
        }
    }
}

extension RealtimeFault {
    fileprivate init(_ value: JSONValue?) {
        let code = value?["code"]
        self.init(
            code: code?.string ?? code?.double.map { Int(exactly: $0).map(String.init) ?? "\($0)" } ?? "",
            type: value?["type"]?.string ?? "",
            message: value?["message"]?.string ?? "")
    }
}
