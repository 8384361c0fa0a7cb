import AudioCore
import Foundation
import Platform
import TestSupport
import Testing

@testable import OrioleCommand

/// Calls to GLM-Realtime, as a user makes them.
@Suite(.tags(.program), .neverHangs) struct RealtimeVerbTests {
    /// 100 samples of a quiet tone.
    private static let sound = Data((0..<100).flatMap { [UInt8($0), 0] }).base64EncodedString()

    private static func service() throws -> RealtimeService {
        try RealtimeService { event, _ in
            guard event.type == "response.create" else { return [] }
            return [
                #"{"type":"conversation.item.input_audio_transcription.completed","item_id":"i","transcript":"what is it"}"#,
                #"{"type":"response.audio_transcript.delta","response_id":"r","delta":"It is so."}"#,
                #"{"type":"response.audio.delta","response_id":"r","delta":"\#(sound)"}"#,
                #"{"type":"heartbeat"}"#, #"{"type":"response.done","response":{"id":"r","status":"completed"}}"#,
            ]
        }
    }

    private static func environment(_ service: RealtimeService) -> [String: String] {
        ["ORIOLE_BASE_URL": service.url, "ORIOLE_API_KEY": "k", "ORIOLE_ENGINE": "glm"]
    }

    @Test func `a question goes out, and its answer is heard`() async throws {
        let folder = ScratchFolder()
        let question = [Float](repeating: 0.1, count: 24_000)
        try write(
            WAVWriter.file(of: question.span, format: PCMFormat(rate: 24_000, channels: 1), encoding: .signed16),
            to: folder.file("q.wav"))
        let service = try Self.service()
        let run = try await BuiltCommand.run(
            ["realtime", "q.wav", "-o", "a.wav", "--voice", "xiaochen", "--events", "events.jsonl"], in: folder,
            environment: Self.environment(service))
        #expect(run.status == 0 && run.text == "It is so.\n", "\(run.errors)")
        #expect(run.errors == "heard: what is it\na.wav: 0:00.004\n")
        let answer = try await AudioInput(path: folder.file("a.wav"))
        #expect(answer.expectedFrameCount == 100 && answer.format == PCMFormat(rate: 24_000, channels: 1))
        #expect(service.said.map(\.type).filter { $0 == "input_audio_buffer.append" }.count == 10)
        #expect(service.said[0].json.contains(#""voice":"xiaochen""#))
        let events = String(decoding: try contents(of: folder.file("events.jsonl")), as: UTF8.self)
        let lines = events.split(separator: "\n")
        #expect(lines.count == service.said.count + 7 && lines[0].hasPrefix(#"{"from":"service","event":{"#))
        #expect(lines.allSatisfy { (try? JSONSerialization.jsonObject(with: Data($0.utf8))) != nil })
    }

    @Test func `a tool's program is asked, and the model told`() async throws {
        let folder = ScratchFolder()
        let tools = #"[{"name":"look","description":"looks","command":["echo","seen"]}]"#
        try write(Array(tools.utf8), to: folder.file("tools.json"))
        let service = try RealtimeService { event, types in
            switch (event.type, types.count { $0 == "response.create" }) {
            case ("response.create", 1):
                [
                    #"{"type":"response.function_call_arguments.done","response_id":"r1","name":"look","arguments":"{\"city\":\"x y\"}"}"#,
                    #"{"type":"response.function_call_arguments.done","response_id":"r1","name":"fly","arguments":"{}"}"#,
                    #"{"type":"response.done","response":{"id":"r1","status":"completed"}}"#,
                ]
            case ("response.create", _):
                [
                    #"{"type":"response.audio.delta","response_id":"r2","delta":"\#(Self.sound)"}"#,
                    #"{"type":"response.done","response":{"id":"r2","status":"completed"}}"#,
                ]
            default: []
            }
        }
        let run = try await BuiltCommand.run(
            ["realtime", "--text", "hi", "-o", "a.wav", "--tools", "tools.json", "--json"], in: folder,
            environment: Self.environment(service))
        #expect(run.status == 0 && run.text.contains(#""calls":["look","fly"]"#), "\(run.errors)")
        let outputs = service.said.filter { $0.json.contains("function_call_output") }.map(\.json)
        #expect(outputs.count == 2 && outputs[0].contains(#"seen {\"city\":\"x y\"}\n"#))
        #expect(outputs[1].contains("no such tool"))
    }

    @Test(.enabled(if: Environment.program("flite") != nil || Environment.program("espeak-ng") != nil))
    func `without an account the offline engine is called`() async throws {
        let folder = ScratchFolder()
        let run = try await BuiltCommand.run(["realtime", "--text", "hello", "-o", "a.wav"], in: folder)
        #expect(
            run.status == 0 && run.text == "Without an account I can only repeat what I hear: hello\n", "\(run.errors)")
        #expect(try await AudioInput(path: folder.file("a.wav")).expectedFrameCount ?? 0 > 24_000)
    }

    @Test(.needsOptimization)
    func `a recording of several questions has an answer to each, and words are told in whole lines`()
        async throws
    {
        let folder = ScratchFolder()
        try write(
            WAVWriter.file(
                of: Signals.voice(seconds: 25).span, format: PCMFormat(rate: 16_000, channels: 1), encoding: .signed16),
            to: folder.file("q.wav"))
        let service = try RealtimeService { event, said in
            guard event.type == "response.create" else { return [] }
            let number = said.count { $0 == event.type }
            return [
                #"{"type":"response.audio_transcript.delta","response_id":"r\#(number)","delta":"Answer "}"#,
                #"{"type":"conversation.item.input_audio_transcription.completed","item_id":"i","transcript":"question \#(number)"}"#,
                #"{"type":"response.audio_transcript.delta","response_id":"r\#(number)","delta":"\#(number)."}"#,
                #"{"type":"response.audio.delta","response_id":"r\#(number)","delta":"\#(Self.sound)"}"#,
                #"{"type":"response.done","response":{"id":"r\#(number)","status":"completed"}}"#,
            ]
        }
        let run = try await BuiltCommand.run(
            ["realtime", "q.wav", "-o", "a.wav", "--turns", "client"], in: folder,
            environment: Self.environment(service))
        #expect(run.status == 0 && run.text == "Answer 1.\nAnswer 2.\n", "\(run.errors)")
        #expect(run.errors == "heard: question 1\nheard: question 2\na.wav: 0:00.008\n")
    }

    @Test func `a greeting and a picture go where they belong`() async throws {
        let folder = ScratchFolder()
        try write([0xFF, 0xD8, 0xFF, 0xD9], to: folder.file("p.jpg"))
        let greeting = [
            #"{"type":"session.updated","session":{}}"#,
            #"{"type":"response.audio_transcript.delta","response_id":"r0","delta":"Welcome."}"#,
            #"{"type":"response.audio.delta","response_id":"r0","delta":"\#(Self.sound)"}"#,
            #"{"type":"response.done","response":{"id":"r0","status":"completed"}}"#,
        ]
        let service = try RealtimeService(agreeing: greeting.joined(separator: "\n")) { event, said in
            let number = said.count { $0 == "response.create" }
            switch event.type {
            case "response.create":
                return [
                    #"{"type":"response.audio_transcript.delta","response_id":"r\#(number)","delta":"A picture."}"#,
                    #"{"type":"response.audio.delta","response_id":"r\#(number)","delta":"\#(Self.sound)"}"#,
                    #"{"type":"response.done","response":{"id":"r\#(number)","status":"completed"}}"#,
                ]
            default: return []
            }
        }
        let run = try await BuiltCommand.run(
            ["realtime", "--text", "what is it", "-o", "a.wav", "--picture", "p.jpg", "--greeting", "Welcome."],
            in: folder, environment: Self.environment(service))
        #expect(run.status == 0 && run.text == "Welcome.\nA picture.\n", "\(run.errors)")
        #expect(run.errors == "a.wav: 0:00.008\n")
        let picture = service.said.first { $0.type == "input_audio_buffer.append_video_frame" }
        #expect(picture?.json.contains(#""video_frame":"/9j/2Q==""#) == true)
        #expect(service.said[0].json.contains("video_passive"))
    }

    @Test(
        arguments: [
            (["-o", "a.wav"], 2, "nothing was said"), (["--text", "a"], 2, "needs a place"),
            (["q.wav", "--text", "a", "-o", "a.wav"], 2, "two things"),
            (["--text", "a", "-o", "a.wav", "--tools", "none.json"], 1, "none.json"),
            (["--text", "a", "-o", "a.wav", "--events", "a.wav"], 2, "one name"),
            (["--text", "a", "-o", "a.wav", "--events", "none/e.jsonl"], 1, "none"),
            (["--text", "a", "-o", "a.wav", "--picture", "p", "--tools", "t"], 2, "no tools"),
            (["--text", "a", "-o", "a.wav", "--turns", "client"], 2, "a text is one turn"),
            (["q.wav", "-o", "a.wav", "--turns", "server", "--tools", "t.json"], 2, "--turns client"),
        ] as [([String], Int32, String)])
    func `what cannot be done is told`(words: [String], status: Int32, text: String) async throws {
        let folder = ScratchFolder()
        let run = try await BuiltCommand.run(
            ["realtime"] + words, in: folder, environment: ["ORIOLE_API_KEY": "k"])
        #expect(run.status == status && run.errors.contains(text) && run.errors.contains("hint: "), "\(run.errors)")
        #expect(folder.names.isEmpty)
    }
}
