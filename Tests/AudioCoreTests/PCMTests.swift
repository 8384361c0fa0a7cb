import TestSupport
import Testing

@testable import AudioCore

@Suite(.tags(.parser))
struct PCMTests {
    /// Bytes of a few samples in every encoding, with what they mean.
    static let known: [(encoding: SampleEncoding, bytes: [UInt8], samples: [Float])] = [
        (.unsigned8, [0, 128, 192, 255], [-1, 0, 0.5, 127.0 / 128]),
        (.signed16, [0x00, 0x80, 0x00, 0x00, 0x00, 0x40, 0xFF, 0x7F], [-1, 0, 0.5, 32_767.0 / 32_768]),
        (.signed24, [0x00, 0x00, 0x80, 0xFF, 0xFF, 0xFF, 0x00, 0x00, 0x40], [-1, -1.0 / 8_388_608, 0.5]),
        (.signed32, [0x00, 0x00, 0x00, 0x80, 0x00, 0x00, 0x00, 0x40], [-1, 0.5]),
        (.float32, [0x00, 0x00, 0x00, 0xBF, 0x00, 0x00, 0x00, 0x40], [-0.5, 2]),
        (.float64, [0, 0, 0, 0, 0, 0, 0xE0, 0x3F], [0.5]),
        // ITU-T G.711: the loudest and the quietest of both signs.
        (.aLaw, [0xAA, 0x2A, 0xD5, 0x55], [32_256.0 / 32_768, -32_256.0 / 32_768, 8.0 / 32_768, -8.0 / 32_768]),
        (.muLaw, [0x80, 0x00, 0xFF, 0x7F], [32_124.0 / 32_768, -32_124.0 / 32_768, 0, 0]),
    ]

    @Test func `eight bits are rounded to nearest, and what is no number is silence`() {
        var bytes: [UInt8] = []
        let samples: [Float] = [0, 0.6 / 128, 0.4 / 128, -0.6 / 128, 1.5 / 128, 2.5 / 128, 2, -2, .nan, .infinity]
        PCMEncoder(.unsigned8).encode(samples.span, appendingTo: &bytes)
        #expect(bytes == [128, 129, 128, 127, 130, 130, 255, 0, 128, 255])
    }

    @Test(arguments: known.indices, Kernels.available.map(\.level))
    func `bytes mean what their encoding says`(index: Int, level: SIMDLevel) throws {
        let (encoding, bytes, expected) = Self.known[index]
        let kernels = try #require(Kernels(level))
        var decoder = PCMDecoder(encoding, channels: 1, order: .littleEndian, kernels: kernels)
        var samples: [Float] = []
        try decoder.decode(bytes.span, appendingTo: &samples)
        #expect(samples == expected)
        var reversed: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: encoding.byteCount) {
            reversed += bytes[start..<start + encoding.byteCount].reversed()
        }
        var bigEndian = PCMDecoder(encoding, channels: 1, order: .bigEndian, kernels: kernels)
        var others: [Float] = []
        try bigEndian.decode(reversed.span, appendingTo: &others)
        #expect(others == expected)
    }

    @Test(arguments: SampleEncoding.allCases, 0..<4)
    func `how bytes are cut does not change the samples`(encoding: SampleEncoding, seed: UInt64) throws {
        var random = SplitMix64(seed)
        let isFloat = encoding.isFloatingPoint
        let bytes = (0..<24 * 500).map { _ in isFloat ? UInt8(0x3C) : UInt8.random(in: 0...255, using: &random) }
        var whole: [Float] = []
        var decoder = PCMDecoder(encoding, channels: 3)
        try decoder.decode(bytes.span, appendingTo: &whole)
        var pieces: [Float] = []
        var cutting = PCMDecoder(encoding, channels: 3)
        for piece in bytes.cut(seed: seed, longest: 40) {
            try cutting.decode(piece.span, appendingTo: &pieces)
            #expect(pieces.count.isMultiple(of: 3), "only whole frames come out")
        }
        #expect(pieces == whole)
        #expect(cutting.pendingByteCount == bytes.count % (3 * encoding.byteCount))
    }

    @Test(arguments: [SampleEncoding.signed16, .signed24, .signed32, .float32, .unsigned8])
    func `what is written is read back`(encoding: SampleEncoding) throws {
        let exact: [Float] = (-128...127).map { Float($0) / 128 }
        for kernels in Kernels.available {
            var bytes: [UInt8] = []
            PCMEncoder(encoding, kernels: kernels).encode(exact.span, appendingTo: &bytes)
            var samples: [Float] = []
            var decoder = PCMDecoder(encoding, channels: 1, order: .littleEndian, kernels: kernels)
            try decoder.decode(bytes.span, appendingTo: &samples)
            #expect(samples == exact)
        }
    }

    @Test func `samples are saturated and rounded to nearest, halves to even`() {
        let samples: [Float] = [2, -2, 1, -1, 0.5 / 32_768, 1.5 / 32_768, -0.5 / 32_768, -1.5 / 32_768, 0.51 / 32_768]
        let expected: [Int16] = [32_767, -32_768, 32_767, -32_768, 0, 2, 0, -2, 1]
        for kernels in Kernels.available {
            var integers: [Int16] = []
            kernels.append(samples.span, to: &integers)
            #expect(integers == expected, "\(kernels.level)")
        }
        var bytes: [UInt8] = []
        PCMEncoder(.signed24).encode([Float(2), -2, 0.5 / 8_388_608].span, appendingTo: &bytes)
        #expect(bytes == [0xFF, 0xFF, 0x7F, 0x00, 0x00, 0x80, 0, 0, 0])
    }

    @Test func `16-bit samples stay what they are, inside as outside`() throws {
        let integers = (Int16.min...Int16.max).map { $0 }
        let chunk = PCMChunk(
            format: PCMFormat(rate: 24_000, channels: 1), start: MediaTime(frames: 7, rate: 24_000), samples: integers)
        #expect(chunk.floats().integers() == chunk)
        var bytes: [UInt8] = []
        PCMEncoder(.signed16).encode(chunk.floats().samples.span, appendingTo: &bytes)
        var decoder = PCMDecoder(.signed16)
        var decoded: [Int16] = []
        for piece in bytes.cut(seed: 1, longest: 999) { try decoder.decode(piece.span, appendingTo: &decoded) }
        let isSame = decoded == integers
        #expect(isSame)
    }

    @Test(arguments: [Float.nan, .infinity, -.infinity])
    func `a sample that is no number is refused with its place`(bad: Float) {
        var bytes: [UInt8] = []
        PCMEncoder(.float32).encode([Float](repeating: 0.5, count: 40).span, appendingTo: &bytes)
        PCMEncoder(.float32).encode([bad].span, appendingTo: &bytes)
        var decoder = PCMDecoder(.float32)
        var samples: [Float] = []
        let error = #expect(throws: AudioError.self) { try decoder.decode(bytes.span, appendingTo: &samples) }
        #expect(error?.code == .malformedInput)
        #expect(error?.message.contains("sample 40 ") == true)
    }
}
