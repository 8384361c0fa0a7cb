import Oriole
import Platform
import TestSupport
import Testing

/// The command as a process of its own: killed at any moment, and through an hour of sound.
@Suite(.tags(.program, .soak), .neverHangs)
struct ConvertSoakTests {
    private static func hush(_ seconds: Int, at path: String) throws {
        var output = try AudioOutput(
            path: path, settings: OutputSettings(kind: .wav), format: PCMFormat(rate: 48_000, channels: 2))
        let second = Signals.noise(frames: 96_000, seed: 1)
        for _ in 0..<seconds { try output.write(second.span) }
        try output.finish()
    }

    private static func convert(_ words: [String], killedAfter limit: Duration? = nil) async throws -> Int32? {
        var child = try ChildProcess(
            "oriole", at: BuiltCommand.path, arguments: ["convert", "-q"] + words, limits: .init(total: limit))
        var output: [UInt8] = []
        do throws(ChildProcess.Failure) {
            while try await child.read(appendingTo: &output) {}
            return try await child.finish().status
        } catch {
            #expect(error == .timedOut(after: limit ?? .zero))
            return nil
        }
    }

    /// Kills the command at moments that the seeds choose and looks at what is under the output's name.
    private static func kill(_ seeds: Range<UInt64>) async throws {
        let folder = ScratchFolder()
        try hush(20, at: folder.file("in.wav"))
        let (input, output) = (folder.file("in.wav"), folder.file("out.flac"))
        #expect(try await convert([input, output]) == 0)
        let whole = try contents(of: output)
        for seed in seeds {
            var random = SplitMix64(seed)
            try write([1, 2, 3], to: output)
            let status = try await convert(
                [input, output], killedAfter: .milliseconds(Int.random(in: 1...250, using: &random)))
            let found = try contents(of: output)
            // Killed between the renaming and the end, the file is whole.
            let isIntact = found == whole || (status != 0 && found == [1, 2, 3])
            #expect(isIntact, "seed \(seed)")
        }
    }

    @Test func `a killed conversion leaves what was there, a few times`() async throws { try await Self.kill(0..<4) }

    @Test(.needsPatience)
    func `a killed conversion leaves what was there, a hundred times`() async throws { try await Self.kill(100..<200) }

    @Test(.needsPatience)
    func `an hour of sound is as long when it has become speech`() async throws {
        let folder = ScratchFolder()
        try Self.hush(3_600, at: folder.file("in.wav"))
        let output = folder.file("out.wav")
        #expect(try await Self.convert([folder.file("in.wav"), output, "--rate=16000", "--channels=1"]) == 0)
        let input = try await AudioInput(path: output)
        let frames = input.expectedFrameCount
        #expect(frames == 3_600 * 16_000)
    }
}
