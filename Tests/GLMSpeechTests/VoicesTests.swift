import Speech
import TestSupport
import Testing

@testable import GLMSpeech

@Suite(.neverHangs)
struct VoicesTests {
    @Test func `voices are listed, with what only some have`() async throws {
        let body =
            #"{"voice_list":[{"voice":"v1","voice_name":"我的音色","voice_type":"PRIVATE","download_url":"https://example.invalid/a.wav","create_time":"2025-10-10 12:00:00"},{"create_time":"2025-09-08 18:23:10","voice":"cd55","voice_name":"tongtong","voice_type":"OFFICIAL"}]}"#
        let server = try ScriptedServer([.request, Wire.answer(body), .close])
        let voices = try await GLMClient(Wire.settings(server)).voices(.own, named: "我的")
        #expect(voices.map(\.id) == ["v1", "cd55"] && voices.map(\.kind) == [.own, .official])
        #expect(voices[1].sampleURL == nil && voices[0].name == "我的音色")
        #expect(
            server.requests.first?.head.hasPrefix(
                "GET /api/paas/v4/voice/list?voiceType=PRIVATE&voiceName=%E6%88%91%E7%9A%84 ") == true)
    }

    @Test func `a voice is made of a file that is sent first`() async throws {
        let folder = ScratchFolder()
        try write(Array("RIFF sound".utf8), to: folder.file("sample.wav"))
        let server = try ScriptedServer([
            .request, Wire.answer(#"{"id":"file_abc","object":"file","bytes":76,"created_at":1}"#),
            .request, Wire.answer(#"{"voice":"voice_1","file_id":"file_xyz","file_purpose":"voice-clone-output"}"#),
            .close,
        ])
        let sample = VoiceSample(
            name: "mine", path: folder.file("sample.wav"), transcript: "示例", previewText: "欢迎")
        var settings = Wire.settings(server)
        settings.models.cloning = "cogtts-clone"
        let voice = try await GLMClient(settings).clone(sample)
        #expect(voice == ClonedVoice(id: "voice_1", previewFileID: "file_xyz"))
        let bodies = server.requests.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies[0].contains("voice-clone-input") && bodies[0].contains("RIFF sound"))
        for member in [
            #""file_id":"file_abc""#, #""voice_name":"mine""#, #""input":"欢迎""#, #""text":"示例""#,
            #""model":"cogtts-clone""#,
        ] {
            #expect(bodies[1].contains(member))
        }
    }

    @Test func `a wish for a voice whose answer is lost is not made again`() async throws {
        let folder = ScratchFolder()
        try write(Array("RIFF sound".utf8), to: folder.file("sample.wav"))
        let stored = Wire.answer(#"{"id":"file_abc","object":"file"}"#)
        let server = try ScriptedServer(scripts: [[.request, stored, .close], [.request, .reset]])
        let sample = VoiceSample(name: "mine", path: folder.file("sample.wav"), previewText: "欢迎")
        let glm = try GLMClient(Wire.settings(server))
        #expect(glm.settings.models.cloning == "glm-tts-clone")
        let error = await #expect(throws: RemoteError.self) { _ = try await glm.clone(sample) }
        #expect(error?.code == .endedEarly && error?.hint?.contains("list the voices") == true)
        #expect(server.requests.count == 2)
    }

    @Test func `a voice is deleted by its id`() async throws {
        let server = try ScriptedServer([.request, Wire.answer(#"{"voice":"v1","update_time":"x"}"#), .close])
        try await GLMClient(Wire.settings(server)).deleteVoice("v1")
        #expect(server.requests.first.map { String(decoding: $0.body, as: UTF8.self) } == #"{"voice":"v1"}"#)
    }

    @Test func `a sample that cannot be sent is refused`() async throws {
        let glm = try GLMClient(GLMSettings(baseURL: "http://127.0.0.1:1"))
        let folder = ScratchFolder()
        try write([UInt8](repeating: 0, count: 10 << 20 + 1), to: folder.file("a.wav"))
        for (sample, code) in [
            (VoiceSample(name: "", path: folder.file("a.wav"), previewText: "x"), RemoteError.Code.invalidRequest),
            (VoiceSample(name: "x", path: folder.file("a.wav"), previewText: "x"), .limitExceeded),
            (VoiceSample(name: "x", path: folder.file("none.wav"), previewText: "x"), .notFound),
        ] {
            let error = await #expect(throws: RemoteError.self) { _ = try await glm.clone(sample) }
            #expect(error?.code == code)
        }
    }
}
