import TestSupport
import Testing

@testable import AudioCore

@Suite(.tags(.parser))
struct OggOpusGapTests {
    /// A few packets, each on a page of its own whose clock is far ahead of the one before.
    private static func leaps(of frames: Int64, pages: Int) throws -> [UInt8] {
        var packets = OpusPackets()
        var encoder = try OpusEncoder(format: PCMFormat(rate: 48_000, channels: 2))
        try encoder.encode([Float](repeating: 0.1, count: 1_920 * pages).span, appendingTo: &packets)
        var pager = try OggPager(serial: 1)
        let head = OpusHead(channels: 2, preSkip: 0, inputRate: 48_000, gain: 0, mapping: .plain(channels: 2))
        var bytes: [UInt8] = []
        for header in [head.packet, OpusTags(vendor: "x").packet] {
            try pager.add(header.span, granule: 0, appendingTo: &bytes)
            pager.flush(appendingTo: &bytes)
        }
        for index in packets.indices {
            try pager.add(packets[index].span, granule: frames * Int64(index + 1), appendingTo: &bytes)
            pager.flush(appendingTo: &bytes)
        }
        return bytes
    }

    @Test func `a clock that leaps does not become hours of silence`() throws {
        var reader = OggOpusReader()
        var samples: [Float] = []
        let bytes = try Self.leaps(of: 600 * 48_000, pages: 20)
        try reader.read(bytes.span, appendingTo: &samples)
        #expect(reader.lostFrameCount <= 70 * 48_000)
        #expect(samples.count / 2 < 71 * 48_000)
    }

    @Test func `a gap of seconds keeps its time`() throws {
        var reader = OggOpusReader()
        var samples: [Float] = []
        let bytes = try Self.leaps(of: 48_000, pages: 5)
        try reader.read(bytes.span, appendingTo: &samples)
        #expect(samples.count / 2 == 4 * 48_000 + 960)
    }
}
