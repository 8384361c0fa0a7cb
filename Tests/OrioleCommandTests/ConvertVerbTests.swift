import Oriole
import Platform
import TestSupport
import Testing

@testable import OrioleCommand

@Suite(.tags(.handle), .neverHangs)
struct ConvertVerbTests {
    /// A second and a half of two sines, in a file.
    private static func sound(in folder: borrowing ScratchFolder) throws -> String {
        let path = folder.file("in.wav")
        var output = try AudioOutput(
            path: path, settings: OutputSettings(kind: .wav), format: PCMFormat(rate: 44_100, channels: 2))
        let samples = Signals.sine(440, rate: 44_100, frames: 66_150, level: 0.1).flatMap { [$0, -$0 / 2] }
        try output.write(samples.span)
        try output.finish()
        return path
    }

    private static func oriole(_ words: String...) async -> ExitCode { await OrioleCommand.run(words) }

    @Test(arguments: OutputSettings.Kind.allCases)
    func `sound becomes every kind of file at the wanted rate`(kind: OutputSettings.Kind) async throws {
        let folder = ScratchFolder()
        let input = try Self.sound(in: folder)
        let output = folder.file("out.\(kind.rawValue)")
        #expect(await Self.oriole("convert", input, output, "--rate", "24000", "--channels=1", "-q") == .done)
        #expect(folder.names == ["in.wav", "out.\(kind.rawValue)"])
        guard kind != .pcm else {
            #expect(try contents(of: output).count == 36_000 * 2)
            return
        }
        let made = try await AudioInput(path: output)
        #expect(made.format == PCMFormat(rate: kind == .opus ? 48_000 : 24_000, channels: 1))
    }

    @Test func `loudness is brought to its target`() async throws {
        let folder = ScratchFolder()
        let input = try Self.sound(in: folder)
        let output = folder.file("out.flac")
        #expect(await Self.oriole("convert", input, output, "--loudness", "-20", "-q") == .done)
        var made = try await AudioInput(path: output)
        var meter = try LoudnessMeter(format: made.format)
        while let chunk = try await made.next() { meter.add(chunk.samples.span) }
        #expect(abs(try #require(meter.integrated) + 20) < 0.1)
    }

    @Test func `tags and the cover go into an opus file`() async throws {
        let folder = ScratchFolder()
        let input = try Self.sound(in: folder)
        let picture = folder.file("cover.png")
        try write(
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 73, 72, 68, 82, 0, 0, 0, 1, 0, 0, 0, 1],
            to: picture)
        let output = folder.file("out.opus")
        #expect(await Self.oriole("convert", input, output, "--tag=TITLE=A", "--cover", picture, "-q") == .done)
        var reader = OggOpusReader()
        var samples: [Float] = []
        let bytes = try contents(of: output)
        try reader.read(bytes.span, appendingTo: &samples)
        let title = reader.tags?["TITLE"]
        let cover = reader.tags?["METADATA_BLOCK_PICTURE"]
        #expect(title == "A" && cover?.isEmpty == false)
    }

    @Test func `the exit code tells what kind of failure it was`() async throws {
        let folder = ScratchFolder()
        let input = try Self.sound(in: folder)
        let text = folder.file("text.wav")
        try write(Array("RIFF    WAVEfmt \u{2}\0\0\0oh, and nothing else".utf8), to: text)
        #expect(await Self.oriole("convert", folder.file("none.wav"), folder.file("a.wav")) == .failed)
        #expect(await Self.oriole("convert", text, folder.file("a.wav")) == .unusableInput)
        #expect(await Self.oriole("convert", input) == .wrongUse)
        #expect(await Self.oriole("convert", input, folder.file("a.doc")) == .wrongUse)
        #expect(await Self.oriole("convert", input, folder.file("a.wav"), "--rate", "1") == .wrongUse)
        #expect(await Self.oriole("convert", input, folder.file("a.mp3"), "--rate", "1000") == .unusableInput)
        #expect(await Self.oriole("convert", input, folder.file("a.wav"), "--tag", "A=B") == .wrongUse)
        #expect(await Self.oriole("convert", input, folder.file("a.opus"), "--encoding", "s24") == .wrongUse)
        #expect(await Self.oriole("convert", input, folder.file("a.flac"), "--encoding", "f32") == .wrongUse)
        #expect(await Self.oriole("convert", input, folder.file("a.flac"), "--bitrate", "64k") == .wrongUse)
        #expect(await Self.oriole("convert", input, "") == .wrongUse)
        #expect(await Self.oriole("convert", input, folder.file("a.opus"), "--tag", "=B") == .wrongUse)
        #expect(await Self.oriole("convert", input, folder.file("a.mp3"), "--bitrate", "6k") == .wrongUse)
        #expect(await Self.oriole("convert", input, folder.file("a.ogg"), "--rate", "500000") == .unusableInput)
        #expect(await Self.oriole("--version", "x") == .wrongUse)
        #expect(await Self.oriole("help", "doctor", "x") == .wrongUse)
        #expect(await Self.oriole("cnovert") == .wrongUse)
        #expect(await Self.oriole() == .wrongUse)
        #expect(folder.names == ["in.wav", "text.wav"])
    }

    @Test func `a cancelled conversion leaves what was there`() async throws {
        let folder = ScratchFolder()
        let input = try Self.sound(in: folder)
        let output = folder.file("out.wav")
        try write([1], to: output)
        let work = Task {
            while !Task.isCancelled { await Task.yield() }
            return await Self.oriole("convert", input, output, "-q")
        }
        work.cancel()
        #expect(await work.value == .interrupted)
        #expect(try contents(of: output) == [1])
        #expect(folder.names == ["in.wav", "out.wav"])
    }
}
