import Platform
import TestSupport
import Testing

@testable import AudioCore

@Suite(.tags(.handle))
struct SoundFileTests {
    private static let stereo = PCMFormat(rate: 44_100, channels: 2)

    private static func all(_ reader: consuming SoundFileReader) throws -> [Float] {
        var samples: [Float] = []
        while let chunk = try reader.next() {
            #expect(chunk.start.frames * chunk.format.channels == samples.count)
            samples += chunk.samples
        }
        return samples
    }

    private static func write(_ samples: [Float], to path: String, _ kind: SoundFileWriter.Kind) throws {
        var writer = try SoundFileWriter(path: path, kind: kind, format: stereo)
        for piece in samples.cut(seed: 1, longest: 4_000, unit: 2) { try writer.write(piece.span) }
        try writer.finish()
    }

    @Test(arguments: [SoundFileWriter.Kind.flac, .aiff, .caf])
    func `what is written without loss is read back, from a path and from bytes`(kind: SoundFileWriter.Kind) throws {
        let folder = ScratchFolder()
        let samples = Signals.noise(frames: 40_000, seed: 1).map { Float(Int16($0 * 32_767)) / 32_768 }
        try Self.write(samples, to: folder.file("sound"), kind)
        #expect(try Self.all(SoundFileReader(path: folder.file("sound"))) == samples)
        #expect(try Self.all(SoundFileReader(bytes: contents(of: folder.file("sound")))) == samples)
        #expect(folder.names == ["sound"])
    }

    @Test(arguments: [SoundFileWriter.Kind.mp3, .vorbis])
    func `what is written with loss is about as long and as loud`(kind: SoundFileWriter.Kind) throws {
        let folder = ScratchFolder()
        let samples = Signals.sine(440, rate: 44_100, frames: 44_100).flatMap { [$0, $0] }
        try Self.write(samples, to: folder.file("sound"), kind)
        let read = try Self.all(SoundFileReader(path: folder.file("sound")))
        #expect(abs(read.count - samples.count) < 2 * 2_500)
        let power = read.reduce(0) { $0 + $1 * $1 } / Float(read.count)
        #expect(abs(power - 0.125) < 0.01)
    }

    @Test func `samples over full scale stay there`() throws {
        let folder = ScratchFolder()
        try Self.write([1.5, -1.5, 0, 0], to: folder.file("sound"), .flac)
        #expect(try Self.all(SoundFileReader(path: folder.file("sound"))) == [32_767.0 / 32_768, -1, 0, 0])
    }

    @Test func `a writer that is dropped leaves nothing`() throws {
        let folder = ScratchFolder()
        do {
            var writer = try SoundFileWriter(path: folder.file("sound"), kind: .flac, format: Self.stereo)
            try writer.write([0, 0].span)
        }
        #expect(folder.names.isEmpty)
    }

    @Test func `what a kind cannot hold is refused before anything is written`() {
        let folder = ScratchFolder()
        let path = folder.file("sound")
        let error = #expect(throws: AudioError.self) {
            _ = try SoundFileWriter(path: path, kind: .mp3, format: PCMFormat(rate: 96_000, channels: 6))
        }
        #expect(error?.code == .unsupported && error?.message == "mp3 cannot hold 96000 Hz, 6 channels")
        #expect(folder.names.isEmpty)
    }

    @Test func `an mp3 file is about as large as its bitrate says, and others are refused`() throws {
        let folder = ScratchFolder()
        let format = PCMFormat(rate: 44_100, channels: 2)
        for bitrate in [32_000, 128_000, 320_000] {
            var writer = try SoundFileWriter(path: folder.file("a"), kind: .mp3, format: format, bitrate: bitrate)
            try writer.write(Signals.noise(frames: 5 * 88_200, seed: 1).span)
            try writer.finish()
            let rate = Double(try contents(of: folder.file("a")).count) * 8 / 5
            #expect((0.9...1.1).contains(rate / Double(bitrate)), "\(bitrate): \(rate)")
        }
        for (rate, bitrate) in [(44_100, 31_000), (44_100, 321_000), (16_000, 161_000)] {
            let error = #expect(throws: AudioError.self) {
                _ = try SoundFileWriter(
                    path: folder.file("b"), kind: .mp3, format: PCMFormat(rate: rate, channels: 1), bitrate: bitrate)
            }
            #expect(error?.code == .unsupported)
        }
    }

    @Test func `bytes that are no sound file are refused with libsndfile's words`() {
        let error = #expect(throws: AudioError.self) { _ = try SoundFileReader(bytes: Array("hello".utf8)) }
        #expect(error?.code == .malformedInput && error?.cause?.function == "sf_open_virtual")
    }

    #if DEBUG
        @Test(arguments: ["sf_open", "sf_open_virtual", "sf_readf_float", "sf_write_float", "sf_close"])
        func `a failure of libsndfile comes back with its name and leaves nothing`(function: String) throws {
            let folder = ScratchFolder()
            let path = folder.file("sound")
            let reads = function == "sf_readf_float" || function == "sf_open"
            if reads { try Self.write([0, 0], to: path, .flac) }
            let error = Faults.$failing.withValue(function) {
                #expect(throws: AudioError.self) {
                    if reads {
                        _ = try Self.all(SoundFileReader(path: path))
                    } else {
                        try Self.write([0, 0], to: path, .flac)
                    }
                }
            }
            #expect(error?.cause?.function == function)
            #expect(folder.names == (reads ? ["sound"] : []))
        }
    #endif
}
