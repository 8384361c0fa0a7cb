import Oriole
import Platform
import TestSupport
import Testing

/// The command as a process of its own: killed at any moment, and through an hour of sound.
@Suite(.tags(.program, .soak), .timeLimit(.minutes(30)))
struct ConvertSoakTests {
    /// The command, which is built beside the tests.
    private static let oriole: String = {
        let tests = CommandLine.arguments.first { $0.contains(".xctest") } ?? CommandLine.arguments[0]
        let parts = tests.split(separator: "/")
        let end = parts.firstIndex { $0.hasSuffix(".xctest") } ?? parts.count - 1
        return "/" + parts[..<end].joined(separator: "/") + "/oriole"
    }()

    private static func hush(_ seconds: Int, at path: String) throws {
        var output = try AudioOutput(
            path: path, settings: OutputSettings(kind: .wav), format: PCMFormat(rate: 48_000, channels: 2))
        let second = Signals.noise(frames: 96_000, seed: 1)
        for _ in 0..<seconds { try output.write(second.span) }
        try output.finish()
    }

    private static func convert(_ words: [String], killedAfter limit: Duration? = nil) async throws -> Int32? {
        var child = try ChildProcess(
            "oriole", at: oriole, arguments: ["convert", "-q"] + words, limits: .init(total: limit))
        var output: [UInt8] = []
        do throws(ChildProcess.Failure) {
            while try await child.read(appendingTo: &output) {}
        } catch {
            #expect(error == .timedOut(after: limit ?? .zero))
        }
        return await child.finish().status
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
            #expect(try contents(of: output) == (status == 0 ? whole : [1, 2, 3]))
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
