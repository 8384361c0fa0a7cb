import Foundation
import Platform
import Speech
import TestSupport
import Testing

@testable import SpeechServer

struct MultipartReaderTests {
    private static func read(_ bytes: [UInt8], boundary: String, seed: UInt64, longest: Int) throws(Fault) -> Form {
        var reader = MultipartReader(boundary: boundary)
        for piece in bytes.cut(seed: seed, longest: longest) { try reader.read(Array(piece).span) }
        return try reader.finish()
    }

    private static func contents(_ form: Form) throws -> [String: [UInt8]] {
        Dictionary(uniqueKeysWithValues: try form.parts.map { ($0.name, try $0.content.bytes()) })
    }

    /// Contents that look like what ends them.
    private static let parts = [
        FormPart.text("model", "whisper-1"), .text("empty", ""), .text("dashes", "--b"), .text("ends", "\r\n--"),
        .text("almost", "\r\n--boundar"), .text("语言", "中文\r\n"), .text("cr", "\r\r\n\r"),
        .file(Array((0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 13) })),
        .file(Array("\r\n--boundary".dropLast().utf8), "last", type: nil),
    ]

    @Test(arguments: 0..<40) func `however it is cut, each part has its bytes`(seed: UInt64) throws {
        let bytes = FormPart.body(Self.parts, boundary: "boundary")
        let form = try Self.read(
            bytes, boundary: "boundary", seed: seed, longest: [1, 2, 7, 100, 6_000][Int(seed) % 5])
        #expect(form.parts.map(\.name) == Self.parts.map(\.name))
        for (part, wanted) in zip(form.parts, Self.parts) {
            #expect(try part.content.bytes() == wanted.content && part.fileName == wanted.fileName, "\(part.name)")
            #expect(part.type == wanted.type)
        }
    }

    @Test func `what stands before the first line and behind the last is skipped`() throws {
        let bytes = Array("preamble\r\n".utf8) + FormPart.body([.text("a", "b")]) + Array("epilogue --x".utf8)
        let form = try Self.read(bytes, boundary: FormPart.boundary, seed: 3, longest: 9)
        #expect(try Self.contents(form) == ["a": Array("b".utf8)])
    }

    @Test(arguments: [
        ("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx", "ends before its last line"),
        ("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b", "ends before its last line"),
        ("no form at all", "ends before its last line"), ("", "ends before its last line"),
        ("--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", "has no name"),
        ("--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--", "has no name"),
        ("--bx\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n--b--", "stands behind a boundary"),
        ("--b" + String(repeating: " ", count: 200), "never ends"),
        ("--b\r\n" + String(repeating: "x", count: 20_000), "longer than 16384"),
    ])
    func `a form that is none is told why`(text: String, reason: String) {
        for longest in [1, 50, 100_000] {
            let fault = #expect(throws: Fault.self) {
                try Self.read(Array(text.utf8), boundary: "b", seed: 1, longest: longest)
            }
            #expect(fault?.message.contains(reason) == true, "\(fault?.message ?? "")")
        }
    }

    @Test func `a form has so many parts at most`() {
        let parts = (0...MultipartReader.mostParts).map { FormPart.text("n\($0)", "x") }
        let fault = #expect(throws: Fault.self) {
            try Self.read(FormPart.body(parts), boundary: FormPart.boundary, seed: 1, longest: 1_000)
        }
        #expect(fault?.kind == .tooLarge)
    }

    @Test(arguments: [
        (#"form-data; name="a\"b"; filename="C:\x\y.wav""#, ["name": "a\"b", "filename": #"C:\x\y.wav"#]),
        ("form-data; name=plain; filename=\"\"", ["name": "plain", "filename": ""]),
        ("form-data; NAME = \"a\" ; name=\"second\"", ["name": "a"]),
        ("form-data; name=\"语; 言\"", ["name": "语; 言"]), ("form-data; name=\"open", ["name": "open"]),
        ("multipart/form-data; charset=utf-8; boundary=\"a b\"", ["charset": "utf-8", "boundary": "a b"]),
        ("x;;; =; =\"\"", ["": ""]), ("", [:]),
    ])
    func `parameters of a header are read`(text: String, wanted: [String: String]) {
        #expect(HeaderValue(text).parameters == wanted)
    }

    @Test(arguments: 0..<300) func `broken forms are refused or read, and nothing else`(seed: UInt64) throws {
        var random = SplitMix64(seed)
        var bytes = FormPart.body(Self.parts, boundary: "boundary")
        for _ in 0..<Int.random(in: 1...20, using: &random) {
            let place = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: bytes[place] = [13, 10, 45, 34, 0, 255][Int.random(in: 0..<6, using: &random)]
            case 1: bytes.remove(at: place)
            default: bytes.insert(contentsOf: Array("\r\n--boundary".utf8), at: place)
            }
        }
        let whole = try? Self.read(bytes, boundary: "boundary", seed: 0, longest: 1 << 20)
        let cut = try? Self.read(bytes, boundary: "boundary", seed: seed, longest: 30)
        #expect((whole == nil) == (cut == nil), "how a form is cut must not decide whether it is one")
        #expect(whole?.parts.map(\.name) == cut?.parts.map(\.name))
        let contents = try [whole, cut].map { form in try (form?.parts ?? []).map { try $0.content.bytes() } }
        #expect(contents[0] == contents[1])
    }
}

struct SpoolTests {
    @Test func `few bytes stay in memory, many go to a file that goes with them`() throws {
        let few = [UInt8](repeating: 7, count: SpoolWriter.mostInMemory)
        var writer = SpoolWriter()
        try writer.write(few.span)
        #expect(!(try writer.finish().isOnDisk))
        var path = ""
        do {
            var writer = SpoolWriter()
            let many = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 / 3) }
            for piece in many.cut(seed: 4, longest: 300_000) { try writer.write(Array(piece).span) }
            let spool = try writer.finish()
            #expect(spool.isOnDisk && spool.byteCount == many.count)
            #expect(try spool.bytes() == many)
            #expect(try spool.bytes(from: 2_999_990, count: 100) == Array(many.suffix(10)))
            guard case .file(path: let name) = spool.clip else {
                Issue.record("what is on disk is heard from there")
                return
            }
            path = name
            #expect(FileManager.default.fileExists(atPath: path))
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
