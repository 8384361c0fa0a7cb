import AudioCore
import Foundation
import HTTPTransport
import Speech
import Synchronization
import TestSupport
import Testing

@testable import GLMSpeech

/// Conversations hands free, and calls that break or lock up.
@Suite(.neverHangs) struct RealtimeTalkTests {
    private static let format = PCMFormat(rate: 16_000, channels: 1)

    /// Somebody speaks from the third to the eighth second, and again fifteen seconds later.
    private static var twoTurns: OneChunk {
        OneChunk(
            PCMChunk(format: format, start: MediaTime(frames: 0, rate: 16_000), samples: Signals.voice(seconds: 25)))
    }

    /// The same with less silence, for what goes out as it would be spoken.
    private static var twoShortTurns: OneChunk {
        let voice = Signals.voice(seconds: 21)
        let samples = Array(voice[..<64_000] + voice[128_000..<144_000] + voice[272_000...])
        return OneChunk(PCMChunk(format: format, start: MediaTime(frames: 0, rate: 16_000), samples: samples))
    }

    private static func answer(_ number: Int) -> [String] {
        [
            #"{"type":"input_audio_buffer.committed","item_id":"i\#(number)"}"#,
            #"{"type":"response.created","response":{"id":"r\#(number)"}}"#,
            #"{"type":"response.text.delta","response_id":"r\#(number)","delta":"answer \#(number)"}"#,
            #"{"type":"response.done","response":{"id":"r\#(number)","status":"completed"}}"#,
        ]
    }

    private static func call(
        _ service: RealtimeService, _ settings: RealtimeSettings = RealtimeSettings(), reconnecting count: Int = 0
    ) async throws -> RealtimeCall {
        var client = GLMSettings(baseURL: service.url, credential: .key("a-key-of-some-length"))
        client.retry = RetryPolicy(firstDelay: .zero)
        return try await GLMClient(client).call(settings, reconnecting: count)
    }

    private static func moments(_ stream: EngineStream<RealtimeMoment>) async throws -> [String] {
        var told: [String] = []
        for try await moment in stream {
            switch moment {
            case .turnBegan: told.append("began")
            case .turnEnded: told.append("ended")
            case .piece(.text(let text)): told.append(text)
            case .piece: told.append("piece")
            case .answerEnded(let isWhole): told.append(isWhole ? "whole" : "cut")
            case .reconnected: told.append("anew")
            case .refused: told.append("refused")
            }
        }
        return told
    }

    @Test(.needsOptimization) func `our own voice activity tells the turns, and nothing else goes out`() async throws {
        let service = try RealtimeService { event, said in
            event.type == "response.create" ? Self.answer(said.count { $0 == event.type }) : []
        }
        let call = try await Self.call(service)
        let told = try await Self.moments(call.converse(hearing: Self.twoTurns))
        #expect(told == ["ended", "answer 1", "whole", "ended", "answer 2", "whole"])
        let types = service.said.map(\.type)
        #expect(
            types.filter { $0 != "input_audio_buffer.append" && $0 != "session.update" }
                == ["input_audio_buffer.commit", "response.create", "input_audio_buffer.commit", "response.create"])
        // Two turns of some seconds, and not the 25 seconds of all.
        #expect((40..<140).contains(types.count { $0 == "input_audio_buffer.append" }))
    }

    @Test(.needsOptimization) func `speech into an answer ends it at once`() async throws {
        let service = try RealtimeService { event, said in
            switch event.type {
            // The first answer goes on until it is told to end.
            case "response.create" where said.count { $0 == event.type } == 1: Array(Self.answer(1).prefix(3))
            case "response.create": Self.answer(2)
            case "response.cancel": [#"{"type":"response.cancelled","response":{"id":"r1","status":"cancelled"}}"#]
            default: []
            }
        }
        let call = try await Self.call(service)
        let spoken = Mutex(0)
        let told = try await Self.moments(
            call.converse(hearing: Self.twoShortTurns, at: .spoken, whenSpoken: { spoken.withLock { $0 += 1 } }))
        #expect(told == ["ended", "answer 1", "cut", "ended", "answer 2", "whole"])
        #expect(spoken.withLock { $0 } == 1)
        #expect(service.said.count { $0.type == "response.cancel" } == 1)
    }

    @Test func `where the service tells the turns, everything goes out`() async throws {
        let service = try RealtimeService { event, said in
            guard event.type == "input_audio_buffer.append" else { return [] }
            switch said.count(where: { $0 == event.type }) {
            case 10: return [#"{"type":"input_audio_buffer.speech_started","audio_start_ms":900,"item_id":"i1"}"#]
            case 20:
                return [#"{"type":"input_audio_buffer.speech_stopped","audio_end_ms":1900,"item_id":"i1"}"#]
                    + Self.answer(1)
            default: return []
            }
        }
        var settings = RealtimeSettings()
        settings.turnDetection = .server()
        let call = try await Self.call(service, settings)
        let sound = OneChunk(
            PCMChunk(
                format: Self.format, start: MediaTime(frames: 0, rate: 16_000),
                samples: [Float](repeating: 0, count: 32_000)))
        #expect(try await Self.moments(call.converse(hearing: sound)) == ["began", "ended", "answer 1", "whole"])
        await call.close()
        // Behind the two seconds comes the silence that ends a turn.
        #expect(service.said.count { $0.type == "input_audio_buffer.append" } == 50)
        #expect(!service.said.contains { $0.type == "input_audio_buffer.commit" || $0.type == "response.create" })
    }

    @Test func `a service that is there and says nothing is given up, and what locked up is named`() async throws {
        for isSpoken in [false, true] {
            let service = try RealtimeService { event, _ in
                guard event.type == "response.create" else { return [] }
                let started = #"{"type":"input_audio_buffer.speech_started","audio_start_ms":0,"item_id":"i"}"#
                return (isSpoken ? [started] : []) + Array(repeating: #"{"type":"heartbeat"}"#, count: 2)
            }
            let call = try await Self.call(service)
            try await call.say("hello?")
            let error = await #expect(throws: RemoteError.self) { for try await _ in call.answer() {} }
            #expect(error?.code == .timedOut && error?.hint?.contains("by the client") ?? false == isSpoken)
            await call.close()
        }
    }

    @Test func `signs of life from before a question say nothing of its answer`() async throws {
        let heartbeats = Array(repeating: #"{"type":"heartbeat"}"#, count: 5)
        let service = try RealtimeService(
            agreeing: ([#"{"type":"session.updated","session":{}}"#] + heartbeats).joined(separator: "\n")
        ) { event, said in
            switch event.type {
            case "conversation.item.create": heartbeats
            case "response.create": Self.answer(1)
            default: []
            }
        }
        let call = try await Self.call(service)
        try await call.send(.create(.user("one")))
        // Nobody reads while these come.
        try await call.send(.retrieve(itemID: "i"))
        while service.said.last?.type != "conversation.item.retrieve" { await Task.yield() }
        try await call.send(.respond)
        var texts: [String] = []
        for try await case .text(let text) in call.answer() { texts.append(text) }
        #expect(texts == ["answer 1"])
        await call.close()
    }

    @Test func `where nobody speaks there is nothing to wait for`() async throws {
        for detection in [RealtimeSettings.TurnDetection.client, .server()] {
            let service = try RealtimeService { _, _ in [] }
            var settings = RealtimeSettings()
            settings.turnDetection = detection
            let call = try await Self.call(service, settings)
            let sound = OneChunk(
                PCMChunk(
                    format: Self.format, start: MediaTime(frames: 0, rate: 16_000),
                    samples: [Float](repeating: 0, count: 16_000)))
            let error = await #expect(throws: RemoteError.self) {
                try await Self.moments(call.converse(hearing: sound))
            }
            #expect(error?.code == .unusableAudio)
        }
    }

    @Test(.needsOptimization) func `what the service refuses in a conversation is told, and the conversation goes on`()
        async throws
    {
        let service = try RealtimeService { event, said in
            guard event.type == "response.create" else { return [] }
            let number = said.count { $0 == event.type }
            let refusal = #"{"type":"error","error":{"code":1e300,"message":"the buffer is empty"}}"#
            return number == 1 ? [refusal] : Self.answer(number)
        }
        let call = try await Self.call(service)
        let told = try await Self.moments(call.converse(hearing: Self.twoTurns))
        #expect(told == ["refused", "ended", "answer 2", "whole"])
    }

    @Test func `a service that says little is not given up`() async throws {
        let service = try RealtimeService { event, _ in
            guard event.type == "response.create" else { return [] }
            let heartbeat = #"{"type":"heartbeat"}"#
            // Half a minute between words, each time.
            return Self.answer(1).flatMap { [heartbeat, $0] }
        }
        let call = try await Self.call(service)
        try await call.say("hello?")
        var texts: [String] = []
        for try await case .text(let text) in call.answer() { texts.append(text) }
        #expect(texts == ["answer 1"])
        await call.close()
    }

    @Test(.needsOptimization) func `a call that breaks is made anew where that was asked for, and tells it`()
        async throws
    {
        let service = try RealtimeService { event, said in
            guard event.type == "response.create" else { return [] }
            let number = said.count { $0 == event.type }
            return number == 1 ? [RealtimeService.breaking] : Self.answer(number)
        }
        let call = try await Self.call(service, reconnecting: 1)
        let told = try await Self.moments(call.converse(hearing: Self.twoTurns))
        #expect(told == ["anew", "ended", "answer 2", "whole"])
        #expect(service.said.count { $0.type == "session.update" } == 2)
        // Nobody asked for it: the break is the end.
        let other = try RealtimeService { event, _ in event.type == "response.create" ? [RealtimeService.breaking] : []
        }
        let short = try await Self.call(other)
        try await short.say("hello")
        let error = await #expect(throws: RemoteError.self) { for try await _ in short.answer() {} }
        #expect(error?.mayRetry == true)
    }

    @Test func `an answer that a break takes away is told, and the call goes on`() async throws {
        let service = try RealtimeService { event, said in
            guard event.type == "response.create" else { return [] }
            let number = said.count { $0 == event.type }
            return number == 1 ? [RealtimeService.breaking] : Self.answer(number)
        }
        let call = try await Self.call(service, reconnecting: 1)
        try await call.say("one")
        let error = await #expect(throws: RemoteError.self) { for try await _ in call.answer() {} }
        #expect(error?.code == .endedEarly && error?.message.contains("made anew") == true)
        try await call.say("two")
        var texts: [String] = []
        for try await case .text(let text) in call.answer() { texts.append(text) }
        #expect(texts == ["answer 2"])
        await call.close()
    }

    @Test func `more than half a minute is no turn`() async throws {
        let service = try RealtimeService { _, _ in [] }
        let call = try await Self.call(service)
        let sound = PCMChunk(
            format: Self.format, start: MediaTime(frames: 0, rate: 16_000),
            samples: [Float](repeating: 0, count: 31 * 16_000))
        let error = await #expect(throws: RemoteError.self) { try await call.say(.samples(sound)) }
        #expect(error?.code == .limitExceeded)
        await call.close()
        #expect(service.said.last?.type == "input_audio_buffer.clear")
    }
}
