import Foundation
import TestSupport
import Testing

@testable import AudioCore

@Suite(.tags(.parser))
struct TextCodingTests {
    private static func decode(
        _ pieces: [ArraySlice<UInt8>], stopsAtQuote: Bool = false, kernels: Kernels = .active
    ) throws -> [UInt8] {
        var decoder = Base64Decoder(stopsAtQuote: stopsAtQuote, kernels: kernels)
        var bytes: [UInt8] = []
        for piece in pieces {
            let used = try decoder.decode(piece.span, appendingTo: &bytes)
            if used < piece.count { break }
        }
        try decoder.finish(appendingTo: &bytes)
        return bytes
    }

    private static func decode(_ text: String) throws -> String {
        String(decoding: try decode([Array(text.utf8)[...]]), as: UTF8.self)
    }

    @Test(arguments: [
        ("", ""), ("Zg==", "f"), ("Zm8=", "fo"), ("Zm9v", "foo"), ("Zm9vYg==", "foob"), ("Zm9vYmE=", "fooba"),
        ("Zm9vYmFy", "foobar"),
    ])
    func `the vectors of RFC 4648`(text: String, plain: String) throws {
        #expect(try Self.decode(text) == plain)
        #expect(String(decoding: Base64Encoder.text(of: Array(plain.utf8).span), as: UTF8.self) == text)
        let bare = text.replacing("=", with: "")
        #expect(try Self.decode(bare) == plain, "padding may be left out")
        let wrapped = text.map { "\($0)\r\n\t " }.joined()
        #expect(try Self.decode(wrapped) == plain, "white space does not matter")
    }

    @Test(arguments: Kernels.available.map(\.level), 0..<12)
    func `bytes come back whatever they are and however the text is cut`(level: SIMDLevel, seed: UInt64) throws {
        let kernels = try #require(Kernels(level))
        var random = SplitMix64(seed)
        let bytes = (0..<Int.random(in: 0...3_000, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random)
        }
        var encoder = Base64Encoder()
        var text: [UInt8] = []
        for piece in bytes.cut(seed: seed, longest: 50) { encoder.encode(piece.span, appendingTo: &text) }
        encoder.finish(appendingTo: &text)
        #expect(text == Array(Data(bytes).base64EncodedData()))
        #expect(try Self.decode([text[...]], kernels: kernels) == bytes)
        #expect(try Self.decode(text.cut(seed: seed, longest: 300), kernels: kernels) == bytes)
    }

    @Test(arguments: Kernels.available.map(\.level))
    func `every byte outside the alphabet is found at every place`(level: SIMDLevel) throws {
        let kernels = try #require(Kernels(level))
        let good = [UInt8](repeating: UInt8(ascii: "Q"), count: 400)
        let allowed = Set(Base64Encoder.alphabet + Array(" \t\r\n=".utf8))
        for place in stride(from: 0, to: 400, by: 7) {
            for byte in UInt8.min...UInt8.max where !allowed.contains(byte) {
                var text = good
                text[place] = byte
                let error = #expect(throws: AudioError.self) { try Self.decode([text[...]], kernels: kernels) }
                guard error?.message.contains("offset \(place) ") == true else {
                    Issue.record("byte \(byte) at \(place): \(error?.message ?? "no error")")
                    return
                }
            }
        }
    }

    @Test(arguments: 0..<20)
    func `the string of a JSON document is decoded where it lies`(seed: UInt64) throws {
        let bytes = (0..<200 + Int(seed)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let head = Array(#"{"content":""#.utf8)
        let line = head + Base64Encoder.text(of: bytes.span) + Array(#"","index":0}"#.utf8)
        let pieces = Array(line.dropFirst(head.count)).cut(seed: seed, longest: 90)
        #expect(try Self.decode(pieces, stopsAtQuote: true) == bytes)
    }

    @Test func `the quote is left for the reader of the document`() throws {
        var decoder = Base64Decoder(stopsAtQuote: true)
        var bytes: [UInt8] = []
        #expect(try decoder.decode(Array(#"Zm9v","x""#.utf8).span, appendingTo: &bytes) == 4)
        #expect(decoder.isAtQuote)
        #expect(try decoder.decode(Array("Zm9v".utf8).span, appendingTo: &bytes) == 0)
        #expect(bytes == Array("foo".utf8))
    }

    @Test(arguments: ["Z", "Zm9vY", "Zg=", "=", "Zg==Zg==", "Zm9v=", "Zg===", "Z=g="])
    func `text that ends inside a group, or pads wrongly, is refused`(text: String) {
        let error = #expect(throws: AudioError.self) { try Self.decode(text) }
        #expect(error?.code == .malformedInput)
    }

    @Test(arguments: 0..<8)
    func `hexadecimal text comes back however it is cut`(seed: UInt64) throws {
        let bytes = (0..<257).map { UInt8(truncatingIfNeeded: $0) }
        var text: [UInt8] = []
        HexEncoder().encode(bytes.span, appendingTo: &text)
        if seed % 2 == 1 { text = Array(String(decoding: text, as: UTF8.self).uppercased().utf8) }
        var decoder = HexDecoder(stopsAtQuote: true)
        var decoded: [UInt8] = []
        for piece in (text + Array("\"zz".utf8)).cut(seed: seed, longest: 9) {
            let used = try decoder.decode(piece.span, appendingTo: &decoded)
            if used < piece.count { break }
        }
        #expect(decoder.isAtQuote)
        try decoder.finish()
        #expect(decoded == bytes)
    }

    @Test func `half a byte of hexadecimal text is refused, and so is anything else`() throws {
        var half = HexDecoder()
        var bytes: [UInt8] = []
        _ = try half.decode(Array("0a b".utf8).span, appendingTo: &bytes)
        #expect(throws: AudioError.self) { try half.finish() }
        var other = HexDecoder()
        let error = #expect(throws: AudioError.self) {
            _ = try other.decode(Array("0a".utf8).span, appendingTo: &bytes)
            _ = try other.decode(Array("0g".utf8).span, appendingTo: &bytes)
        }
        #expect(error?.message == "‘g’ at offset 3 is not hexadecimal")
    }
}
