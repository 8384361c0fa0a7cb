import Foundation
import TestSupport
import Testing

@testable import AudioCore

@Suite(.tags(.parser, .handle))
struct OggOpusTests {
    private static func encode(
        _ samples: [Float], _ format: PCMFormat, settings: OpusSettings = OpusSettings(), tags: OpusTags = OpusTags(),
        pageInterval: Duration = .seconds(1), serial: UInt32? = nil, cut seed: UInt64 = 1
    ) throws -> [UInt8] {
        var writer = try OggOpusWriter(
            format: format, settings: settings, tags: tags, pageInterval: pageInterval, serial: serial)
        var bytes: [UInt8] = []
        for piece in samples.cut(seed: seed, longest: 900, unit: format.channels) {
            try writer.write(piece.span, appendingTo: &bytes)
        }
        try writer.finish(appendingTo: &bytes)
        return bytes
    }

    private struct Decoded {
        var samples: [Float] = []
        var format: PCMFormat?
        var tags: OpusTags?
        var lost = 0
    }

    private static func decode(_ pieces: [ArraySlice<UInt8>]) throws -> Decoded {
        var reader = OggOpusReader()
        var result = Decoded()
        for piece in pieces { try reader.read(piece.span, appendingTo: &result.samples) }
        result.format = reader.format
        result.tags = reader.tags
        result.lost = reader.lostFrameCount
        try reader.finish()
        return result
    }

    private static let mono24 = PCMFormat(rate: 24_000, channels: 1)

    /// The pages of a file: where each begins.
    private static func pages(_ bytes: [UInt8]) -> [Range<Int>] {
        let starts = bytes.indices.filter { bytes[$0...].starts(with: Array("OggS".utf8)) }
        return zip(starts, starts.dropFirst() + [bytes.count]).map { $0..<$1 }
    }

    @Test(arguments: OpusEncoder.rates, [1, 2])
    func `sound comes back as long as it was, at its place and level`(rate: Int, channels: Int) throws {
        let mono = Signals.sine(440, rate: rate, frames: rate * 2)
        let input = channels == 1 ? mono : mono.flatMap { [$0, $0] }
        let result = try Self.decode([Self.encode(input, PCMFormat(rate: rate, channels: channels))[...]])
        #expect(result.format == PCMFormat(rate: 48_000, channels: channels))
        #expect(result.samples.count == 96_000 * channels)
        let expected = Signals.sine(440, rate: 48_000, frames: 96_000)
        let middle = 24_000..<72_000
        let error = middle.map { pow(Double(result.samples[$0 * channels] - expected[$0]), 2) }.reduce(0, +) / 48_000
        #expect(error < 0.125 * 0.04, "the noise is 14 dB below the sine: neither late, nor loud, nor upside down")
    }

    @Test(arguments: [0, 1, 100, 479, 480, 481, 1_000, 24_000, 24_001])
    func `the length is exact to the sample`(frames: Int) throws {
        let bytes = try Self.encode(Signals.noise(frames: frames, seed: 1), Self.mono24)
        #expect(try Self.decode([bytes[...]]).samples.count == frames * 2)
    }

    @Test(arguments: OpusSettings.FrameDuration.allCases, [OpusSettings.Application.voice, .audio, .lowDelay])
    func `every packet length and application`(
        duration: OpusSettings.FrameDuration, application: OpusSettings.Application
    ) throws {
        let settings = OpusSettings(
            application: application, bitrate: 32_000, complexity: 3, frameDuration: duration,
            usesDiscontinuousTransmission: true, expectedLossPercentage: 10)
        let bytes = try Self.encode(Signals.sine(300, rate: 24_000, frames: 5_000), Self.mono24, settings: settings)
        #expect(try Self.decode([bytes[...]]).samples.count == 10_000)
    }

    @Test func `silence costs next to nothing when it need not be sent, and a copy for the lost costs something`()
        throws
    {
        func size(_ settings: OpusSettings, _ samples: [Float]) throws -> Int {
            var encoder = try OpusEncoder(format: Self.mono24, settings: settings)
            var packets = OpusPackets()
            try encoder.encode(samples.span, appendingTo: &packets)
            return packets.indices.reduce(0) { $0 + packets[$1].count }
        }
        var settings = OpusSettings(application: .voice, bitrate: 24_000, complexity: 3)
        let silence = [Float](repeating: 0, count: 48_000)
        let plain = try size(settings, silence)
        settings.usesDiscontinuousTransmission = true
        #expect(try size(settings, silence) < plain / 2)
        settings.usesDiscontinuousTransmission = false
        let voice = Signals.sine(200, rate: 24_000, frames: 48_000).map { $0 + Float.random(in: -0.05...0.05) }
        func packets(_ settings: OpusSettings) throws -> [[UInt8]] {
            var encoder = try OpusEncoder(format: Self.mono24, settings: settings)
            var packets = OpusPackets()
            try encoder.encode(voice.span, appendingTo: &packets)
            return packets.indices.map { Array(packets[$0]) }
        }
        let bare = try packets(settings)
        settings.expectedLossPercentage = 30
        #expect(try packets(settings) != bare)
    }

    @Test func `a header tells the rate of the input, and puts surround in the order of WAVE files`() throws {
        let head = OpusHead(channels: 1, preSkip: 312, inputRate: 24_000, gain: 0, mapping: .plain(channels: 1))
        #expect(try OpusHead(packet: head.packet.span) == head)
        var writer = try OggOpusWriter(format: Self.mono24, pageInterval: .milliseconds(20))
        var bytes: [UInt8] = []
        try writer.write([Float](repeating: 0, count: 2_400).span, appendingTo: &bytes)
        let place = try #require(bytes.firstRange(of: OpusHead.magic)).lowerBound
        #expect(try OpusHead(packet: bytes[place..<place + 19].span).inputRate == 24_000)
        // RFC 7845, section 5.1.1.2: Vorbis has L C R, then the surrounds, then the low effects; WAVE has L R C LFE.
        let orders: [(channels: Int, table: [UInt8])] = [
            (3, [0, 2, 1]), (5, [0, 2, 1, 3, 4]), (6, [0, 2, 1, 5, 3, 4]), (8, [0, 2, 1, 7, 5, 6, 3, 4]),
        ]
        for (channels, table) in orders {
            var packet = OpusHead.magic + [1, UInt8(channels), 0, 0, 0, 0, 0, 0, 0, 0, 1, UInt8(channels), 0]
            packet += (0..<channels).map(UInt8.init)
            #expect(try OpusHead(packet: packet.span).mapping.table == table)
        }
    }

    @Test func `a damaged packet becomes what the decoder guesses, not a hole`() throws {
        let head = OpusHead(channels: 1, preSkip: 0, inputRate: 48_000, gain: 0, mapping: .plain(channels: 1))
        var decoder = try OpusDecoder(head)
        var encoder = try OpusEncoder(format: PCMFormat(rate: 48_000, channels: 1))
        var packets = OpusPackets()
        try encoder.encode(Signals.sine(300, rate: 48_000, frames: 9_600).span, appendingTo: &packets)
        var samples: [Float] = []
        for index in 0..<8 { decoder.decode(Array(packets[index]), frameCount: 960, appendingTo: &samples) }
        var guess: [Float] = []
        // A packet of one frame whose length says more than there is.
        decoder.decode([packets[8][packets[8].startIndex] | 3, 0xFF], frameCount: 960, appendingTo: &guess)
        #expect(guess.count == 960 && guess.contains { abs($0) > 0.05 })
    }

    @Test func `a chain whose first part is cut, and a file with a hole, are known to lack sound`() throws {
        let first = try Self.encode(
            Signals.noise(frames: 48_000, seed: 1), Self.mono24, pageInterval: .milliseconds(100))
        let second = try Self.encode(Signals.noise(frames: 24_000, seed: 2), Self.mono24)
        for (bytes, isWhole) in [(first + second, true), (Array(first.prefix(first.count * 2 / 3)) + second, false)] {
            var reader = OggOpusReader()
            var samples: [Float] = []
            try reader.read(bytes.span, appendingTo: &samples)
            let isCut = reader.isCut
            #expect(isCut != isWhole)
        }
        let hole = Array(first.prefix(first.count / 3) + first.suffix(first.count / 3))
        var reader = OggOpusReader()
        var samples: [Float] = []
        try reader.read(hole.span, appendingTo: &samples)
        let lost = reader.lostFrameCount
        #expect(lost > 0)
        var ignored: [Float] = []
        #expect(try reader.end(appendingTo: &ignored))
    }

    @Test(arguments: 0..<10)
    func `how sound and bytes are cut changes nothing`(seed: UInt64) throws {
        let input = Signals.noise(frames: 30_000, seed: 1)
        let settings = OpusSettings(complexity: 0, frameDuration: seed % 2 == 0 ? .milliseconds20 : .milliseconds60)
        let interval = [Duration.milliseconds(20), .milliseconds(100), .seconds(1)][Int(seed % 3)]
        let bytes = try Self.encode(input, Self.mono24, settings: settings, pageInterval: interval, cut: seed)
        var writer = try OggOpusWriter(format: Self.mono24, settings: settings, pageInterval: interval)
        var atOnce: [UInt8] = []
        try writer.write(input.span, appendingTo: &atOnce)
        try writer.finish(appendingTo: &atOnce)
        let isSameFile = bytes == atOnce
        #expect(isSameFile, "the serial too comes from the content")
        let whole = try Self.decode([bytes[...]]).samples
        let isSameSound = try Self.decode(bytes.cut(seed: seed, longest: 700)).samples == whole
        #expect(isSameSound)
    }

    @Test(arguments: [0, 1, 479, 480, 481, 5_000])
    func `an encoder for the network ends with all that it holds`(frames: Int) throws {
        var encoder = try OpusEncoder(format: Self.mono24)
        var packets = OpusPackets()
        let lookAhead = encoder.lookAhead
        let input = Signals.noise(frames: frames, seed: 1)
        try encoder.encode(input.span, appendingTo: &packets)
        try encoder.finish(appendingTo: &packets)
        #expect(packets.indices.count == (frames + lookAhead + 479) / 480)
    }

    @Test func `other sound, settings or tags give another stream number`() throws {
        func serial(_ seed: UInt64, _ tags: OpusTags = OpusTags()) throws -> ArraySlice<UInt8> {
            try Self.encode(Signals.noise(frames: 2_000, seed: seed), Self.mono24, tags: tags)[14..<18]
        }
        #expect(try serial(1) == serial(1))
        #expect(try serial(1) != serial(2))
        #expect(try serial(1) != serial(1, OpusTags(comments: [.init("TITLE", "x")])))
        let fixed = try Self.encode([0], Self.mono24, serial: 0x0403_0201)
        #expect(fixed[14..<18] == [1, 2, 3, 4])
    }

    @Test func `the first page of sound comes with the first packet, then one in each interval`() throws {
        var writer = try OggOpusWriter(format: Self.mono24, pageInterval: .milliseconds(100))
        var counts: [Int] = []
        var bytes: [UInt8] = []
        for _ in 0..<25 {
            try writer.write([Float](repeating: 0.1, count: 480).span, appendingTo: &bytes)
            counts.append(Self.pages(bytes).count)
        }
        #expect(counts.prefix(5) == [0, 0, 0, 0, 3], "two headers and the first 100 ms")
        #expect(counts.last == 7)
        var hasty = try OggOpusWriter(format: Self.mono24, pageInterval: .milliseconds(20))
        bytes = []
        try hasty.write([Float](repeating: 0.1, count: 480).span, appendingTo: &bytes)
        #expect(Self.pages(bytes).count == 3)
    }

    @Test func `tags, chapters and a cover are read back`() throws {
        var png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8)
        png += [0, 0, 1, 0, 0, 0, 0, 128] + [UInt8](repeating: 1, count: 90_000)
        var tags = OpusTags(comments: [.init("TITLE", "西游记"), .init("ARTIST", "a = b")])
        tags.addChapter(at: MediaTime(frames: 0, rate: 1), title: "One")
        tags.addChapter(at: MediaTime(frames: 3_723_004, rate: 1_000), title: "Two")
        let cover = try CoverPicture(bytes: png)
        #expect(cover.width == 256 && cover.height == 128 && cover.mediaType == "image/png")
        tags.comments.append(cover.comment)
        let bytes = try Self.encode(Signals.noise(frames: 100, seed: 1), Self.mono24, tags: tags)
        let read = try #require(try Self.decode(bytes.cut(seed: 3, longest: 5_000)).tags)
        #expect(read.comments == tags.comments)
        #expect(read["title"] == "西游记" && read["CHAPTER001"] == "01:02:03.004" && read["chapter001name"] == "Two")
        #expect(read.vendor.contains("libopus"))
    }

    @Test func `a cover is a JPEG or a PNG, and not too large`() throws {
        // With a table of codes (0xC4) before the frame, which is no frame.
        let table: [UInt8] = [0xFF, 0xC4, 0, 9, 1, 2, 3, 4, 5, 6, 7]
        let jpeg: [UInt8] =
            [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2] + table + [0xFF, 0xC2, 0, 11, 8, 0, 100, 0, 200, 3, 1, 2, 3]
        let cover = try CoverPicture(bytes: jpeg)
        #expect(cover.width == 200 && cover.height == 100 && cover.mediaType == "image/jpeg")
        #expect(throws: AudioError.self) { try CoverPicture(bytes: Array("GIF89a".utf8)) }
        let error = #expect(throws: AudioError.self) {
            try CoverPicture(bytes: [UInt8](repeating: 0, count: CoverPicture.maximumByteCount + 1))
        }
        #expect(error?.code == .limitExceeded)
    }

    @Test func `chained streams follow one another, whatever their channels`() throws {
        let first = try Self.encode(Signals.sine(440, rate: 24_000, frames: 5_000), Self.mono24)
        let stereo = Signals.sine(880, rate: 48_000, frames: 7_000).flatMap { [$0, $0] }
        let second = try Self.encode(stereo, PCMFormat(rate: 48_000, channels: 2))
        let result = try Self.decode((first + second + first).cut(seed: 1, longest: 600))
        #expect(result.format?.channels == 1)
        #expect(result.samples.count == 10_000 + 7_000 + 10_000)
        let mixed = try Self.decode([(second + first)[...]])
        #expect(mixed.format?.channels == 2 && mixed.samples.count == 2 * (7_000 + 10_000))
    }

    @Test func `the gain of the header is applied`() throws {
        let bytes = try Self.encode(Signals.sine(440, rate: 24_000, frames: 24_000), Self.mono24)
        let packets = Self.pages(bytes)
        var louder = bytes
        // The gain is the two bytes at 16 of the packet, which begins 28 bytes into the first page.
        louder[28 + 16] = 0x00
        louder[28 + 17] = 0x06
        Self.repairChecksum(&louder, packets[0])
        let plain = try Self.decode([bytes[...]]).samples
        let loud = try Self.decode([louder[...]]).samples
        #expect(abs(loud[20_000] / plain[20_000] - 1.9953) < 0.001, "6 dB")
    }

    @Test func `a lost page becomes silence of its length`() throws {
        let bytes = try Self.encode(Signals.sine(440, rate: 24_000, frames: 120_000), Self.mono24)
        let pages = Self.pages(bytes)
        var damaged = bytes
        damaged.removeSubrange(pages[4])
        let result = try Self.decode([damaged[...]])
        #expect(result.samples.count == 240_000)
        #expect(result.lost == 48_000)
        var flipped = bytes
        flipped[pages[4].lowerBound + 300] ^= 1
        #expect(try Self.decode([flipped[...]]).samples.count == 240_000, "a wrong checksum loses the page too")
    }

    @Test func `a stream cut out of a longer one begins with its sound`() throws {
        let bytes = try Self.encode(Signals.sine(440, rate: 24_000, frames: 72_000), Self.mono24)
        let pages = Self.pages(bytes)
        let cut = Array(bytes[..<pages[2].lowerBound] + bytes[pages[3].lowerBound...])
        let count = try Self.decode([cut[...]]).samples.count
        #expect(count == 144_000 - 48_000 + 312 - 312)
    }

    /// What is no Ogg Opus, and a word of the message that says what it is.
    static let refused: [(name: String, bytes: [UInt8], word: String)] = [
        ("nothing", [], "not an Ogg file"),
        ("text", Array(repeating: UInt8(ascii: "x"), count: 100_000), "not an Ogg file"),
        ("Vorbis", foreign(Array("\u{1}vorbis".utf8) + [UInt8](repeating: 0, count: 23)), "Vorbis"),
        ("FLAC", foreign([0x7F] + Array("FLAC".utf8) + [UInt8](repeating: 0, count: 40)), "FLAC"),
        ("a later version", foreign(OpusHead.magic + [0x10] + [UInt8](repeating: 1, count: 12)), "later version"),
        ("a wrong mapping", foreign(OpusHead.magic + [1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 9]), "not there"),
    ]

    /// An Ogg file whose only stream begins with a packet.
    private static func foreign(_ packet: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        do throws(AudioError) {
            var pager = try OggPager(serial: 7)
            for packet in [packet, [1, 2, 3]] {
                try pager.add(packet.span, granule: 0, appendingTo: &bytes)
                pager.flush(appendingTo: &bytes)
            }
        } catch {
            Issue.record(error)
        }
        return bytes
    }

    @Test(arguments: refused.indices)
    func `what is not Ogg Opus is refused by its name`(index: Int) {
        let error = #expect(throws: AudioError.self) { try Self.decode([Self.refused[index].bytes[...]]) }
        #expect(error?.message.contains(Self.refused[index].word) == true, "\(error?.message ?? "")")
    }

    @Test(arguments: 0..<60)
    func `damage anywhere is an error or silence, never a crash or a flood`(seed: UInt64) throws {
        var random = SplitMix64(seed)
        var bytes = try Self.encode(
            Signals.noise(frames: 48_000, seed: 1), Self.mono24, pageInterval: .milliseconds(100))
        for _ in 0..<Int.random(in: 1...20, using: &random) {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        guard let result = try? Self.decode(bytes.cut(seed: seed, longest: 3_000)) else { return }
        #expect(result.samples.count <= 96_000)
    }

    @Test func `other rates and more channels are refused with what to do`() {
        for format in [PCMFormat(rate: 44_100, channels: 1), PCMFormat(rate: 48_000, channels: 6)] {
            let error = #expect(throws: AudioError.self) { _ = try OggOpusWriter(format: format) }
            #expect(error?.code == .unsupported && error?.remedy?.contains("resample") == true)
        }
    }

    #if DEBUG
        @Test(arguments: [
            "opus_encoder_create", "opus_encoder_ctl", "opus_encode_float", "ogg_stream_init", "ogg_stream_packetin",
            "ogg_sync_wrote", "opus_multistream_decoder_create",
        ])
        func `a failure of a library comes back with its name`(function: String) {
            let error = Faults.$failing.withValue(function) {
                #expect(throws: AudioError.self) {
                    let bytes = try Self.encode(Signals.noise(frames: 1_000, seed: 1), Self.mono24)
                    _ = try Self.decode([bytes[...]])
                }
            }
            #expect(error?.cause?.function == function)
        }
    #endif

    /// Ogg's checksum: CRC-32 with polynomial 0x04C11DB7, highest bit first, over the page with its own field zero.
    private static func repairChecksum(_ bytes: inout [UInt8], _ page: Range<Int>) {
        for index in 22..<26 { bytes[page.lowerBound + index] = 0 }
        var sum: UInt32 = 0
        for byte in bytes[page] {
            sum ^= UInt32(byte) << 24
            for _ in 0..<8 { sum = sum & 0x8000_0000 != 0 ? sum << 1 ^ 0x04C1_1DB7 : sum << 1 }
        }
        for index in 0..<4 { bytes[page.lowerBound + 22 + index] = UInt8(truncatingIfNeeded: sum >> (8 * index)) }
    }
}
