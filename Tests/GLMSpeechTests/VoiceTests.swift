import AudioCore
import HTTPTransport
import Speech
import TestSupport
import Testing

@testable import GLMSpeech

@Suite(.neverHangs)
struct VoiceTests {
    private static func delta(_ member: String, finish: String = "") -> String {
        #"{"id":"1","model":"glm-4-voice","choices":[{"index":0,"delta":{"role":"assistant",\#(member)}\#(finish)}]}"#
    }

    private static func audio(_ data: String, expiry: String = "1760155200") -> String {
        #""audio":{"id":"11111111","data":"\#(data)","expires_at":\#(expiry)}"#
    }

    /// An answer's parts: its text, its samples, its rates, its ids.
    private static func parts(_ events: [VoiceEvent]) -> (
        text: String, samples: [Int16], rates: Set<Int>, ids: [String]
    ) {
        var parts = (text: "", samples: [Int16](), rates: Set<Int>(), ids: [String]())
        for event in events {
            switch event {
            case .text(let text): parts.text += text
            case .audio(let chunk):
                parts.samples += chunk.audio.samples
                parts.rates.insert(chunk.audio.format.rate)
            case .audioReference(let id, let expiry): parts.ids.append("\(id) \(expiry ?? 0)")
            }
        }
        return parts
    }

    static let streams: [(lines: [String], rate: Int)] = [
        (
            [
                delta(#""content":"你好""#), delta(audio(Wire.base64[0])), delta(#""content":"。""#),
                delta(audio(Wire.base64[1])), delta(#""content":"""#, finish: #","finish_reason":"stop""#), "[DONE]",
            ], 44_100
        ),
        ([delta(#""content":"你好。""#), delta(audio(Wire.wave, expiry: #""1760155200""#)), "[DONE]"], 24_000),
    ]

    @Test(arguments: streams.indices)
    func `text and sound come in pieces, bare or as WAVE`(index: Int) async throws {
        let server = try ScriptedServer([.request, Wire.events(Self.streams[index].lines), .close])
        let request = VoiceRequest(turns: [.user(text: "你好", clip: nil)])
        let (events, error) = await Wire.read(try await GLMClient(Wire.settings(server)).answer(request))
        let parts = Self.parts(events)
        #expect(error == nil && parts.text == "你好。" && parts.samples == Wire.samples)
        #expect(parts.rates == [Self.streams[index].rate] && parts.ids == ["11111111 1760155200"])
    }

    /// Sound that is divided among the parts of a stream: in bytes, and the rate that it has.
    static let parts: [(name: String, parts: [[UInt8]], rate: Int)] = {
        let wave = Wire.waveBytes
        // A header that promises no more than the first part.
        let first = Array(wave[..<40]) + [16, 0, 0, 0] + wave[44..<60]
        return [
            ("one file in three parts", [Array(wave[..<30]), Array(wave[30..<51]), Array(wave[51...])], 24_000),
            (
                "a file of unknown length", [wave[..<40] + [255, 255, 255, 255] + wave[44..<61], Array(wave[61...])],
                24_000
            ),
            ("samples after a whole file", [first, Array(Wire.pcm[16...])], 24_000),
            ("a file for each part", [first, Array(wave[..<40]) + [16, 0, 0, 0] + wave[60...]], 24_000),
            ("half samples", [Array(Wire.pcm[..<7]), Array(Wire.pcm[7...])], 44_100),
            ("single bytes", Wire.pcm.map { [$0] }, 44_100),
        ]
    }()

    @Test(arguments: parts.indices) func `sound may be divided among the parts in any way`(index: Int) async throws {
        let (name, parts, rate) = Self.parts[index]
        let lines = parts.map {
            Self.delta(Self.audio(String(decoding: Base64Encoder.text(of: $0.span), as: UTF8.self)))
        }
        let server = try ScriptedServer([.request, Wire.events(lines + ["[DONE]"]), .close])
        let request = VoiceRequest(turns: [.user(text: "你好", clip: nil)])
        let (events, error) = await Wire.read(try await GLMClient(Wire.settings(server)).answer(request))
        let heard = Self.parts(events)
        #expect(error == nil && heard.samples == Wire.samples && heard.rates == [rate], "\(name)")
    }

    @Test(arguments: [Wire.base64.joined(), Wire.wave])
    func `a whole answer has the same parts`(data: String) async throws {
        let sound = data == Wire.wave ? data : "AAAAAgAEAAYACAAGAAQAAgAAAP4A/AD6APgA+gD8AP4="
        let body =
            #"{"id":"1","choices":[{"index":0,"message":{"role":"assistant","content":"你好。",\#(Self.audio(sound))},"finish_reason":"stop"}],"usage":{}}"#
        for isStreamed in [false, true] {
            let server = try ScriptedServer([.request, Wire.answer(body), .close])
            var settings = Wire.settings(server)
            settings.voiceAnswerRate = 22_050
            let glm = try GLMClient(settings)
            let request = VoiceRequest(turns: [.user(text: "你好", clip: nil)])
            let events =
                isStreamed
                ? await Wire.read(try await glm.answer(request)).elements : try await glm.answerWhole(request)
            let parts = Self.parts(events)
            #expect(parts.text == "你好。" && parts.samples == Wire.samples)
            #expect(parts.rates == [data == Wire.wave ? 24_000 : 22_050])
        }
    }

    @Test func `turns are written as the service reads them`() async throws {
        let server = try ScriptedServer([.request, Wire.events([Self.delta(#""content":"x""#), "[DONE]"]), .close])
        let clip = AudioClip.samples(
            PCMChunk(
                format: PCMFormat(rate: 16_000, channels: 1), start: MediaTime(frames: 0, rate: 16_000),
                samples: [0, 0.5]))
        let request = VoiceRequest(
            turns: [
                .instructions("慢"), .user(text: "一", clip: nil),
                .assistant(text: "二", audioID: "a-1", expiresAt: 4_102_444_800),
                .assistant(text: "旧", audioID: "a-0", expiresAt: 1),
                .user(text: "三", clip: clip),
            ], temperature: 0.5, maximumTokenCount: 100)
        _ = await Wire.read(try await GLMClient(Wire.settings(server)).answer(request))
        let body = String(decoding: server.requests.first?.body ?? [], as: UTF8.self)
        for member in [
            #"{"role":"system","content":"慢"}"#, #""audio":{"id":"a-1"}"#, #""max_tokens":100"#, #""stream":true"#,
            #""type":"input_audio""#, #""format":"wav""#, #""data":"UklGR"#, #"{"type":"text","text":"三"}"#,
        ] { #expect(Self.hasSameMembers(body, member), "\(member) in \(body.prefix(300))") }
        #expect(!body.contains("a-0"), "what the service has forgotten is not named")
    }

    /// Whether a text has a part, with the members of its object in any order.
    private static func hasSameMembers(_ text: String, _ part: String) -> Bool {
        guard part.hasPrefix("{") else { return text.contains(part) }
        return part.dropFirst().dropLast().split(separator: ",").allSatisfy { text.contains($0) }
    }

    @Test(arguments: [
        ([delta(#""content":"x""#)], RemoteError.Code.endedEarly),
        ([delta(#""content":"x""#, finish: #","finish_reason":"sensitive""#)], .contentRefused),
        ([delta(#""content":"x""#), #"{"error":{"code":1234,"message":"y"}}"#], .serviceFailed),
        ([delta(#""content":"x""#), delta(audio("A=B"))], .malformedAnswer),
        ([delta(#""content":"x""#, finish: #","finish_reason":"model_context_window_exceeded""#)], .limitExceeded),
    ])
    func `an answer that goes wrong gives what came, then the reason`(lines: [String], code: RemoteError.Code)
        async throws
    {
        let server = try ScriptedServer([.request, Wire.events(lines), .close])
        let request = VoiceRequest(turns: [.user(text: "你好", clip: nil)])
        let (events, error) = await Wire.read(try await GLMClient(Wire.settings(server)).answer(request))
        #expect(Self.parts(events).text == "x" && error?.code == code, "\(String(describing: error))")
    }

    @Test func `a conversation without a word of the user's is refused`() async throws {
        let glm = try GLMClient(GLMSettings(baseURL: "http://127.0.0.1:1"))
        for turns in [[], [VoiceTurn.instructions("x")], [.user(text: "", clip: nil)]] {
            let error = await #expect(throws: RemoteError.self) { _ = try await glm.answer(VoiceRequest(turns: turns)) }
            #expect(error?.code == .invalidRequest)
        }
        let turn = VoiceTurn.user(text: "x", clip: nil)
        for request in [
            VoiceRequest(turns: [turn], temperature: .nan), VoiceRequest(turns: [turn], temperature: 1.1),
            VoiceRequest(turns: [turn], maximumTokenCount: 0),
        ] {
            let error = await #expect(throws: RemoteError.self) { _ = try await glm.answer(request) }
            #expect(error?.code == .invalidRequest)
        }
    }
}
