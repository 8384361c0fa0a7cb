import Platform
import TestSupport
import Testing

@testable import AudioCore

@Suite(.tags(.handle), .neverHangs)
struct ConversionTests {
    /// Writes a file of stereo sound at 44.1 kHz.
    private static func write(_ samples: [Float], to path: String, _ settings: OutputSettings) throws {
        var output = try AudioOutput(path: path, settings: settings, format: PCMFormat(rate: 44_100, channels: 2))
        for piece in samples.cut(seed: 1, longest: 9_000, unit: 2) { try output.write(piece.span) }
        try output.finish()
    }

    @Test(arguments: [OutputSettings.Kind.wav, .flac, .aiff, .caf])
    func `what is written is recognized by its bytes, whatever its name`(kind: OutputSettings.Kind) async throws {
        let folder = ScratchFolder()
        let samples = Signals.noise(frames: 60_000, seed: 1).map { Float(Int16($0 * 32_767)) / 32_768 }
        try Self.write(samples, to: folder.file("film.mp4"), OutputSettings(kind: kind))
        let input = try await AudioInput(path: folder.file("film.mp4"))
        #expect(input.expectedFrameCount == 30_000)
        #expect(try await MediaTests.samples(input) == samples)
    }

    @Test(arguments: [OutputSettings.Kind.wav, .opus, .flac, .mp3])
    func `a pipe gives what the file gives`(kind: OutputSettings.Kind) async throws {
        let folder = ScratchFolder()
        var settings = OutputSettings(kind: kind)
        settings.opus.complexity = 0
        let format = PCMFormat(rate: 48_000, channels: 1)
        var output = try AudioOutput(path: folder.file("sound"), settings: settings, format: format)
        try output.write(Signals.sine(440, rate: 48_000, frames: 30_000).span)
        try output.finish()
        let fromFile = try await MediaTests.samples(AudioInput(path: folder.file("sound")))
        let fromPipe = try await MediaTests.samples(AudioInput(pipe: OpenFile(reading: folder.file("sound"))))
        #expect(fromPipe == fromFile && fromFile.count >= 30_000)
    }

    @Test func `a source at another rate with other channels lasts as long`() async throws {
        let folder = ScratchFolder()
        try Self.write(Signals.noise(frames: 88_200, seed: 2), to: folder.file("a.wav"), OutputSettings(kind: .wav))
        let input = try await AudioInput(path: folder.file("a.wav"))
        var source = try ConvertedSource(input, to: PCMFormat(rate: 16_000, channels: 1))
        var frames = 0
        while let chunk = try await source.next() {
            #expect(chunk.start.frames == frames && chunk.format == PCMFormat(rate: 16_000, channels: 1))
            frames += chunk.frameCount
        }
        #expect(frames == 16_000)
    }

    @Test(arguments: [(1, 2), (2, 1), (6, 2), (2, 2)])
    func `fewer channels are mixed before, more after resampling, with the same sound`(
        inputs: Int, outputs: Int
    ) async throws {
        let folder = ScratchFolder()
        let input = PCMFormat(rate: 48_000, channels: inputs)
        // Channels that differ, up to the end of the band.
        let samples = Signals.noise(frames: 9_600 * inputs, seed: 6, level: 0.2)
        var output = try AudioOutput(
            path: folder.file("a.wav"), settings: OutputSettings(kind: .wav, encoding: .float32), format: input)
        try output.write(samples.span)
        try output.finish()
        var source = try ConvertedSource(
            try await AudioInput(path: folder.file("a.wav")), to: PCMFormat(rate: 16_000, channels: outputs))
        var converted: [Float] = []
        while let chunk = try await source.next() { converted += chunk.samples }
        var mixed: [Float] = []
        ChannelMixer(from: inputs, to: outputs).mix(samples.span, appendingTo: &mixed)
        var resampler = try Resampler(from: 48_000, to: 16_000, channels: outputs)
        var expected: [Float] = []
        try resampler.convert(mixed.span, appendingTo: &expected)
        try resampler.finish(appendingTo: &expected)
        let isSame = converted.count == expected.count && zip(converted, expected).allSatisfy { abs($0 - $1) < 1e-5 }
        #expect(isSame)
    }

    @Test(arguments: [(2, 48_000, 1), (1, 44_100, 1)])
    func `sound that only floats can hold is refused when its sums are too much`(
        channels: Int, rate: Int, outputs: Int
    ) async throws {
        let folder = ScratchFolder()
        var samples = Signals.noise(frames: 44_100 * channels, seed: 1, level: 0.01)
        for place in 30_000..<30_100 { samples[place] = 3.4e38 }
        var output = try AudioOutput(
            path: folder.file("a.wav"), settings: OutputSettings(kind: .wav, encoding: .float32),
            format: PCMFormat(rate: 48_000, channels: channels))
        try output.write(samples.span)
        try output.finish()
        var source = try ConvertedSource(
            try await AudioInput(path: folder.file("a.wav")), to: PCMFormat(rate: rate, channels: outputs))
        do {
            while let chunk = try await source.next() {
                let isFinite = chunk.samples.allSatisfy(\.isFinite)
                #expect(isFinite)
            }
        } catch {
            #expect(error.code == .malformedInput && error.message.contains("full scale"))
        }
    }

    @Test(arguments: [OutputSettings.Kind.flac, .ogg, .mp3, .aiff, .caf])
    func `no sound at all is a file that can be read, or is refused`(kind: OutputSettings.Kind) async throws {
        let folder = ScratchFolder()
        let output = try AudioOutput(
            path: folder.file("a"), settings: OutputSettings(kind: kind), format: PCMFormat(rate: 48_000, channels: 1))
        do throws(AudioError) {
            try output.finish()
            _ = try SoundFileReader(path: folder.file("a"))
        } catch {
            #expect(error.code == .noAudio && folder.names.isEmpty, "\(error)")
        }
    }

    @Test(.needsProgram("ffmpeg"))
    func `a playlist does not make us call the network`() async throws {
        let folder = ScratchFolder()
        let server = try ScriptedServer([.request, .close])
        defer { server.stop() }
        let list = "#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\n\(server.url)/a.ts\n#EXT-X-ENDLIST\n"
        try TestSupport.write(Array(list.utf8), to: folder.file("film.m3u8"))
        await #expect(throws: AudioError.self) {
            var input = try await AudioInput(path: folder.file("film.m3u8"))
            while try await input.next() != nil {}
        }
        #expect(server.connectionCount == 0)
    }

    @Test func `a cut file is read and known to be cut`() async throws {
        let folder = ScratchFolder()
        try Self.write(Signals.noise(frames: 2_000, seed: 2), to: folder.file("a.wav"), OutputSettings(kind: .wav))
        try TestSupport.write(Array(contents(of: folder.file("a.wav")).dropLast(100)), to: folder.file("b.wav"))
        var input = try await AudioInput(path: folder.file("b.wav"))
        var frames = 0
        while let chunk = try await input.next() { frames += chunk.frameCount }
        #expect(frames == 975)
        let isCut = input.isCut
        #expect(isCut)
    }

    @Test func `an output that is dropped leaves nothing`() throws {
        for kind in OutputSettings.Kind.allCases {
            let folder = ScratchFolder()
            do {
                var output = try AudioOutput(
                    path: folder.file("a"), settings: OutputSettings(kind: kind),
                    format: PCMFormat(rate: 48_000, channels: 1))
                try output.write([0, 0.5].span)
            }
            #expect(folder.names.isEmpty, "\(kind)")
        }
    }

    @Test(arguments: OutputSettings.Kind.allCases)
    func `a full disk is an error for every kind`(kind: OutputSettings.Kind) throws {
        let error = #expect(throws: AudioError.self) {
            var output = try AudioOutput(
                path: "/dev/full", settings: OutputSettings(kind: kind), format: PCMFormat(rate: 48_000, channels: 1))
            for _ in 0..<20 { try output.write(Signals.noise(frames: 48_000, seed: 1).span) }
            try output.finish()
        }
        #expect(error?.message.contains("/dev/full") == true, "\(error?.message ?? "")")
    }

    @Test(arguments: [
        ("a.wav", OutputSettings.Kind.wav), ("a.b.OPUS", .opus), ("x/y.oga", .ogg), ("a.raw", .pcm), ("a.aif", .aiff),
    ])
    func `a name asks for its kind`(name: String, kind: OutputSettings.Kind) {
        #expect(OutputSettings.Kind(path: name) == kind)
    }

    @Test(arguments: ["wav", "a.mp4", "a.wav/b", ""])
    func `a name that asks for nothing is no kind`(name: String) {
        #expect(OutputSettings.Kind(path: name) == nil)
    }

    @Test func `every kind gets a format that it can hold`() throws {
        for kind in OutputSettings.Kind.allCases {
            for format in [PCMFormat(rate: 44_100, channels: 2), PCMFormat(rate: 96_000, channels: 6)] {
                let folder = ScratchFolder()
                let near = kind.nearest(to: format)
                var output = try AudioOutput(path: folder.file("a"), settings: OutputSettings(kind: kind), format: near)
                try output.write([Float](repeating: 0.1, count: 4_800 * near.channels).span)
                try output.finish()
                #expect(folder.names == ["a"])
            }
        }
    }
}
