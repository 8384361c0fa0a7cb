import Foundation
import Platform
import TestSupport
import Testing

/// Subtitles killed at any moment and taken up again.
@Suite(.tags(.program, .soak), .neverHangs)
struct SubtitleSoakTests {
    private static func subtitle(
        in folder: borrowing ScratchFolder, _ server: HearingServer, killedAfter limit: Duration? = nil
    ) async throws -> Int32? {
        let settings = server.environment.merging(["HOME": folder.path]) { old, _ in old }.map {
            "\($0.key)=\($0.value)"
        }
        let command = ["subtitle", folder.file("film.wav"), "-o", folder.file("out.srt"), "-q", "--concurrency", "2"]
        var child = try ChildProcess(
            "env", at: "/usr/bin/env", arguments: ["-i"] + settings + [BuiltCommand.path] + command,
            limits: .init(total: limit))
        var output: [UInt8] = []
        do throws(ChildProcess.Failure) {
            while try await child.read(appendingTo: &output) {}
            return try await child.finish().status
        } catch {
            #expect(error == .timedOut(after: limit ?? .zero))
            return nil
        }
    }

    /// What the journal knows at this moment.
    private static func journal(_ folder: borrowing ScratchFolder) -> String {
        let bytes = (try? contents(of: folder.file("out.srt.oriole/journal.jsonl"))) ?? []
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
            .dropLast()
            .joined(separator: "\n")
    }

    private static func kill(_ seeds: Range<UInt64>) async throws {
        let folder = ScratchFolder()
        try SubtitleVerbTests.sound(seconds: 40, in: folder)
        #expect(try await subtitle(in: folder, HearingServer()) == 0)
        let whole = try contents(of: folder.file("out.srt"))
        for seed in seeds {
            var random = SplitMix64(seed)
            let server = try HearingServer()
            try FileManager.default.removeItem(atPath: folder.file("out.srt"))
            for _ in 0..<(isSoaking ? 3 : 1) {
                _ = try await subtitle(
                    in: folder, server, killedAfter: .milliseconds(Int.random(in: 5...400, using: &random)))
                let (known, asked) = (journal(folder), server.answers.count)
                let status = try await subtitle(in: folder, server)
                #expect(status == 0, "seed \(seed)")
                let again = server.answers.dropFirst(asked).filter { known.contains($0) }
                #expect(again.isEmpty, "seed \(seed): sent twice: \(again)")
                #expect(try contents(of: folder.file("out.srt")) == whole, "seed \(seed)")
            }
            #expect(folder.names == ["film.wav", "out.srt"], "seed \(seed)")
        }
    }

    @Test(.needsOptimization) func `a killed run is taken up again, a few times`() async throws {
        try await Self.kill(0..<12)
    }

    @Test(.needsPatience)
    func `a killed run is taken up again, a hundred times`() async throws { try await Self.kill(100..<200) }
}
