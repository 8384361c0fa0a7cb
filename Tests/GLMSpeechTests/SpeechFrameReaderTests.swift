import AudioCore
import Foundation
import HTTPTransport
import TestSupport
import Testing

@_spi(Measuring) @testable import GLMSpeech

@Suite(.tags(.parser))
struct SpeechFrameReaderTests {
    private static func read(_ text: String, _ encoding: GLMSettings.SpeechEncoding = .base64) -> (
        bytes: [UInt8], rate: Int?
    )? {
        var reader = SpeechFrameReader(encoding)
        var bytes: [UInt8] = [7]
        guard reader.read(Array(text.utf8).span, appendingTo: &bytes) else {
            #expect(bytes == [7], "what is refused leaves nothing")
            return nil
        }
        return (Array(bytes.dropFirst()), reader.rate)
    }

    @Test func `the sound of a frame is read where it lies`() throws {
        let frame = try #require(Self.read(Wire.frame(Wire.base64[0], 3)))
        #expect(frame.bytes == Array(Wire.pcm.prefix(16)) && frame.rate == 24_000)
        let hex = try #require(Self.read(Wire.frame(Wire.hex[1], 3, rest: ""), .hex))
        #expect(hex.bytes == Array(Wire.pcm.suffix(16)) && hex.rate == nil)
    }

    @Test(arguments: [
        Wire.end, Wire.frame("", 0), Wire.frame("AAAAAgAEA", 0), Wire.frame(#"AA\/A"#, 0), Wire.frame("AA*A", 0),
        "[DONE]", "", "{",
        #"{"content":"AAAA"}"#, #"{"choices":[{"delta":{"content":"AAAA"}}]"#,
        #"{"choices":[{"delta":{"content":"AAAA"#,
        #"{"error":{"code":"1"},"choices":[{"delta":{"content":"AAAA"}}]}"#,
        #"{"choices":[{"delta":{"content":null}}]}"#,
        #"{"choices":[{"delta":{"content":"AAAA"},"finish_reason":"stop"}]}"#,
        #"{"choices":[{"delta":{"content":"AAAA","content":"AAAA"}}]}"#,
        #"{"a\"b":[{"delta":{"content":"AAAA"}}]}"#,
    ])
    func `a frame of any other shape is left to the full decoder`(text: String) {
        #expect(Self.read(text) == nil)
    }

    @Test(arguments: 0..<200)
    func `damage anywhere gives the sound of a whole frame, or nothing`(seed: UInt64) {
        var random = SplitMix64(seed)
        var bytes = Array(Wire.frame(Wire.base64[0], 0).utf8)
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 32...126, using: &random)
        }
        bytes.removeLast(Int.random(in: 0...3, using: &random) == 0 ? Int.random(in: 0...80, using: &random) : 0)
        var reader = SpeechFrameReader(.base64)
        var sound: [UInt8] = []
        _ = reader.read(bytes.span, appendingTo: &sound)
        #expect(sound.count <= 48)
    }

    @Test(.needsMaterial)
    func `JSON of any kind neither crashes nor becomes sound`() throws {
        for folder in ["json/JSONTestSuite", "json/JSONTestSuite_transform"] {
            let names = try FileManager.default.contentsOfDirectory(atPath: Material.path(folder))
            #expect(names.count > 10)
            for name in names where name.hasSuffix(".json") {
                let bytes = try contents(of: Material.path("\(folder)/\(name)"))
                var reader = SpeechFrameReader(.base64)
                var sound: [UInt8] = []
                #expect(!reader.read(bytes.span, appendingTo: &sound), "\(name)")
                // No decoder of an answer may crash either; what they make of it is theirs.
                _ = try? JSON.decode(bytes) as SpeechFrame
                _ = try? JSON.decode(bytes) as VoiceAnswer
                _ = try? JSON.decode(bytes) as TranscriptAnswer
            }
        }
    }
}
