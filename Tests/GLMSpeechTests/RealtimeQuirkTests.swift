import AudioCore
import Foundation
import HTTPTransport
import Speech
import TestSupport
import Testing

@testable import GLMSpeech

/// What a client of GLM-Realtime must survive, by the numbers of `Documentation/GLM-realtime-quirks.md`, which tells each.
@Suite(.neverHangs) struct RealtimeQuirkTests {
    private static func read(_ text: String) throws -> RealtimeServerEvent.Kind {
        try RealtimeServerEvent(reading: Array(text.utf8)).kind
    }

    @Test func `quirk 1: the limits are told under either spelling`() throws {
        for type in ["rate_limits.updated", "rate_limites.updated"] {
            let event = try Self.read("{\"type\":\"\(type)\",\"rate_limits\":[{\"name\":\"tokens\",\"limit\":\"9\"}]}")
            #expect(event == .rateLimits([.init(name: "tokens", limit: 9)]))
        }
    }

    @Test func `quirk 2: a session that listens is updated under either name`() throws {
        for type in ["transcription_session.updated", "transcription.session.updated"] {
            #expect(try Self.read("{\"type\":\"\(type)\",\"session\":{}}") == .transcriptionUpdated(.object([:])))
        }
    }

    @Test func `quirk 3: the number of an event may be spelled otherwise`() throws {
        let text = #"{"eventId":"e7","type":"input_audio_buffer.cleared","client_timestamp":1751868140842}"#
        let event = try RealtimeServerEvent(reading: Array(text.utf8))
        #expect(event.id == "e7" && event.timestamp == 1_751_868_140_842 && event.kind == .cleared)
    }

    @Test func `quirk 4: calls have no number, several come in one answer, and one answer is asked for behind them`()
        async throws
    {
        let service = try RealtimeService { event, said in
            switch event.type {
            case "response.create" where said.count { $0 == "response.create" } == 1:
                [
                    #"{"type":"response.created","response":{"id":"r1","status":"in_progress"}}"#,
                    #"{"type":"response.function_call_arguments.done","response_id":"r1","name":"look","arguments":"{\"city\":\"北京\"}"}"#,
                    #"{"type":"response.function_call_arguments.done","response_id":"r1","name":"look","arguments":"{\"city\":\"上海\"}","call_id":"c2"}"#,
                    #"{"type":"response.done","response":{"id":"r1","status":"completed"}}"#,
                ]
            case "response.create":
                [
                    #"{"type":"response.text.delta","response_id":"r2","delta":"晴"}"#,
                    #"{"type":"response.done","response":{"id":"r2","status":"completed"}}"#,
                ]
            default: []
            }
        }
        let call = try await service.call()
        try await call.say("天气")
        let pieces = try await Self.pieces(call.answer { "\($0.arguments)!" })
        #expect(pieces == ["call look", "call look", "晴"])
        let asked = service.values.drop { $0["type"]?.string != "response.create" }.dropFirst()
        #expect(
            asked.map { $0["item"]?["output"]?.string ?? $0["type"]?.string } == [
                #"{"city":"北京"}!"#, #"{"city":"上海"}!"#, "response.create",
            ])
        #expect(asked.map { $0["item"]?["call_id"]?.string } == [nil, "c2", nil])
        await call.close()
    }

    @Test func `quirk 5: contents may be empty objects, and states any word`() throws {
        let text =
            #"{"type":"response.output_item.added","response_id":"r","output_index":0,"item":{"content":[{}],"id":"i","role":"assistant","status":"in_progress","type":"message"}}"#
        guard case .outputAdded(let item, _) = try Self.read(text) else {
            Issue.record("it is another event")
            return
        }
        #expect(item.texts.isEmpty && item.status == "in_progress")
        guard
            case .responseDone(let response) = try Self.read(
                #"{"type":"response.done","response":{"status":"paused"}}"#)
        else { return }
        #expect(response.status == "paused")
    }

    @Test func `quirk 6: usage may be zeros, or missing`() throws {
        let zeros =
            #"{"type":"response.done","response":{"id":"r","usage":{"total_tokens":0,"input_tokens":0,"output_tokens":0}}}"#
        #expect(try Self.read(zeros) == .responseDone(.init(id: "r", usage: .init())))
        #expect(
            try Self.read(#"{"type":"response.created","response":{"id":"r"}}"#) == .responseCreated(.init(id: "r")))
    }

    @Test func `quirk 7: an answer without its writing ends with the answer`() throws {
        var answer = RealtimeAnswer()
        #expect(try answer.take(.audio([1, 2], in: .init(responseID: "r"))) == .sound([1, 2]))
        #expect(try answer.take(.responseDone(.init(id: "r", status: "completed"))) == nil)
        #expect(answer.ending == .done(.init(id: "r", status: "completed")))
        // Where both writings come, one is given; where no pieces come, the whole is.
        var other = RealtimeAnswer()
        #expect(
            try other.take(.text("a", in: .init())) == .text("a") && other.take(.transcript("a", in: .init())) == nil)
        #expect(try other.take(.textDone("a", in: .init())) == nil)
        var whole = RealtimeAnswer()
        #expect(try whole.take(.transcriptDone("all", in: .init())) == .text("all"))
    }

    @Test func `quirk 8: what does not go leaves the call open`() async throws {
        let service = try RealtimeService { event, said in
            switch event.type {
            case "response.create" where said.count { $0 == "response.create" } == 1:
                [
                    #"{"type":"error","error":{"type":"invalid_request_error","code":"invalid_event","message":"nothing was said"}}"#
                ]
            case "response.cancel": [#"{"type":"error","error":{"code":"stop_task_error","message":"nothing runs"}}"#]
            case "response.create":
                [
                    #"{"type":"response.audio.delta","response_id":"r","delta":"AQA="}"#,
                    #"{"type":"error","error":{"code":"video_model_query_error","message":"no picture"}}"#,
                    #"{"type":"response.done","response":{"id":"r","status":"completed"}}"#,
                ]
            default: []
            }
        }
        let call = try await service.call()
        try await call.say("")
        let error = await #expect(throws: RemoteError.self) { try await Self.pieces(call.answer()) }
        #expect(error?.message.contains("nothing was said") == true && error?.businessCode == "invalid_event")
        try await call.interrupt()
        try await call.say("again")
        #expect(try await Self.pieces(call.answer()) == ["1 samples"])
        await call.close()
    }

    @Test func `quirk 9: what was not heard is told without a time`() throws {
        let text =
            #"{"content_index":0,"error":{"code":"asr_no_result","message":"fail","type":"ASR_ERROR"},"event_id":"e","item_id":"i","type":"conversation.item.input_audio_transcription.failed"}"#
        let event = try RealtimeServerEvent(reading: Array(text.utf8))
        #expect(event.timestamp == nil)
        #expect(
            event.kind
                == .notHeard(.init(code: "asr_no_result", type: "ASR_ERROR", message: "fail"), itemID: "i"))
    }

    @Test func `quirk 10: the answer to an update may have its name`() async throws {
        let service = try RealtimeService(agreeing: #"{"type":"session.update","session":{}}"#) { _, _ in [] }
        let call = try await service.call()
        await call.close()
        #expect(service.values.map { $0["type"]?.string } == ["session.update"])
    }

    @Test func `quirk 11: what is unknown is passed through`() throws {
        let text = #"{"type":"response.new_thing","event_id":"e","x":[1,{"y":null}]}"#
        let value = try JSONValue(parsing: text)
        #expect(try Self.read(text) == .other(type: "response.new_thing", value))
        var answer = RealtimeAnswer()
        #expect(try answer.take(.other(type: "response.new_thing", value)) == nil && answer.ending == nil)
    }

    @Test func `quirk 12: a call that would lock up is refused before it is made`() async throws {
        var settings = RealtimeSettings()
        settings.turnDetection = .server()
        settings.tools = [RealtimeTool("look", purpose: "looks")]
        let client = try GLMClient(GLMSettings(baseURL: "http://127.0.0.1:1"))
        let error = await #expect(throws: RemoteError.self) { try await client.call(settings) }
        #expect(error?.code == .invalidRequest && error?.hint?.contains("client") == true)
        settings.turnDetection = .client
        #expect(!settings.meetsDeadLock)
    }

    @Test func `quirk 13: sound goes out in tenths of a second, as samples or as files`() async throws {
        for format in [RealtimeSettings.InputFormat.pcm(rate: 16_000), .wave] {
            let service = try RealtimeService { _, _ in [] }
            var settings = RealtimeSettings()
            settings.inputFormat = format
            let call = try await service.call(settings)
            let sound = PCMFormat(rate: 8_000, channels: 2)
            try await call.say(
                .samples(
                    PCMChunk(
                        format: sound, start: MediaTime(frames: 0, rate: 8_000),
                        samples: [Float](repeating: 0.5, count: 8_000))))
            await call.close()
            let said = service.values.dropFirst()
            let sizes = said.compactMap { $0["audio"]?.string }.map { Data(base64Encoded: $0)?.count }
            #expect(sizes == Array(repeating: format == .wave ? 3_244 : 3_200, count: 5))
            #expect(said.suffix(2).map { $0["type"]?.string } == ["input_audio_buffer.commit", "response.create"])
            #expect(said.compactMap { $0["event_id"]?.string }.count == 7)
        }
        let service = try RealtimeService { _, _ in [] }
        let call = try await service.call()
        let long = [Float](repeating: 0, count: 31 * 16_000)
        let clip = PCMChunk(
            format: PCMFormat(rate: 16_000, channels: 1), start: MediaTime(frames: 0, rate: 16_000), samples: long)
        await #expect(throws: RemoteError.self) { try await call.say(.samples(clip)) }
        await call.close()
    }

    @Test func `quirk 14: what still comes of an answer that was ended is left out of the next`() async throws {
        let service = try RealtimeService { event, said in
            switch event.type {
            case "response.create" where said.count { $0 == "response.create" } == 1:
                [
                    #"{"type":"response.created","response":{"id":"r1"}}"#,
                    #"{"type":"response.audio.delta","response_id":"r1","delta":"AQACAA=="}"#,
                ]
            case "response.cancel":
                [
                    #"{"type":"response.cancelled","response":{"id":"r1","status":"cancelled"}}"#,
                    #"{"type":"response.audio.delta","response_id":"r1","delta":"AQACAA=="}"#,
                ]
            case "response.create":
                [
                    #"{"type":"response.done","response":{"id":"r1","status":"cancelled"}}"#,
                    #"{"type":"response.text.delta","response_id":"r2","delta":"second"}"#,
                    #"{"type":"response.done","response":{"id":"r2","status":"completed"}}"#,
                ]
            default: []
            }
        }
        let call = try await service.call()
        try await call.say("first")
        var first = call.answer().makeAsyncIterator()
        guard case .audio(let chunk)? = try await first.next() else { return }
        #expect(chunk.audio.samples == [1, 2] && chunk.audio.format == PCMFormat(rate: 24_000, channels: 1))
        try await call.interrupt()
        #expect(try await first.next() == nil)
        try await call.say("then")
        #expect(try await Self.pieces(call.answer()) == ["second"])
        await call.close()
    }

    @Test func `the page and the tests have the same quirks`() throws {
        let folder = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
        let page = String(
            decoding: try contents(of: "/\(folder)/Documentation/GLM-realtime-quirks.md"), as: UTF8.self)
        let told = page.matches(of: /(?m)^\| (\d+) \|/).compactMap { Int($0.1) }
        let tests = String(decoding: try contents(of: #filePath), as: UTF8.self)
            .matches(of: /func `quirk (\d+):/).compactMap { Int($0.1) }
        #expect(told == Array(1...14) && tests == told)
    }

    // MARK: - Beginning and end

    @Test func `a refusal, an error at the beginning and an early end are told`() async throws {
        let refusing = try ScriptedServer.agreeing(then: [.close]) { _ in
            let body = #"{"error":{"code":"1000","message":"bad key"}}"#
            return "HTTP/1.1 401 Unauthorized\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        }
        let client = try GLMClient(GLMSettings(baseURL: refusing.url, credential: .key("0123456789")))
        let refusal = await #expect(throws: RemoteError.self) { try await client.call() }
        #expect(refusal?.code == .unauthorized && refusal?.message == "bad key")
        let failing = try RealtimeService(agreeing: #"{"type":"error","error":{"code":"1220","message":"no"}}"#) {
            _, _ in []
        }
        await #expect(throws: RemoteError.self) { try await failing.call() }
        let silent = try RealtimeService(
            agreeing: Array(repeating: #"{"type":"heartbeat"}"#, count: 3).joined(separator: "\n")
        ) { _, _ in [] }
        let error = await #expect(throws: RemoteError.self) { try await silent.call() }
        #expect(error?.code == .timedOut)
    }

    private static func pieces(_ stream: EngineStream<RealtimePiece>) async throws -> [String] {
        var pieces: [String] = []
        for try await piece in stream {
            switch piece {
            case .heard(let text): pieces.append("heard \(text)")
            case .text(let text): pieces.append(text)
            case .audio(let chunk): pieces.append("\(chunk.audio.samples.count) samples")
            case .called(let call, _): pieces.append("call \(call.name)")
            }
        }
        return pieces
    }
}

extension RealtimeService {
    fileprivate func call(_ settings: RealtimeSettings = RealtimeSettings()) async throws -> RealtimeCall {
        try await GLMClient(GLMSettings(baseURL: url, credential: .key("k"))).call(settings)
    }

    fileprivate var values: [JSONValue] { said.compactMap { try? JSONValue(parsing: $0.json) } }
}
