import Oriole
import TestSupport
import Testing

struct ReadmeTests {
    private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    private static func text(_ path: String) throws -> String {
        String(decoding: try contents(of: "\(root)/\(path)"), as: UTF8.self)
    }

    @Test(arguments: ["read", "resample", "opus", "loudness", "speak"])
    func `an example of the README is one that is compiled`(name: String) throws {
        let readme = try Self.text("README.md")
        let shown = try #require(readme.firstRange(of: "<!-- example: \(name) -->\n```swift\nimport Oriole\n\n"))
        let code = readme[shown.upperBound...].prefix(
            upTo: try #require(readme[shown.upperBound...].firstRange(of: "```")).lowerBound)
        let examples = try Self.text("Tests/ReadmeTests/Examples.swift")
        let begin = try #require(examples.firstRange(of: "// example: \(name)\n"))
        let end = try #require(examples[begin.upperBound...].firstRange(of: "\n// e"))
        let compiled = examples[begin.upperBound..<end.lowerBound].split(separator: "\n")
        #expect(compiled == code.split(separator: "\n"))
    }

    @Test func `the examples do what they say`() async throws {
        #expect(abs(try await seconds(of: "\(Self.root)/samples/greeting.flac") - 2.98) < 0.01)
        #expect(try telephone([[Int16](repeating: 0, count: 2_400)]).count == 800)
        let ogg = try opus([[Float](repeating: 0, count: 24_000)], title: "A")
        #expect(ogg.starts(with: Array("OggS".utf8)))
        let loud = Signals.sine(1_000, rate: 48_000, frames: 96_000, level: 0.01)
        let level = try normalized(loud, PCMFormat(rate: 48_000, channels: 1)).max() ?? 0
        #expect(abs(level - 0.178) < 0.01, "-18 LUFS is a sine of -15 dB")
        let folder = ScratchFolder()
        let frame = #"{"choices":[{"delta":{"content":"AAAA"}}]}"#
        let server = try ScriptedServer([
            .request,
            .send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: \(frame)\n\ndata: [DONE]\n\n"),
            .close,
        ])
        defer { server.stop() }
        try await speak("你好", with: GLMClient(GLMSettings(baseURL: server.url)), into: folder.file("a.opus"))
        #expect(folder.names == ["a.opus"])
    }
}
