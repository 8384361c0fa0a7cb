import AudioCore
import Foundation
import Speech
import TestSupport
import Testing

@testable import SpeechServer

struct GLMRoutesTests {
    private static let base = "/api/paas/v4"
    private static let speech = base + "/audio/speech"
    private static let transcriptions = base + "/audio/transcriptions"
    private static let chat = base + "/chat/completions"

    private static func frames(_ reply: InProcess.Reply) throws -> [[String: Any]] {
        try reply.events().map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    private static func error(_ reply: InProcess.Reply) throws -> (code: String, message: String) {
        let error = try #require(try reply.json()["error"] as? [String: Any])
        return (try #require(error["code"] as? String), try #require(error["message"] as? String))
    }

    /// The samples of three pieces.
    private static let samples = (1...3).flatMap { [Int16](repeating: $0, count: 2_400) }

    // MARK: - Speech

    @Test(arguments: ["pcm", "wav"]) func `speech comes whole, at 24 kHz`(format: String) async throws {
        let client = InProcess()
        // As the service's own client writes it, with null for what it does not say.
        let reply = await client.post(
            json:
                #"{"model":"glm-tts","input":"你好","voice":"tongtong","response_format":"\#(format)","encode_format":null,"#
                + #""request_id":null,"user_id":null,"speed":1.5,"volume":2.0,"stream":false}"#, to: Self.speech)
        #expect(reply.status == 200 && reply.field("Content-Type") == "audio/\(format)")
        let pcm = Self.samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        #expect(Array(reply.body.suffix(pcm.count)) == pcm)
        #expect(reply.body.count == pcm.count + (format == "wav" ? 44 : 0))
        let asked = try #require(client.engine.spoken.first)
        #expect(asked.text == "你好" && asked.voice == "tongtong" && asked.speed == 1.5 && asked.volume == 2)
    }

    @Test(arguments: ["base64", "hex"]) func `streamed speech is numbered events, the last without sound`(
        encoding: String
    ) async throws {
        let reply = await InProcess().post(
            json: #"{"model":"glm-tts","input":"hi","stream":true,"encode_format":"\#(encoding)"}"#, to: Self.speech)
        #expect(reply.field("Content-Type") == "text/event-stream" && !reply.text.contains("[DONE]"))
        let frames = try Self.frames(reply)
        var sound: [UInt8] = []
        for (index, frame) in frames.enumerated() {
            let choice = try #require((frame["choices"] as? [[String: Any]])?.first)
            #expect(choice["index"] as? Int == index)
            guard index < frames.count - 1 else {
                #expect(choice["finish_reason"] as? String == "stop" && choice["delta"] == nil)
                continue
            }
            let delta = try #require(choice["delta"] as? [String: Any])
            #expect(delta["return_sample_rate"] as? Int == 24_000 && delta["return_format"] as? String == "pcm")
            let content = try #require(delta["content"] as? String)
            if encoding == "hex" {
                let digits = Array(content)
                sound += stride(from: 0, to: digits.count, by: 2).map {
                    UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0
                }
            } else {
                sound += try #require(Data(base64Encoded: content))
            }
        }
        #expect(frames.count == 4)
        #expect(sound == Self.samples.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
    }

    @Test(arguments: [
        (#"{"input":"hi"}"#, "1213"), (#"{"model":"glm-tts"}"#, "1213"), (#"{"model":"glm-tts","input":"  "}"#, "1213"),
        (#"{"model":"gpt-4","input":"hi"}"#, "1211"), (#"{"model":"glm-tts","input":"hi","speed":3}"#, "1214"),
        (#"{"model":"glm-tts","input":"hi","volume":0}"#, "1214"),
        (#"{"model":"glm-tts","input":"hi","response_format":"mp3"}"#, "1214"),
        (#"{"model":"glm-tts","input":"hi","encode_format":"x"}"#, "1214"),
        (#"{"model":"glm-tts","input":"\#(String(repeating: "好", count: 1_025))"}"#, "1214"),
        (#"{"model":"glm-tts","input":12}"#, "1210"), ("{", "1210"), ("", "1213"),
    ])
    func `what the service refuses is refused with its code`(json: String, code: String) async throws {
        let client = InProcess()
        let reply = await client.post(json: json, to: Self.speech)
        #expect(reply.status == 400 && reply.field("X-Log-Id") != nil)
        #expect(try Self.error(reply).code == code, "\(reply.text)")
        #expect(client.engine.spoken.isEmpty)
    }

    @Test func `a failure before the first sound is an answer, later it is an event`() async throws {
        var behaviour = FakeEngine.Behaviour()
        behaviour.failsAt = 0
        let first = await InProcess(behaviour).post(
            json: #"{"model":"glm-tts","input":"hi","stream":true}"#, to: Self.speech)
        #expect(first.status == 500)
        #expect(try Self.error(first).code == "1234")
        behaviour.failsAt = 2
        let later = await InProcess(behaviour).post(
            json: #"{"model":"glm-tts","input":"hi","stream":true}"#, to: Self.speech)
        #expect(later.status == 200 && later.isWhole)
        let frames = try Self.frames(later)
        #expect(frames.count == 3)
        #expect((frames.last?["error"] as? [String: Any])?["code"] as? String == "1234")
        let whole = await InProcess(behaviour).post(json: #"{"model":"glm-tts","input":"hi"}"#, to: Self.speech)
        #expect(whole.status == 500, "nothing of it was sent")
    }

    // MARK: - Transcription

    @Test func `a clip is heard with what helps to hear it`() async throws {
        let client = InProcess()
        let reply = await client.post(
            form: [
                .text("model", "glm-asr-2512"), .text("prompt", "before"), .text("hotwords", "oriole"),
                .text("hotwords[]", "thrush"), .text("hotwords", #"["wren","lark"]"#), .text("request_id", "mine-123"),
                .file(SpokenSound.wave(seconds: 1)),
            ], to: Self.transcriptions)
        let answer = try reply.json()
        #expect(answer["text"] as? String == "hello world 0" && answer["request_id"] as? String == "mine-123")
        #expect(answer["model"] as? String == "glm-asr-2512" && answer["id"] as? String == reply.field("X-Log-Id"))
        let options = try #require(client.engine.heard.first)
        #expect(options.prompt == "before" && Set(options.hotwords) == ["oriole", "thrush", "wren", "lark"])
    }

    @Test func `where a file and base64 are both given, the file counts`() async throws {
        let reply = await InProcess().post(
            form: [
                .text("model", "glm-asr-2512"), .text("file_base64", "$$$"), .file(SpokenSound.wave(seconds: 1)),
            ], to: Self.transcriptions)
        #expect(reply.status == 200)
    }

    @Test func `a clip as base64 is as good, and a stream gives its words`() async throws {
        let sound = Data(SpokenSound.wave(seconds: 1)).base64EncodedString()
        let reply = await InProcess().post(
            form: [.text("model", "glm-asr-2512"), .text("stream", "true"), .text("file_base64", sound)],
            to: Self.transcriptions)
        let events = reply.events()
        #expect(events.last == "[DONE]")
        let parsed = try events.dropLast().map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(parsed.compactMap { $0["delta"] as? String }.joined() == "hello world 0")
        #expect(parsed.map { $0["type"] as? String }.last == "transcript.text.done")
    }

    @Test(arguments: ["no file", "webm", "aac", "too long", "too large", "no model", "not base64"])
    func `a clip that the service would not take is refused`(kind: String) async throws {
        let model = FormPart.text("model", kind == "no model" ? "" : "glm-asr-2512")
        let parts: [FormPart] =
            switch kind {
            case "no file": [model]
            case "webm": [model, .file([0x1A, 0x45, 0xDF, 0xA3] + [UInt8](repeating: 0, count: 100))]
            case "aac": [model, .file([0xFF, 0xF1, 0x50, 0x80] + [UInt8](repeating: 0, count: 100))]
            case "too long": [model, .file(SpokenSound.wave(seconds: 31))]
            case "too large": [model, .file(Array("RIFF".utf8) + [UInt8](repeating: 0, count: (25 << 20) + 1))]
            case "not base64": [model, .text("file_base64", "*?*")]
            default: [.file(SpokenSound.wave(seconds: 1))]
            }
        let client = InProcess()
        let reply = await client.post(form: parts, to: Self.transcriptions)
        #expect(reply.status == 400)
        #expect(["1213", "1214", "1211"].contains(try Self.error(reply).code), "\(reply.text)")
        #expect(client.engine.heard.isEmpty)
    }

    // MARK: - Conversation, voices

    private static func question(stream: Bool, content: String) -> String {
        #"{"model":"glm-4-voice","stream":\#(stream),"temperature":0.5,"max_tokens":100,"messages":["#
            + #"{"role":"system","content":"Be short."},{"role":"assistant","content":"Yes?","audio":{"id":"audio-0"}},"#
            + #"{"role":"user","content":\#(content)}]}"#
    }

    @Test func `a turn is answered in text and sound`() async throws {
        let client = InProcess()
        let sound = Data(SpokenSound.wave(seconds: 1)).base64EncodedString()
        let content =
            #"[{"type":"text","text":"Hi"},{"type":"input_audio","input_audio":{"data":"\#(sound)","format":"wav"}}]"#
        let reply = await client.post(json: Self.question(stream: false, content: content), to: Self.chat)
        let choice = try #require((try reply.json()["choices"] as? [[String: Any]])?.first)
        let message = try #require(choice["message"] as? [String: Any])
        #expect(message["content"] as? String == "Good day." && choice["finish_reason"] as? String == "stop")
        let audio = try #require(message["audio"] as? [String: Any])
        #expect(audio["id"] as? String == "audio-1" && audio["expires_at"] as? Int == 99)
        let file = try #require(Data(base64Encoded: audio["data"] as? String ?? ""))
        #expect(file.starts(with: Data("RIFF".utf8)) && file.count == 44 + 4_800)
        let asked = try #require(client.engine.asked.first)
        #expect(asked.temperature == 0.5 && asked.maximumTokenCount == 100 && asked.turns.count == 3)
        guard case .user("Hi"?, .bytes(let bytes)?) = asked.turns[2],
            case .assistant("Yes?", "audio-0"?, nil) = asked.turns[1]
        else {
            Issue.record("\(asked.turns)")
            return
        }
        #expect(bytes == SpokenSound.wave(seconds: 1))
    }

    @Test func `streamed, text and sound come as they are made`() async throws {
        let reply = await InProcess().post(json: Self.question(stream: true, content: #""Hi""#), to: Self.chat)
        #expect(reply.events().last == "[DONE]")
        let deltas = try reply.events().dropLast().map { text -> [String: Any] in
            let event = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any]
            return try #require((event?["choices"] as? [[String: Any]])?.first?["delta"] as? [String: Any])
        }
        #expect(deltas.compactMap { $0["content"] as? String } == ["Good ", "day."])
        let sounds = deltas.compactMap { ($0["audio"] as? [String: Any])?["data"] as? String }
        #expect(sounds.count == 1 && Data(base64Encoded: sounds[0])?.starts(with: Data("RIFF".utf8)) == true)
    }

    @Test(arguments: [
        (#"{"model":"glm-4","messages":[]}"#, "1211"), (#"{"model":"glm-4-voice"}"#, "1213"),
        (#"{"model":"glm-4-voice","messages":[{"role":"user","content":""}]}"#, "1214"),
        (#"{"model":"glm-4-voice","messages":[{"role":"tool","content":"x"}]}"#, "1214"),
        (#"{"model":"glm-4-voice","top_p":2,"messages":[{"role":"user","content":"x"}]}"#, "1214"),
        (
            #"{"model":"glm-4-voice","messages":[{"role":"user","content":"\#(String(repeating: "x", count: 40_000))"}]}"#,
            "1261"
        ),
        (
            #"{"model":"glm-4-voice","messages":[{"role":"user","content":[{"input_audio":{"data":"AAAA","format":"x"}}]}]}"#,
            "1214"
        ),
        (#"{"model":"glm-4-voice","temperature":2,"messages":[{"role":"user","content":"x"}]}"#, "1214"),
    ])
    func `a conversation that cannot be answered is refused`(json: String, code: String) async throws {
        let reply = await InProcess().post(json: json, to: Self.chat)
        #expect(reply.status == 400)
        #expect(try Self.error(reply).code == code)
    }

    @Test func `voices are listed as the service lists them`() async throws {
        let client = InProcess()
        let all = try await client.get(Self.base + "/voice/list").json()["voice_list"] as? [[String: Any]]
        #expect(all?.compactMap { $0["voice"] as? String } == ["tongtong", "own-1"])
        let own = await client.get(Self.base + "/voice/list", query: ["voiceType": "PRIVATE", "voiceName": "an"])
        let rows = try #require(try own.json()["voice_list"] as? [[String: Any]])
        #expect(rows.count == 1 && rows[0]["voice_type"] as? String == "PRIVATE")
        #expect(rows[0]["create_time"] as? String == "2026-11-01 10:00:00")
        #expect(await client.get(Self.base + "/voice/list", query: ["voiceType": "X"]).status == 400)
    }
}
