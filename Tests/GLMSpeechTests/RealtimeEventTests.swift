import Foundation
import HTTPTransport
import Speech
import TestSupport
import Testing

@testable import GLMSpeech

/// What is said over GLM-Realtime, both ways, as the service's own pages have it.
@Suite(.tags(.parser)) struct RealtimeEventTests {
    private static func read(_ text: String) throws -> RealtimeServerEvent.Kind {
        try RealtimeServerEvent(reading: Array(text.utf8)).kind
    }

    private static func json(_ event: RealtimeClientEvent) throws -> JSONValue {
        try JSONDecoder().decode(JSONValue.self, from: Data(event.json(id: "e1", milliseconds: 1_751_955_406_660)))
    }

    // MARK: - What the client says

    @Test(
        arguments: [
            (.append([1, 2, 3]), #"{"type":"input_audio_buffer.append","audio":"AQID"}"#),
            (.appendPicture([0xFF]), #"{"type":"input_audio_buffer.append_video_frame","video_frame":"/w=="}"#),
            (.prepareCommit, #"{"type":"input_audio_buffer.pre_commit"}"#),
            (.commit, #"{"type":"input_audio_buffer.commit"}"#), (.clear, #"{"type":"input_audio_buffer.clear"}"#),
            (
                .create(.user("你好")),
                #"{"type":"conversation.item.create","item":{"type":"message","object":"realtime.item","role":"user","content":[{"type":"input_text","text":"你好"}]}}"#
            ),
            (
                .create(.instructions("be short")),
                #"{"type":"conversation.item.create","item":{"type":"message","object":"realtime.item","role":"system","content":[{"type":"input_text","text":"be short"}]}}"#
            ),
            (
                .create(.output("24")),
                #"{"type":"conversation.item.create","item":{"type":"function_call_output","object":"realtime.item","output":"24"}}"#
            ),
            (
                .create(.output("24", callID: "c1")),
                #"{"type":"conversation.item.create","item":{"type":"function_call_output","object":"realtime.item","output":"24","call_id":"c1"}}"#
            ),
            (.delete(itemID: "i"), #"{"type":"conversation.item.delete","item_id":"i"}"#),
            (.retrieve(itemID: "i"), #"{"type":"conversation.item.retrieve","item_id":"i"}"#),
            (
                .truncate(itemID: "i", contentIndex: 0, endMilliseconds: 1_500),
                #"{"type":"conversation.item.truncate","item_id":"i","content_index":0,"audio_end_ms":1500}"#
            ),
            (.respond, #"{"type":"response.create"}"#), (.cancel, #"{"type":"response.cancel"}"#),
        ] as [(RealtimeClientEvent, String)])
    func `events are written as the service reads them`(event: RealtimeClientEvent, text: String) throws {
        guard case .object(var members) = try JSONValue(parsing: text) else { return }
        members["event_id"] = .text("e1")
        members["client_timestamp"] = .number(1_751_955_406_660)
        #expect(try Self.json(event) == .object(members))
    }

    @Test func `a session is sent whole`() throws {
        let plain = try #require(try Self.json(.updateSession(RealtimeSettings()))["session"])
        #expect(
            plain
                == (try JSONValue(
                    parsing: """
                        {"model":"glm-realtime","modalities":["text","audio"],"voice":"tongtong","input_audio_format":"pcm16",
                        "output_audio_format":"pcm","turn_detection":null,"max_response_output_tokens":"inf","tools":[],
                        "beta_fields":{"chat_mode":"audio","tts_source":"e2e","auto_search":false}}
                        """)))
        var settings = RealtimeSettings()
        settings.model = "glm-realtime-flash"
        settings.instructions = "be short"
        settings.inputFormat = .wave
        settings.noiseReduction = .far
        settings.turnDetection = .server()
        settings.temperature = 0.5
        settings.maximumTokenCount = 100
        settings.mode = .video
        settings.searches = true
        settings.greeting = String(repeating: "好", count: 2_000)
        settings.tools = [RealtimeTool("look", purpose: "looks")]
        let full = try #require(try Self.json(.updateSession(settings))["session"])
        #expect(full["turn_detection"]?["type"]?.string == "server_vad")
        #expect(full["turn_detection"]?["silence_duration_ms"] == .number(500))
        #expect(full["max_response_output_tokens"] == .text("100") && full["input_audio_format"] == .text("wav"))
        #expect(full["input_audio_noise_reduction"] == .object(["type": .text("far_field")]))
        #expect(full["beta_fields"]?["chat_mode"] == .text("video_passive"))
        #expect(full["beta_fields"]?["greeting_config"]?["content"]?.string?.count == 1_024)
        guard case .list(let tools)? = full["tools"] else { return }
        #expect(tools.first?["name"] == .text("look") && tools.first?["parameters"]?["type"] == .text("object"))
        let listening = try #require(try Self.json(.updateTranscription(settings))["session"])
        #expect(listening["model"] == nil && listening["turn_detection"]?["type"]?.string == "server_vad")
    }

    // MARK: - What the service says

    private static let place = RealtimeServerEvent.Place(
        responseID: "r", itemID: "i", outputIndex: 1, contentIndex: 2)
    private static let placed = #""response_id":"r","item_id":"i","output_index":1,"content_index":2"#

    @Test(
        arguments: [
            (
                #"{"type":"error","event_id":"e","error":{"type":"invalid_request_error","code":"invalid_event","message":"no"}}"#,
                .error(RealtimeFault(code: "invalid_event", type: "invalid_request_error", message: "no"))
            ),
            (
                #"{"type":"session.created","session":{"id":"s","voice":"default"}}"#,
                .sessionCreated(.object(["id": .text("s"), "voice": .text("default")]))
            ),
            (#"{"type":"session.updated","session":{}}"#, .sessionUpdated(.object([:]))),
            (#"{"type":"conversation.created","conversation":{"id":"c"}}"#, .conversationCreated(id: "c")),
            (
                #"{"type":"conversation.item.created","item":{"id":"i","type":"message","role":"user","status":"completed","content":[{"type":"input_audio"}]}}"#,
                .itemCreated(.init(id: "i", type: "message", role: "user", status: "completed"))
            ),
            (
                #"{"type":"conversation.item.retrieved","item":{"id":"i","content":[{"type":"input_text","text":"天气"}]}}"#,
                .itemRetrieved(.init(id: "i", texts: ["天气"]))
            ),
            (#"{"type":"conversation.item.deleted","item_id":"i"}"#, .itemDeleted(id: "i")),
            (#"{"type":"conversation.item.truncated","item_id":"i"}"#, .itemTruncated(id: "i")),
            (
                #"{"type":"conversation.item.input_audio_transcription.completed","item_id":"i","content_index":0,"transcript":"你好"}"#,
                .heard("你好", itemID: "i")
            ),
            (#"{"type":"input_audio_buffer.committed","item_id":"i"}"#, .committed(itemID: "i")),
            (
                #"{"type":"input_audio_buffer.speech_started","audio_start_ms":600,"item_id":"i"}"#,
                .speechStarted(milliseconds: 600, itemID: "i")
            ),
            (
                #"{"type":"input_audio_buffer.speech_stopped","audio_end_ms":3000,"item_id":"i"}"#,
                .speechStopped(milliseconds: 3_000, itemID: "i")
            ),
            (
                #"{"type":"response.created","response":{"id":"r","status":"in_progress"}}"#,
                .responseCreated(.init(id: "r", status: "in_progress"))
            ),
            (
                #"{"type":"response.done","response":{"id":"r","status":"completed","usage":{"total_tokens":7,"input_tokens":3,"output_tokens":4}}}"#,
                .responseDone(
                    .init(id: "r", status: "completed", usage: .init(total: 7, input: 3, output: 4)))
            ),
            (
                #"{"type":"response.cancelled","response":{"id":"r","status":"cancelled"}}"#,
                .responseCancelled(.init(id: "r", status: "cancelled"))
            ),
            (
                #"{"type":"response.content_part.added",\#(placed),"part":{"type":"audio"}}"#,
                .partAdded(type: "audio", in: place)
            ),
            (
                #"{"type":"response.content_part.done",\#(placed),"part":{"type":"audio"}}"#,
                .partDone(type: "audio", in: place)
            ),
            (#"{"type":"response.text.delta",\#(placed),"delta":"a"}"#, .text("a", in: place)),
            (#"{"type":"response.text.done",\#(placed),"text":"ab"}"#, .textDone("ab", in: place)),
            (#"{"type":"response.audio_transcript.delta",\#(placed),"delta":"a"}"#, .transcript("a", in: place)),
            (
                #"{"type":"response.audio_transcript.done",\#(placed),"transcript":"ab"}"#,
                .transcriptDone("ab", in: place)
            ),
            (#"{"type":"response.audio.delta",\#(placed),"delta":"AQID"}"#, .audio([1, 2, 3], in: place)),
            (#"{"type":"response.audio.done",\#(placed)}"#, .audioDone(in: place)),
            (
                #"{"type":"response.function_call_arguments.delta",\#(placed),"delta":"{"}"#,
                .argumentsDelta("{", in: place)
            ),
            (
                #"{"type":"response.function_call.simple_browser","name":"search","session":{}}"#,
                .searching(name: "search")
            ),
            (
                #"{"type":"rate_limits.updated","rate_limits":[{"name":"requests","limit":10,"remaining":9,"reset_seconds":1.5}]}"#,
                .rateLimits([.init(name: "requests", limit: 10, remaining: 9, resetSeconds: 1.5)])
            ),
            (#"{"type":"heartbeat","event_id":"e","client_timestamp":1}"#, .heartbeat),
        ] as [(String, RealtimeServerEvent.Kind)])
    func `events are read as the service writes them`(text: String, kind: RealtimeServerEvent.Kind) throws {
        #expect(try Self.read(text) == kind)
    }

    @Test(arguments: ["", "{", "[]", "7", #"{"event_id":"e"}"#, #"{"type":7}"#]) func `what is no event is told`(
        text: String
    ) {
        #expect(throws: RemoteError.self) { try Self.read(text) }
    }

    @Test func `any members may be missing, or be something else`() throws {
        var random = SplitMix64(4)
        let types = [
            "error", "session.created", "conversation.item.created", "response.created", "response.done",
            "response.audio.delta", "response.function_call_arguments.done", "rate_limits.updated",
            "input_audio_buffer.speech_started", "response.output_item.added",
        ]
        let values = ["null", "7", "-1e300", "\"x\"", "[]", "[{}]", "{}", "true"]
        let names = ["item", "response", "delta", "item_id", "rate_limits", "error", "audio_start_ms", "output_index"]
        for _ in 0..<500 {
            let type = types.randomElement(using: &random) ?? ""
            let members = names.map { "\"\($0)\":\(values.randomElement(using: &random) ?? "null")" }
            _ = try Self.read("{\"type\":\"\(type)\",\(members.joined(separator: ","))}")
        }
    }
}
