import TestSupport
import Testing

@testable import AudioCore

@Suite(.tags(.parser))
struct WAVReaderTests {
    /// A file from its chunks.
    private static func file(_ chunks: [UInt8]..., form: String = "RIFF", size: UInt32? = nil) -> [UInt8] {
        let body = chunks.flatMap { $0 }
        var bytes = Array(form.utf8)
        bytes.append(littleEndian: size ?? UInt32(body.count + 4))
        return bytes + Array("WAVE".utf8) + body
    }

    private static func chunk(_ name: String, _ body: [UInt8], size: UInt32? = nil) -> [UInt8] {
        var bytes = Array(name.utf8)
        bytes.append(littleEndian: size ?? UInt32(body.count))
        return bytes + body + (size == nil && body.count % 2 == 1 ? [0] : [])
    }

    private static func format(codec: UInt16 = 1, channels: UInt16 = 1, bits: UInt16 = 16) -> [UInt8] {
        var body: [UInt8] = []
        body.append(littleEndian: codec)
        body.append(littleEndian: channels)
        body.append(littleEndian: UInt32(16_000))
        body.append(littleEndian: UInt32(16_000) * UInt32(channels) * UInt32((bits + 7) / 8))
        body.append(littleEndian: channels * ((bits + 7) / 8))
        body.append(littleEndian: bits)
        return chunk("fmt ", body)
    }

    /// 2, −3, 5, −7 as 16-bit samples, and what they are in units of full scale.
    private static let sound: [UInt8] = [2, 0, 0xFD, 0xFF, 5, 0, 0xF9, 0xFF]
    private static let samples: [Float] = [2, -3, 5, -7].map { $0 / 32_768 }

    private static func read(_ pieces: [ArraySlice<UInt8>]) throws -> (samples: [Float], ending: WAVEnding) {
        var reader = WAVReader()
        var samples: [Float] = []
        for piece in pieces { try reader.read(piece.span, appendingTo: &samples) }
        let ending = try reader.finish(appendingTo: &samples)
        return (samples, ending)
    }

    private static func read(_ bytes: [UInt8]) throws -> (samples: [Float], ending: WAVEnding) {
        try read([bytes[...]])
    }

    @Test func `a plain file`() throws {
        let result = try Self.read(Self.file(Self.format(), Self.chunk("data", Self.sound)))
        #expect(result.samples == Self.samples && result.ending == .complete)
    }

    @Test func `chunks of odd length are followed by a byte that is none of theirs`() throws {
        var odd = Self.format()
        odd.append(contentsOf: [0, 0, 0])
        odd[4] = 19
        let file = Self.file(odd + [0xEE], Self.chunk("data", Self.sound))
        #expect(try Self.read(file).samples == Self.samples)
        var sizes: [UInt8] = []
        for number in [UInt64(100), 8, 4] { sizes.append(littleEndian: number) }
        let long = Self.file(
            Self.chunk("ds64", sizes + [0, 0, 0, 0, 7]), Self.format(), Self.chunk("data", Self.sound, size: .max),
            form: "RF64", size: .max)
        #expect(try Self.read(long).samples == Self.samples)
    }

    @Test(arguments: 0..<40)
    func `how the bytes are cut does not change the sound`(seed: UInt64) throws {
        let bytes = Self.file(
            Self.chunk("LIST", [1, 2, 3]), Self.format(channels: 2),
            Self.chunk("junk", [UInt8](repeating: 7, count: 61)),
            Self.chunk("data", Self.sound), Self.chunk("cue ", [9, 9, 9]))
        let result = try Self.read(bytes.cut(seed: seed, longest: Int(seed) + 1))
        #expect(result.samples == Self.samples && result.ending == .complete)
    }

    @Test(arguments: [0, 0x7FFF_F000, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0xFFFF_FFDB] as [UInt32])
    func `a size that was never filled in means to the end`(size: UInt32) throws {
        let bytes = Self.file(Self.format(), Self.chunk("data", Self.sound, size: size), size: 0)
        for cut in 1...9 {
            let pieces = stride(from: 0, to: bytes.count, by: cut).map { bytes[$0..<min($0 + cut, bytes.count)] }
            let result = try Self.read(pieces)
            #expect(result.samples == Self.samples && result.ending == .complete)
        }
    }

    @Test func `a chunk after a data chunk of no bytes is not taken for sound`() throws {
        let bytes = Self.file(Self.format(), Self.chunk("data", []), Self.chunk("LIST", [1, 2, 3, 4]))
        for cut in 1...20 {
            let pieces = stride(from: 0, to: bytes.count, by: cut).map { bytes[$0..<min($0 + cut, bytes.count)] }
            let result = try Self.read(pieces)
            #expect(result.samples.isEmpty && result.ending == .complete)
        }
    }

    @Test func `a few bytes after a size of zero are sound`() throws {
        let result = try Self.read(Self.file(Self.format(), Self.chunk("data", [2, 0, 0xFD, 0xFF], size: 0)))
        #expect(result.samples == Array(Self.samples.prefix(2)))
    }

    @Test(arguments: [1, 2, 3, 5, 8])
    func `a cut file gives what is there and says what is missing`(missing: Int) throws {
        let bytes = Self.file(Self.format(), Self.chunk("data", Self.sound))
        let result = try Self.read(Array(bytes.dropLast(missing)))
        #expect(result.samples == Array(Self.samples.prefix((8 - missing) / 2)))
        #expect(result.ending == .cut(missingByteCount: UInt64(missing)))
    }

    @Test(arguments: ["RF64", "BW64"])
    func `sizes over 4 GiB come from their own chunk`(form: String) throws {
        var sizes: [UInt8] = []
        for number in [UInt64(5) << 30, UInt64(Self.sound.count), 4] { sizes.append(littleEndian: number) }
        sizes += [0, 0, 0, 0]
        let bytes = Self.file(
            Self.chunk("ds64", sizes), Self.format(), Self.chunk("data", Self.sound, size: .max),
            Self.chunk("LIST", [1, 2]), form: form, size: .max)
        #expect(try Self.read(bytes).samples == Self.samples)
    }

    @Test func `RIFX has its highest bytes first`() throws {
        var body: [UInt8] = []
        for number in [1, 1] as [UInt16] { body.append(bigEndian: number) }
        for number in [16_000, 32_000] as [UInt32] { body.append(bigEndian: number) }
        for number in [2, 16] as [UInt16] { body.append(bigEndian: number) }
        let sizes: [UInt8] = [0, 0, 0, 40]
        let bytes = Array("RIFX".utf8) + sizes + Array("WAVEfmt ".utf8) + [0, 0, 0, 16] + body
        let sound: [UInt8] = [0, 2, 0xFF, 0xFD]
        #expect(
            try Self.read(bytes + Array("data".utf8) + [0, 0, 0, 4] + sound).samples == Array(Self.samples.prefix(2)))
    }

    @Test func `nothing is allocated by what a header claims`() throws {
        // Two gigabytes of a chunk that is not there, then of a sound that is not there.
        let skipped = Self.file(Self.chunk("oooo", [1, 2, 3], size: 0x7FFF_0000))
        #expect(throws: AudioError.self) { try Self.read(skipped) }
        let result = try Self.read(Self.file(Self.format(), Self.chunk("data", Self.sound, size: 0x7000_0000)))
        #expect(result.samples == Self.samples)
        #expect(result.ending == .cut(missingByteCount: 0x7000_0000 - 8))
    }

    /// What is refused, and a word of the message that says why.
    static let refused: [(name: String, bytes: [UInt8], word: String)] = [
        ("nothing", [], "empty"),
        ("text", Array("The quick brown fox jumps over".utf8), "not a WAVE file"),
        ("only a beginning", Array("RIFF".utf8), "only 4 bytes"),
        ("no format", file(chunk("data", sound)), "before its format"),
        ("no sound", file(format()), "before its 'data'"),
        ("a short format", file(chunk("fmt ", [1, 0, 1, 0])), "4 bytes"),
        ("no channels", file(format(channels: 0), chunk("data", sound)), "0 channels"),
        ("many channels", file(format(channels: 2_000), chunk("data", sound)), "1024 is the most"),
        ("no bits", file(format(bits: 0), chunk("data", sound)), "no bits"),
        ("forty bits", file(format(bits: 40), chunk("data", sound)), "40 bits"),
        ("ADPCM", file(format(codec: 0x11, bits: 4), chunk("data", sound)), "IMA ADPCM"),
    ]

    @Test(arguments: refused.indices)
    func `what cannot be read is refused with the reason`(index: Int) {
        let (_, bytes, word) = Self.refused[index]
        for cut in [1, 3, 1_000] {
            let pieces = stride(from: 0, to: bytes.count, by: cut).map { bytes[$0..<min($0 + cut, bytes.count)] }
            let error = #expect(throws: AudioError.self) { try Self.read(pieces) }
            #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
        }
    }
}
