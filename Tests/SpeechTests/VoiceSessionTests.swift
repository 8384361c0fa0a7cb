import AudioCore
import Foundation
import Speech
import Synchronization
import Testing

/// An engine that answers with what it is told, and remembers what it was asked.
private final class FakeCompanion: VoiceConversation {
    private let state: Mutex<(answers: [[VoiceEvent]], asked: [VoiceRequest])>

    init(_ answers: [[VoiceEvent]]) { state = Mutex((answers, [])) }

    var asked: [VoiceRequest] { state.withLock { $0.asked } }

    func answer(_ request: VoiceRequest) throws(RemoteError) -> sending EngineStream<VoiceEvent> {
        let answer = state.withLock { state -> [VoiceEvent]? in
            state.asked.append(request)
            return state.answers.isEmpty ? nil : state.answers.removeFirst()
        }
        guard let answer else { throw RemoteError(.serviceFailed, "nobody is there") }
        return EngineStream(Events(answer))
    }

    private final class Events: EngineSource {
        private var events: ArraySlice<VoiceEvent>

        init(_ events: [VoiceEvent]) { self.events = events[...] }

        func next() -> VoiceEvent? { events.popFirst() }
    }
}

@Suite struct VoiceSessionTests {
    private static func clip(seconds: Int) -> AudioClip {
        let format = PCMFormat(rate: 8_000, channels: 2)
        let samples = [Float](repeating: 0.1, count: seconds * 16_000)
        return .samples(PCMChunk(format: format, start: MediaTime(frames: 0, rate: 8_000), samples: samples))
    }

    private static func heard(_ stream: EngineStream<VoiceEvent>, most: Int = .max) async throws -> Int {
        var count = 0
        for try await _ in stream {
            count += 1
            if count == most { break }
        }
        return count
    }

    private static func turns(_ request: VoiceRequest) -> [String] {
        request.turns.map { turn in
            switch turn {
            case .instructions(let text): "! \(text)"
            case .user(let text, let clip): "\(text ?? "-")\(clip == nil ? "" : " with sound")"
            case .assistant(let text, let id, let end): "= \(text) \(id ?? "-") \(end ?? 0)"
            }
        }
    }

    @Test func `each answer knows what was said before, and what is kept goes on elsewhere`() async throws {
        let engine = FakeCompanion([
            [.text("It is "), .text("noon."), .audioReference(id: "a-1", expiresAt: 4_102_444_800)], [.text("Bye.")],
        ])
        let session = VoiceSession(engine, VoiceRecord(instructions: "be short"))
        #expect(try await Self.heard(session.say(clip: Self.clip(seconds: 1))) == 3)
        let kept = try JSONEncoder().encode(session.record)
        let other = VoiceSession(engine, try JSONDecoder().decode(VoiceRecord.self, from: kept))
        #expect(other.record == session.record)
        #expect(try await Self.heard(other.say(text: "Thanks")) == 1)
        #expect(
            engine.asked.map(Self.turns) == [
                ["! be short", "- with sound"],
                ["! be short", "- with sound", "= It is noon. a-1 4102444800", "Thanks"],
            ])
        #expect(other.record.turns.map(\.role) == [.user, .assistant, .user, .assistant])
        // One channel at 16 kHz.
        #expect(session.record.turns[0].sound?.wave.count == 44 + 32_000)
    }

    @Test func `an answer that is cut off counts as far as it was heard, without its name`() async throws {
        let engine = FakeCompanion([
            [.text("One. "), .text("Two."), .audioReference(id: "a-1", expiresAt: nil)], [.text("Three.")],
        ])
        let session = VoiceSession(engine)
        #expect(try await Self.heard(session.say(text: "count"), most: 1) == 1)
        #expect(session.record.turns.map(\.text) == ["count", "One. "] && session.record.turns[1].audio == nil)
        #expect(try await Self.heard(session.say(text: "go on")) == 1)
        #expect(Self.turns(engine.asked[1]) == ["count", "= One.  - 0", "go on"])
    }

    @Test func `a new turn ends the answer to the last`() async throws {
        let engine = FakeCompanion([[.text("One. "), .text("Two.")], [.text("Yes.")]])
        let session = VoiceSession(engine)
        var first = try await session.say(text: "count").makeAsyncIterator()
        #expect(try await first.next() != nil)
        let second = try await session.say(text: "stop")
        #expect(try await first.next() == nil)
        #expect(try await Self.heard(second) == 1)
        #expect(session.record.turns.map(\.text) == ["count", "One. ", "stop", "Yes."])
    }

    @Test func `what nobody answers was not said`() async throws {
        let session = VoiceSession(FakeCompanion([[]]))
        #expect(try await Self.heard(session.say(text: "hello")) == 0)
        await #expect(throws: RemoteError.self) { try await session.say(text: "hello?") }
        await #expect(throws: RemoteError.self) { try await session.say(clip: Self.clip(seconds: 0)) }
        #expect(session.record.turns.isEmpty)
    }

    @Test func `old sound is forgotten, what was said in writing is not`() async throws {
        let engine = FakeCompanion(Array(repeating: [.text("Yes.")], count: 3))
        let session = VoiceSession(engine)
        for number in 1...3 {
            #expect(try await Self.heard(session.say(text: "\(number)", clip: Self.clip(seconds: 200))) == 1)
        }
        #expect(session.record.turns.filter { $0.role == .user }.map { $0.sound != nil } == [false, true, true])
        #expect(Self.turns(engine.asked[2])[0] == "1")
        await #expect(throws: RemoteError.self) { try await session.say(clip: Self.clip(seconds: 601)) }
    }

    @Test(arguments: [
        "{}", #"{"version":2,"turns":[]}"#, #"{"version":1,"turns":[{"role":"user","sound":"?"}]}"#,
    ])
    func `what is no conversation is refused`(text: String) {
        #expect(throws: DecodingError.self) { try JSONDecoder().decode(VoiceRecord.self, from: Data(text.utf8)) }
    }
}
