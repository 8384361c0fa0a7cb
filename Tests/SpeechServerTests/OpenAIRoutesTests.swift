import AudioCore
import Foundation
import Platform
import Speech
import Subtitles
import TestSupport
import Testing

@testable import SpeechServer

struct OpenAIRoutesTests {
    private static let speech = "/v1/audio/speech"
    private static let transcriptions = "/v1/audio/transcriptions"

    private static func hear(
        _ fields: [FormPart], by client: InProcess = InProcess(), seconds: Int = 10, at path: String = transcriptions
    ) async -> InProcess.Reply {
        await client.post(form: fields + [.file(SpokenSound.wave(seconds: seconds))], to: path)
    }

    // MARK: - Speech

    @Test(arguments: SpeechForm.allCases) func `speech comes in every form, and lasts as long`(form: SpeechForm)
        async throws
    {
        var behaviour = FakeEngine.Behaviour()
        behaviour.pieceCount = 10
        let reply = await InProcess(behaviour).post(
            json: #"{"model":"tts-1","input":"hi","voice":"alloy","response_format":"\#(form)"}"#, to: Self.speech)
        if form == .aac && reply.status == 501 { return #expect(reply.text.contains("ffmpeg")) }
        #expect(reply.status == 200 && reply.isWhole && reply.field("Content-Type") == form.contentType)
        guard form != .pcm else { return #expect(reply.body.count == 48_000) }
        var input = try await AudioInput(bytes: reply.body)
        var frames = 0
        while let chunk = try await input.next() { frames += chunk.frameCount }
        let seconds = Double(frames) / Double(input.format.rate)
        // Codecs add some milliseconds at both ends.
        #expect((0.99...1.15).contains(seconds), "\(seconds)")
    }

    @Test func `without a word about it, speech is mp3, and the voice may be an object`() async throws {
        let client = InProcess()
        let reply = await client.post(
            json: #"{"model":"x","input":"hi","voice":{"id":"anna"},"instructions":"gently"}"#, to: Self.speech)
        #expect(reply.field("Content-Type") == "audio/mpeg")
        #expect(client.engine.spoken.first?.voice == "anna")
    }

    @Test func `a long text is spoken in parts that the engine takes`() async throws {
        var behaviour = FakeEngine.Behaviour()
        behaviour.limits.textCharacters = 100
        let client = InProcess(behaviour)
        let text = String(repeating: "This is a sentence of some length. ", count: 20)
        let reply = await client.post(json: #"{"input":"\#(text)","response_format":"pcm"}"#, to: Self.speech)
        let spoken = client.engine.spoken.map(\.text)
        #expect(spoken.count > 5 && spoken.allSatisfy { $0.count <= 100 })
        #expect(spoken.joined(separator: " ") == text.trimmingCharacters(in: .whitespaces))
        #expect(reply.body.count == spoken.count * 3 * 4_800)
    }

    @Test func `a speed that the engine has not is held within its range, and that is said`() async throws {
        let client = InProcess()
        let reply = await client.post(json: #"{"input":"hi","speed":4,"response_format":"pcm"}"#, to: Self.speech)
        #expect(reply.status == 200 && reply.field("Warning")?.contains("4.0") == true)
        #expect(client.engine.spoken.first?.speed == 2)
    }

    @Test func `events have the sound in pieces, and end as clients expect`() async throws {
        let reply = await InProcess().post(
            json: #"{"input":"hi","response_format":"pcm","stream_format":"sse"}"#, to: Self.speech)
        let events = reply.events()
        #expect(events.last == "[DONE]" && reply.text.contains("event: speech.audio.delta\n"))
        let parsed = try events.dropLast().map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        let sound = parsed.compactMap { ($0["audio"] as? String).flatMap { Data(base64Encoded: $0) } }
        #expect(sound.count == 3 && sound.map(\.count).reduce(0, +) == 14_400)
        #expect(parsed.last?["type"] as? String == "speech.audio.done" && parsed.last?["usage"] != nil)
    }

    @Test func `what breaks off after the first sound is not taken for the whole`() async throws {
        var behaviour = FakeEngine.Behaviour()
        behaviour.failsAt = 1
        let json = #"{"input":"hi","response_format":"pcm"#
        let plain = await InProcess(behaviour).post(json: json + #""}"#, to: Self.speech)
        #expect(plain.status == 200 && !plain.isWhole)
        let events = await InProcess(behaviour).post(json: json + #"","stream_format":"sse"}"#, to: Self.speech)
        #expect(events.text.contains("event: error\ndata: {\"error\":{") && events.isWhole)
    }

    @Test(arguments: [
        (#"{"input":""}"#, "input"), (#"{"input":"hi","response_format":"ogg"}"#, "response_format"),
        (#"{"input":"hi","speed":9}"#, "speed"), (#"{"input":"…"}"#, "input"),
        (#"{"input":"hi","stream_format":"x"}"#, "stream_format"),
        (#"{"input":"\#(String(repeating: "a", count: 4_097))"}"#, "input"),
    ])
    func `a wrong member is named`(json: String, parameter: String) async throws {
        var behaviour = FakeEngine.Behaviour()
        // An engine says nothing to a text without a letter.
        if json.contains("…") { behaviour.pieceCount = 0 }
        let reply = await InProcess(behaviour).post(json: json, to: Self.speech)
        let error = try #require(try reply.json()["error"] as? [String: Any])
        #expect(reply.status == 400 && error["param"] as? String == parameter)
        #expect(error["type"] as? String == "invalid_request_error" && error["message"] is String)
        #expect(error.keys.contains("code"))
    }

    // MARK: - Transcription

    @Test(.needsOptimization) func `a transcript comes as json with what it cost, or as text`() async throws {
        let json = try await Self.hear([.text("model", "whisper-1")]).json()
        #expect(json["text"] as? String == "hello world 0")
        let usage = try #require(json["usage"] as? [String: Any])
        #expect(usage["type"] as? String == "duration" && usage["seconds"] as? Int == 10)
        #expect(await Self.hear([.text("response_format", "text")]).text == "hello world 0\n")
    }

    @Test(.needsOptimization) func `subtitles are subtitles`() async throws {
        let srt = await Self.hear([.text("response_format", "srt")])
        let cues = try Track(reading: srt.body, as: .srt).cues
        #expect(cues.map(\.text) == ["hello world 0"] && srt.field("Content-Type") == "text/plain; charset=utf-8")
        // The voice is there from the third second to the eighth.
        #expect(cues[0].start > .seconds(2.5) && cues[0].end < .seconds(9.5))
        let vtt = await Self.hear([.text("response_format", "vtt")])
        #expect(try vtt.text.hasPrefix("WEBVTT") && Track(reading: vtt.body, as: .vtt).cues.count == 1)
    }

    @Test(
        .needsOptimization,
        arguments: [
            ("timestamp_granularities[]", ["word", "segment"]), ("timestamp_granularities", ["segment", "word"]),
            ("timestamp_granularities", ["word,segment"]), ("timestamp_granularities", [#"["word", "segment"]"#]),
        ])
    func `the times of words and segments, however they are asked for`(name: String, values: [String]) async throws {
        let both = try await Self.hear(
            [.text("response_format", "verbose_json")] + values.map { FormPart.text(name, $0) }
        ).json()
        #expect(both["language"] as? String == "english" && both["duration"] as? Double == 10)
        let words = try #require(both["words"] as? [[String: Any]])
        #expect(words.compactMap { $0["word"] as? String } == ["hello", "world", "0"])
        let times = words.compactMap { $0["start"] as? Double }
        #expect(times == times.sorted() && times.allSatisfy { (2.5...9.5).contains($0) })
        let segment = try #require((both["segments"] as? [[String: Any]])?.first)
        let wanted: Set = [
            "id", "seek", "start", "end", "text", "tokens", "temperature", "avg_logprob", "compression_ratio",
            "no_speech_prob",
        ]
        #expect(Set(segment.keys) == wanted)
        let segments = try await Self.hear([.text("response_format", "verbose_json")]).json()
        #expect(segments["words"] == nil && segments["segments"] != nil)
    }

    @Test(.needsOptimization) func `words of an engine that tells no times get theirs by the sound`() async throws {
        var behaviour = FakeEngine.Behaviour()
        behaviour.heard = { _ in Transcript(text: "hello world", language: "en") }
        let fields = [FormPart.text("response_format", "verbose_json"), .text("timestamp_granularities[]", "word")]
        let words = try await Self.hear(fields, by: InProcess(behaviour)).json()["words"] as? [[String: Any]]
        let times = try #require(words).compactMap { $0["start"] as? Double }
        // The voice is there from the third second to the eighth.
        #expect(times.count == 2 && times[0] < times[1] && times.allSatisfy { (2.5...8.5).contains($0) })
    }

    @Test(.needsOptimization) func `what helps to hear reaches the engine`() async throws {
        let client = InProcess()
        _ = await Self.hear(
            [
                .text("language", "zh-CN"), .text("prompt", "birds"), .text("keywords[]", "wren"),
                .text("keywords[]", "lark"),
            ], by: client)
        let options = try #require(client.engine.heard.first)
        #expect(options.language == "zh-CN" && options.prompt == "birds" && options.hotwords == ["wren", "lark"])
    }

    @Test(.needsOptimization) func `text comes clip by clip, and times with the last event where they are wanted`()
        async throws
    {
        let reply = await Self.hear(
            [.text("stream", "true"), .text("timestamp_granularities[]", "segment")], seconds: 40)
        let parsed = try reply.events().dropLast().map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        let deltas = parsed.compactMap { $0["delta"] as? String }
        #expect(deltas.count > 1 && reply.text.contains("event: transcript.text.delta\n"))
        let done = try #require(parsed.last)
        #expect(done["type"] as? String == "transcript.text.done" && done["text"] as? String == deltas.joined())
        #expect((done["segments"] as? [Any])?.isEmpty == false)
    }

    @Test(.needsOptimization) func `until there is text, a stream has comments, and later an error has its event`()
        async throws
    {
        var behaviour = FakeEngine.Behaviour()
        let latch = Latch()
        behaviour.latch = latch
        let fields = [FormPart.text("stream", "true"), .text("timestamp_granularities[]", "word")]
        let reply = await Self.hear(fields, by: InProcess(behaviour, heartbeat: Beats(2, then: latch).beat))
        #expect(reply.text.hasPrefix(": keepalive\n\n: keepalive\n\nevent: transcript.text.delta\n"))
        #expect(reply.text.contains(#""words":[{"end""#) && reply.events().last == "[DONE]")
        let late = Latch()
        behaviour.latch = late
        behaviour.failsAt = 0
        let failed = await Self.hear(fields, by: InProcess(behaviour, heartbeat: Beats(1, then: late).beat))
        #expect(failed.status == 200 && failed.text.contains("event: error\n") && failed.events().last == "[DONE]")
        behaviour.latch = nil
        #expect(await Self.hear(fields, by: InProcess(behaviour)).status == 502)
    }

    @Test func `a recording without a word is no error`() async throws {
        let silence = WAVWriter.file(
            of: [Float](repeating: 0, count: 48_000).span, format: PCMFormat(rate: 16_000, channels: 1),
            encoding: .signed16)
        let client = InProcess()
        let reply = await client.post(form: [.file(silence)], to: Self.transcriptions)
        #expect(try reply.json()["text"] as? String == "" && client.engine.heard.isEmpty)
    }

    @Test(.needsOptimization) func `a failure of the engine has the status that tells what to do`() async throws {
        var behaviour = FakeEngine.Behaviour()
        behaviour.failsAt = 0
        behaviour.failure = RemoteError(
            .rateLimited, "too fast", businessCode: "1302", mayRetry: true, retryAfter: .seconds(7))
        let limited = await Self.hear([], by: InProcess(behaviour))
        #expect(limited.status == 429 && limited.field("Retry-After") == "7")
        behaviour.failure = RemoteError(.unsupported, "English only")
        let unable = await Self.hear([], by: InProcess(behaviour))
        #expect(unable.status == 400, "clients ask again after 5xx, and it would fare no better")
        behaviour.failure = RemoteError(.unauthorized, "the key is refused")
        #expect(
            await Self.hear([], by: InProcess(behaviour)).status == 502, "the key is the server's, not the client's")
        let broken = await InProcess().post(
            form: [.file(Array("no sound at all, but some bytes".utf8))], to: Self.transcriptions)
        // Without ffmpeg nobody knows whether it is sound of another kind.
        let status = Environment.program("ffmpeg") == nil ? 501 : 400
        #expect(broken.status == status && !broken.text.contains("/tmp"), "\(broken.status) \(broken.text)")
    }

    @Test(arguments: [
        [FormPart.text("response_format", "diarized_json")], [.text("timestamp_granularities", "letter")], [],
    ])
    func `a form that lacks something, or asks for what nobody has, is refused`(fields: [FormPart]) async throws {
        let reply = await InProcess().post(
            form: fields + (fields.isEmpty ? [] : [.file(SpokenSound.wave(seconds: 1))]), to: Self.transcriptions)
        #expect(reply.status == 400)
        #expect((try reply.json()["error"] as? [String: Any])?["param"] is String)
    }

    // MARK: - Translation, lists

    @Test(.needsOptimization) func `a translation is English text or subtitles, and 501 where nobody translates`()
        async throws
    {
        let path = "/v1/audio/translations"
        let none = await Self.hear([], at: path)
        #expect(none.status == 501 && none.field("x-should-retry") == "false")
        #expect(
            try await Self.hear([], by: InProcess(translates: true), at: path).json()["text"] as? String
                == "HELLO WORLD 0")
        let srt = await Self.hear([.text("response_format", "srt")], by: InProcess(translates: true), at: path)
        #expect(try Track(reading: srt.body, as: .srt).cues.map(\.text) == ["HELLO WORLD 0"])
    }

    @Test func `models and voices are listed`() async throws {
        let client = InProcess()
        let models = try #require(try await client.get("/v1/models").json()["data"] as? [[String: Any]])
        #expect(models.contains { $0["id"] as? String == "glm-tts" && $0["object"] as? String == "model" })
        let audio = try #require(try await client.get("/v1/audio/models").json()["models"] as? [[String: String]])
        #expect(audio.contains(["id": "glm-asr-2512"]))
        let voices = try #require(try await client.get("/v1/audio/voices").json()["voices"] as? [[String: String]])
        #expect(voices.first == ["id": "tongtong", "name": "彤彤"])
    }
}
