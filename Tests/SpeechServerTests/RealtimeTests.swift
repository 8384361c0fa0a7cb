import AudioCore
import Foundation
import HTTPTransport
import Speech
import Synchronization
import TestSupport
import Testing

@testable import SpeechServer

/// Calls to the server over its web socket.
@Suite(.serialized, .neverHangs) struct RealtimeTests {
    typealias Served = ListenerTests.Served

    /// A client of a call that says what a test wants.
    struct Caller {
        let socket: WebSocket

        init(_ served: Served, token: String? = nil, query: String = "") async throws {
            let headers = token.map { [HTTPHeader("Authorization", "Bearer \($0)")] } ?? []
            let url = "ws://127.0.0.1:\(served.port)/api/paas/v4/realtime\(query)"
            switch try await HTTPClient().openWebSocket(HTTPRequest("GET", url, headers: headers)) {
            case .open(let socket): self.socket = socket
            case .refused(let head, let body):
                throw Fault(.invalid, "\(head.status) \(String(decoding: body, as: UTF8.self))")
            }
        }

        func say(_ json: String) async throws { try await socket.send(WebSocketMessage(json)) }

        func say(_ samples: [Float], as encode: ([Float]) -> [UInt8] = Caller.pcm) async throws {
            for begin in stride(from: 0, to: samples.count, by: 1_600) {
                let piece = Array(samples[begin..<min(begin + 1_600, samples.count)])
                try await say(
                    #"{"type":"input_audio_buffer.append","audio":"\#(Data(encode(piece)).base64EncodedString())"}"#)
            }
        }

        static func pcm(_ samples: [Float]) -> [UInt8] {
            var bytes: [UInt8] = []
            PCMEncoder(.signed16).encode(samples.span, appendingTo: &bytes)
            return bytes
        }

        static func wave(_ samples: [Float]) -> [UInt8] {
            WAVWriter.file(of: samples.span, format: PCMFormat(rate: 16_000, channels: 1), encoding: .signed16)
        }

        /// Events until one of a type has come so often.
        func events(until type: String, times: Int = 1) async throws -> [JSONValue] {
            var events: [JSONValue] = []
            while events.count(where: { $0["type"]?.string == type }) < times {
                guard let message = try await socket.next() else { throw Fault(.clientLeft, "the call ended") }
                events.append(try JSONValue(parsing: message.text))
            }
            return events
        }
    }

    static func types(_ events: [JSONValue]) -> [String] { events.compactMap { $0["type"]?.string } }

    static let clientDetection =
        #"{"type":"session.update","session":{"input_audio_format":"pcm16","turn_detection":null}}"#

    @Test func `a turn that the client ends is heard and answered`() async throws {
        let served = try Served()
        let caller = try await Caller(served)
        let greeting = try await caller.events(until: "session.created")
        #expect(try await caller.events(until: "heartbeat").count == 1)
        #expect(greeting.count == 1 && greeting[0]["session"]?["model"]?.string == "glm-realtime")
        try await caller.say(Self.clientDetection)
        let updated = try #require(try await caller.events(until: "session.updated").last)
        #expect(updated["session"]?["input_audio_format"]?.string == "pcm16")
        try await caller.say([Float](repeating: 0.1, count: 16_000))
        try await caller.say(#"{"type":"input_audio_buffer.commit"}"#)
        try await caller.say(#"{"type":"response.create"}"#)
        var events = try await caller.events(until: "response.done")
        // What was heard may be told before the answer or after it.
        let heard = "conversation.item.input_audio_transcription.completed"
        if !Self.types(events).contains(heard) { events += try await caller.events(until: heard) }
        #expect(events.first { $0["type"]?.string == heard }?["transcript"]?.string == "hello world 0")
        #expect(
            Self.types(events).filter { $0 != heard } == [
                "input_audio_buffer.committed", "conversation.created", "conversation.item.created",
                "response.created", "rate_limits.updated", "response.output_item.added", "conversation.item.created",
                "response.content_part.added",
                "response.audio_transcript.delta", "response.audio_transcript.delta", "response.audio.delta",
                "response.audio_transcript.done", "response.audio.done", "response.content_part.done",
                "response.output_item.done", "response.done",
            ])
        let sound = events.first { $0["type"]?.string == "response.audio.delta" }?["delta"]?.string
        #expect(Data(base64Encoded: sound ?? "") == Data((0..<2_400).flatMap { _ in [1, 0] as [UInt8] }))
        let done = events.first { $0["type"]?.string == "response.done" }
        #expect(done?["response"]?["status"]?.string == "completed")
        guard case .user(nil, .bytes(let wave)?)? = served.engine.asked.first?.turns.last else {
            Issue.record("the engine was asked something else")
            return
        }
        #expect(wave.count == 44 + 32_000)
        await caller.socket.close()
        await served.stop()
        #expect(served.lines.list.map(\.status) == [101])
    }

    @Test(.needsOptimization) func `the server tells by itself when somebody has spoken`() async throws {
        let served = try Served()
        let caller = try await Caller(served)
        try await caller.say(
            #"{"type":"session.update","session":{"input_audio_format":"wav","turn_detection":{"type":"server_vad"}}}"#)
        // Somebody speaks from the third to the eighth second, and again fifteen seconds later.
        try await caller.say(Signals.voice(seconds: 25), as: Caller.wave)
        let events = try await caller.events(until: "response.done", times: 2)
        let turns = Self.types(events).filter { $0.hasPrefix("input_audio_buffer.") }
        let turn = ["speech_started", "speech_stopped", "committed"].map { "input_audio_buffer.\($0)" }
        #expect(turns == turn + turn)
        let starts = events.compactMap { $0["audio_start_ms"]?.double }
        let ends = events.compactMap { $0["audio_end_ms"]?.double }
        #expect(zip(starts, [3_000.0, 18_000]).allSatisfy { abs($0 - $1) < 150 }, "\(starts)")
        #expect(zip(starts, ends).allSatisfy { (1_000...5_500).contains($1 - $0) }, "\(starts) \(ends)")
        #expect(served.engine.asked.count == 2)
        for (request, length) in zip(served.engine.asked, zip(starts, ends).map { $1 - $0 }) {
            guard case .user(nil, .bytes(let wave)?)? = request.turns.last else { continue }
            // The speech with 300 ms before it, and not the silence until it.
            let milliseconds = Double(wave.count - 44) / 32
            #expect((length + 200...length + 1_300).contains(milliseconds), "\(milliseconds) of \(length)")
        }
    }

    @Test(.needsOptimization) func `an answer ends when it is told to, and when somebody speaks`() async throws {
        for isByVoice in [false, true] {
            let latch = Latch()
            var behaviour = FakeEngine.Behaviour()
            behaviour.latch = latch
            let served = try Served(behaviour)
            let caller = try await Caller(served)
            let detection = isByVoice ? #"{"type":"server_vad"}"# : "null"
            // The greeting waits at the latch.
            try await caller.say(
                #"{"type":"session.update","session":{"turn_detection":\#(detection),"beta_fields":{"greeting_config":{"enable":true,"content":"Welcome."}}}}"#
            )
            _ = try await caller.events(until: "response.audio_transcript.delta")
            if isByVoice {
                try await caller.say(Signals.voice(seconds: 5))
            } else {
                try await caller.say(#"{"type":"response.cancel"}"#)
            }
            let ended = try #require(try await caller.events(until: "response.cancelled").last)
            #expect(ended["response"]?["status"]?.string == "cancelled")
            await ListenerTests.until { served.engine.workCount == 0 }
            #expect(served.engine.spoken.map(\.text) == ["Welcome."])
            if !isByVoice {
                try await caller.say(#"{"type":"response.cancel"}"#)
                let fault = try #require(try await caller.events(until: "error").last)
                #expect(fault["error"]?["code"]?.string == "stop_task_error")
            }
            latch.open()
        }
    }

    @Test func `a conversation in writing needs no sound`() async throws {
        let served = try Served()
        let caller = try await Caller(served)
        try await caller.say(#"{"type":"session.update","session":{"modalities":["text"],"instructions":"be brief"}}"#)
        for text in ["one", "two"] {
            try await caller.say(
                #"{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"\#(text)"}]}}"#
            )
            try await caller.say(#"{"type":"response.create"}"#)
            let events = try await caller.events(until: "response.done")
            #expect(Self.types(events).contains("response.text.delta"))
            #expect(!Self.types(events).contains("response.audio.delta"))
            #expect(events.first { $0["type"]?.string == "response.text.done" }?["text"]?.string == "Good day.")
        }
        let turns = try #require(served.engine.asked.last).turns
        #expect(turns.count == 4)
        if case .instructions(let text) = turns[0] { #expect(text == "be brief") }
        if case .assistant(let text, _, _) = turns[2] { #expect(text == "Good day.") }
    }

    @Test(
        arguments: [
            ("{", "invalid_event"), (#"{"type":"session.forget"}"#, "invalid_event"),
            (#"{"type":"input_audio_buffer.commit"}"#, "invalid_event"),
            (#"{"type":"input_audio_buffer.append","audio":"?"}"#, "invalid_event"),
            (#"{"type":"response.create"}"#, "invalid_event"), (#"{"type":"response.cancel"}"#, "stop_task_error"),
            (#"{"type":"conversation.item.retrieve","item_id":"none"}"#, "invalid_event"),
            (#"{"type":"conversation.item.create","item":{"content":[{"text":" "}]}}"#, "invalid_event"),
            (#"{"type":"session.update","session":{"turn_detection":{"type":"other"}}}"#, "invalid_event"),
            (#"{"type":"session.update","session":{"input_audio_format":"mp3"}}"#, "invalid_event"),
        ])
    func `what cannot be had is told, and the call goes on`(wish: String, code: String) async throws {
        let served = try Served()
        let caller = try await Caller(served)
        try await caller.say(wish)
        let fault = try #require(try await caller.events(until: "error").last)
        let told = fault["error"]?["code"]?.string
        #expect(told == code || told == "1214", "\(fault)")
        try await caller.say(#"{"type":"input_audio_buffer.clear"}"#)
        _ = try await caller.events(until: "input_audio_buffer.cleared")
    }

    @Test func `half a minute is the longest turn`() async throws {
        let served = try Served()
        let caller = try await Caller(served)
        try await caller.say(Self.clientDetection)
        let second = String(repeating: "A", count: 42_668)
        for _ in 0..<31 {
            try await caller.say(#"{"type":"input_audio_buffer.append","audio":"\#(second)"}"#)
        }
        let fault = try #require(try await caller.events(until: "error").last)
        #expect(fault["error"]?["message"]?.string?.contains("30 seconds") == true)
    }

    @Test func `half a sample is forgotten with the turn that it was of`() async throws {
        let served = try Served()
        let caller = try await Caller(served)
        try await caller.say(Self.clientDetection)
        try await caller.say(#"{"type":"input_audio_buffer.append","audio":"AA=="}"#)
        try await caller.say(#"{"type":"input_audio_buffer.clear"}"#)
        try await caller.say([Float](repeating: 0.25, count: 1_600))
        for wish in ["input_audio_buffer.commit", "response.create"] { try await caller.say("{\"type\":\"\(wish)\"}") }
        _ = try await caller.events(until: "response.done")
        guard case .user(nil, .bytes(let wave)?)? = served.engine.asked.first?.turns.last else { return }
        #expect(Array(wave.suffix(4)) == [0, 0x20, 0, 0x20] && wave.count == 44 + 3_200)
    }

    @Test func `a question of which nothing was answered goes with the next`() async throws {
        let served = try Served()
        let caller = try await Caller(served)
        func ask(_ text: String) async throws {
            try await caller.say(
                #"{"type":"conversation.item.create","item":{"role":"user","content":[{"text":"\#(text)"}]}}"#)
            try await caller.say(#"{"type":"response.create"}"#)
        }
        try await ask("one")
        try await caller.say(#"{"type":"response.cancel"}"#)
        try await ask("two")
        let events = try await caller.events(until: "response.done")
        let ids = { (type: String) in
            events.filter { $0["type"]?.string == type }.compactMap { $0["response"]?["id"]?.string }
        }
        // Whatever ends has begun before.
        #expect(ids("response.cancelled").allSatisfy { ids("response.created").contains($0) })
        let last = try #require(served.engine.asked.last).turns
        let said = last.compactMap { turn -> String? in if case .user(let text, _) = turn { text } else { nil } }
        #expect(said.joined(separator: "\n").contains("one") && said.last?.hasSuffix("two") == true)
    }

    @Test func `what would fill the memory is refused`() async throws {
        let served = try Served()
        let caller = try await Caller(served)
        try await caller.say(
            #"{"type":"session.update","session":{"input_audio_format":"wav","instructions":"short"}}"#)
        let text = String(repeating: "word ", count: 14_000)
        try await caller.say(
            #"{"type":"conversation.item.create","item":{"role":"user","content":[{"text":"\#(text)"}]}}"#)
        let long = try #require(try await caller.events(until: "error").last)
        #expect(long["error"]?["message"]?.string?.contains("65536 bytes") == true)
        // A second of a hundred samples would become sixteen thousand.
        let samples = [Float](repeating: 0.1, count: 1_000)
        let slow = WAVWriter.file(of: samples.span, format: PCMFormat(rate: 100, channels: 1), encoding: .signed16)
        try await caller.say(
            #"{"type":"input_audio_buffer.append","audio":"\#(Data(slow).base64EncodedString())"}"#)
        let odd = try #require(try await caller.events(until: "error").last)
        #expect(odd["error"]?["message"]?.string?.contains("100 samples a second") == true)
    }

    @Test func `who shows no token is refused before there is a call`() async throws {
        let served = try Served { $0.token = "a-token-of-some-length" }
        await #expect(throws: Fault.self) { try await Caller(served) }
        await #expect(throws: Fault.self) { try await Caller(served, token: "another-one-of-length") }
        _ = try await Caller(served, token: "a-token-of-some-length").events(until: "session.created")
        _ = try await Caller(served, query: "?Authorization=a-token-of-some-length").events(until: "session.created")
        #expect(try await served.state().contains("200"))
    }

    @Test func `calls are not more than the server takes, and end with it`() async throws {
        let served = try Served { $0.calls = 1 }
        let caller = try await Caller(served)
        _ = try await caller.events(until: "heartbeat")
        do {
            _ = try await Caller(served)
            Issue.record("a second call was taken")
        } catch let fault as Fault {
            #expect(fault.message.hasPrefix("503") && fault.message.contains("1305"))
        }
        await served.stop()
        #expect(try await caller.socket.next() == nil)
        #expect(caller.socket.lastWord?.code == 1001)
    }

    @Test func `what is no request for a web socket is told so`() async throws {
        let served = try Served()
        let connection = try RawConnection(port: served.port)
        connection.send("GET /api/paas/v4/realtime HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        let answer = String(decoding: await connection.receiveAll(), as: UTF8.self)
        #expect(answer.hasPrefix("HTTP/1.1 400") && answer.contains("Upgrade: websocket"))
    }

    @Test func `a client that breaks the rules, or leaves, is taken leave of`() async throws {
        let served = try Served()
        for bytes in [[0xFF, 0x80], [0x81, 0x02, 0x68, 0x69], [0x81, 0xFE]] as [[UInt8]] {
            let connection = try RawConnection(port: served.port)
            connection.send(
                "GET /api/paas/v4/realtime HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                    + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n")
            connection.send(bytes)
            connection.endSending()
            _ = await connection.receiveAll()
        }
        await ListenerTests.until { served.listener.exchangeCount == 0 }
        #expect(try await served.lives())
    }
}
