import TestSupport
import Testing

@testable import AudioCore

@Suite(.tags(.parser))
struct WAVWriterTests {
    /// A file written in pieces and mended at its end.
    private static func file(
        _ samples: [Float], _ format: PCMFormat, _ encoding: SampleEncoding, _ target: WAVWriter.Target
    ) -> [UInt8] {
        var writer = WAVWriter(format: format, encoding: encoding, target: target)
        var bytes = writer.header()
        for piece in samples.cut(seed: 1, longest: 7, unit: format.channels) { bytes += writer.encode(piece.span) }
        let ending = writer.finish()
        bytes += ending.padding
        for patch in ending.patches {
            bytes.replaceSubrange(patch.offset..<patch.offset + patch.bytes.count, with: patch.bytes)
        }
        return bytes
    }

    @Test(arguments: PCMEncoder.encodings, [1, 2, 3, 6])
    func `what is written is read back`(encoding: SampleEncoding, channels: Int) throws {
        let samples = (0..<15 * channels).map { Float($0 % 100 - 50) / 128 }
        for target in [WAVWriter.Target.stream, .seekable(expectedFrameCount: nil), .seekable(expectedFrameCount: 15)] {
            let bytes = Self.file(samples, PCMFormat(rate: 22_050, channels: channels), encoding, target)
            var reader = WAVReader()
            var read: [Float] = []
            try reader.read(bytes.span, appendingTo: &read)
            #expect(reader.format == PCMFormat(rate: 22_050, channels: channels))
            #expect(reader.expectedFrameCount == (target == .stream ? nil : 15))
            #expect(try reader.finish(appendingTo: &read) == .complete)
            // A stream of an odd number of bytes has no padding to tell from sound.
            #expect(read.prefix(samples.count) == samples[...])
            #expect(bytes.count.isMultiple(of: 2))
        }
    }

    @Test func `a short file of speech has the header that the simplest readers expect`() {
        let bytes = Self.file(
            [0, 0.5], PCMFormat(rate: 16_000, channels: 1), .signed16, .seekable(expectedFrameCount: 2))
        #expect(
            bytes == Array("RIFF".utf8) + [40, 0, 0, 0] + Array("WAVEfmt ".utf8) + [
                16, 0, 0, 0, 1, 0, 1, 0, 0x80, 0x3E, 0, 0, 0, 0x7D, 0, 0, 2, 0, 16, 0,
            ] + Array("data".utf8) + [4, 0, 0, 0, 0, 0, 0, 0x40])
    }

    @Test func `a file of six channels says where its loudspeakers are`() throws {
        let bytes = Self.file(
            [Float](repeating: 0, count: 6), PCMFormat(rate: 48_000, channels: 6), .signed16,
            .seekable(expectedFrameCount: 1))
        let place = try #require(bytes.firstRange(of: Array("fmt ".utf8))).lowerBound
        #expect(
            bytes[place + 28..<place + 32] == [0x3F, 0, 0, 0], "front left, right and centre, low, two at the back")
    }

    @Test func `a file over 4 GiB becomes RF64 in the room that was kept`() throws {
        var writer = WAVWriter(
            format: PCMFormat(rate: 48_000, channels: 2), encoding: .signed16,
            target: .seekable(expectedFrameCount: nil))
        var head = writer.header()
        writer.count(5 << 30)
        for patch in writer.finish().patches {
            head.replaceSubrange(patch.offset..<patch.offset + patch.bytes.count, with: patch.bytes)
        }
        #expect(String(decoding: head.prefix(4), as: UTF8.self) == "RF64")
        var reader = WAVReader()
        var samples: [Float] = []
        try reader.read(head.span, appendingTo: &samples)
        #expect(reader.expectedFrameCount == 5 << 28)
    }
}
