import Foundation
import Oriole
import TestSupport
import Testing

struct ReadmeTests {
    private static let root = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")

    private static func text(_ path: String) throws -> String {
        String(decoding: try contents(of: "\(root)/\(path)"), as: UTF8.self)
    }

    @Test(arguments: [
        "read", "resample", "opus", "loudness", "speak", "scan", "align", "captions", "audiobook", "serve",
    ])
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

    /// The blocks of a language, without what stands behind a `#`.
    private static func blocks(of language: String, in text: String) -> [[String]] {
        text.components(separatedBy: "```\(language)\n").dropFirst().map { block in
            block.components(separatedBy: "```")[0].split(separator: "\n").map { line in
                let code = line.components(separatedBy: " # ")[0]
                return String(code.reversed().drop { $0 == " " }.reversed())
            }
        }
    }

    /// What is said in code in each cell of each table.
    private static func cells(in text: String) -> [[String]] {
        text.split(separator: "\n").filter { $0.hasPrefix("|") }.map { row in
            row.split(separator: "|", omittingEmptySubsequences: false).map { cell in
                cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
                    .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }.sorted().joined(separator: " ")
            }
        }
    }

    @Test func `both languages give the same commands, code and tables`() throws {
        let (english, chinese) = (try Self.text("README.md"), try Self.text("README.zh-CN.md"))
        for language in ["sh", "swift"] {
            let blocks = Self.blocks(of: language, in: english)
            #expect(!blocks.isEmpty && blocks == Self.blocks(of: language, in: chinese))
        }
        #expect(Self.cells(in: english) == Self.cells(in: chinese))
        let headings = [english, chinese].map {
            $0.split(separator: "\n").filter { $0.hasPrefix("#") }.map { $0.prefix { $0 == "#" } }
        }
        #expect(headings[0] == headings[1])
    }

    @Test func `the examples do what they say`() async throws {
        #expect(abs(try await seconds(of: "\(Self.root)/samples/greeting.flac") - 2.98) < 0.01)
        let greeting = try await clips(of: "\(Self.root)/samples/greeting.flac")
        #expect(greeting.count == 1 && greeting[0].end.seconds <= 2.98)
        #expect(try telephone([[Int16](repeating: 0, count: 2_400)]).count == 800)
        let ogg = try opus([[Float](repeating: 0, count: 24_000)], title: "A")
        #expect(ogg.starts(with: Array("OggS".utf8)))
        let loud = Signals.sine(1_000, rate: 48_000, frames: 96_000, level: 0.01)
        let level = try normalized(loud, PCMFormat(rate: 48_000, channels: 1)).max() ?? 0
        #expect(abs(level - 0.178) < 0.01, "-18 LUFS is a sine of -15 dB")
        let folder = ScratchFolder()
        let frame = #"{"choices":[{"delta":{"content":"AAAAAAAA"}}]}"#
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
