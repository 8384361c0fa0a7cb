import AudioCore
import Foundation
import TestSupport
import Testing

/// Input that once broke a parser, found by fuzzing or by reading: it is read again, whole and in every seed's pieces.
@Suite(.tags(.parser))
struct FoundTests {
    private static let folder =
        "/" + #filePath.split(separator: "/").dropLast(2).joined(separator: "/") + "/Fixtures/found"

    private static func names(_ parser: String) -> [String] {
        (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(parser)"))?.sorted() ?? []
    }

    /// What a parser makes of pieces: its result as text, or its refusal.
    private static func outcome(_ parse: () throws -> String) -> String {
        do { return try parse() } catch { return "refused: \(error)" }
    }

    private static func expectSteady(
        _ parser: String, _ name: String, _ parse: ([ArraySlice<UInt8>]) throws -> String
    ) throws {
        let bytes = try contents(of: "\(folder)/\(parser)/\(name)")
        let whole = outcome { try parse([bytes[...]]) }
        for seed in 0..<20 as Range<UInt64> {
            let pieces = bytes.cut(seed: seed, longest: 1 + Int(seed) % 7)
            #expect(outcome { try parse(pieces) } == whole, "seed \(seed)")
        }
    }

    @Test(arguments: names("wav"))
    func `wav`(name: String) throws {
        try Self.expectSteady("wav", name) { pieces in
            var reader = WAVReader()
            var samples: [Float] = []
            for piece in pieces { try reader.read(piece.span, appendingTo: &samples) }
            return "\(try reader.finish(appendingTo: &samples)) \(samples)"
        }
    }

    @Test(arguments: names("base64"))
    func `base64`(name: String) throws {
        try Self.expectSteady("base64", name) { pieces in
            var decoder = Base64Decoder()
            var bytes: [UInt8] = []
            for piece in pieces { _ = try decoder.decode(piece.span, appendingTo: &bytes) }
            try decoder.finish(appendingTo: &bytes)
            return "\(bytes)"
        }
    }

    @Test(arguments: names("wav").filter { !$0.hasPrefix("cut") })
    func `what a strange header still holds is delivered`(name: String) throws {
        var reader = WAVReader()
        var samples: [Float] = []
        let bytes = try contents(of: "\(Self.folder)/wav/\(name)")
        try reader.read(bytes.span, appendingTo: &samples)
        _ = try reader.finish(appendingTo: &samples)
        let expected: [Float] = [2, -3, 5, -7].map { $0 / 32_768 }
        #expect(samples == expected)
    }

    @Test(arguments: ["three-paddings.txt", "padding-between.txt", "padding-alone.txt", "one-character-over.txt"])
    func `text that is no base64 is refused`(name: String) throws {
        let text = try contents(of: "\(Self.folder)/base64/\(name)")
        let error = #expect(throws: AudioError.self) {
            var decoder = Base64Decoder()
            var bytes: [UInt8] = []
            _ = try decoder.decode(text.span, appendingTo: &bytes)
            try decoder.finish(appendingTo: &bytes)
        }
        #expect(error?.code == .malformedInput)
    }
}
