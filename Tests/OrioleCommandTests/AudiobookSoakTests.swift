import Foundation
import Platform
import Subtitles
import TestSupport
import Testing

@testable import OrioleCommand

/// Books killed at any moment and taken up again.
@Suite(.tags(.program, .soak), .neverHangs) struct AudiobookSoakTests {
    /// What is made of the book.
    private enum Shape: CaseIterable {
        case opus, m4b, chapters, overlay

        var words: [String] {
            switch self {
            case .opus: ["-o", "book.opus", "--subtitles", "json"]
            case .m4b: ["-o", "book.m4b", "--lrc"]
            case .chapters: ["-o", "book/", "--format", "wav", "--subtitles", "vtt"]
            case .overlay: ["-o", "book.wav", "--overlay", "read.epub"]
            }
        }

        /// The folder of what is finished.
        var job: String { self == .chapters ? "book/book.oriole" : "\(words[1]).oriole" }

        static var possible: [Shape] { Environment.program("ffmpeg") == nil ? [.opus] : allCases }
    }

    private static func make(
        _ shape: Shape, in folder: borrowing ScratchFolder, _ server: SpeakingServer,
        killedAfter limit: Duration = .seconds(600)
    ) async throws -> Int32? {
        do {
            return try await BuiltCommand.run(
                ["audiobook", "book.md", "-q"] + shape.words, in: folder, environment: server.environment,
                killedAfter: limit
            ).status
        } catch let error as ChildProcess.Failure {
            #expect(error == .timedOut(after: limit))
            return nil
        }
    }

    /// 12 chapters of three passages each.
    private static let text = (1...12).map {
        "## Chapter \($0)\n\nThis is chapter \($0). It says hello, and good bye.\n\nAnd a second one, number \($0).\n"
    }.joined(separator: "\n")

    private static func folder() throws -> ScratchFolder {
        let folder = ScratchFolder()
        try write(Array(text.utf8), to: folder.file("book.md"))
        return folder
    }

    /// All files under a folder, with what is in them.
    private static func files(under folder: borrowing ScratchFolder) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            let type = try FileManager.default.attributesOfItem(atPath: folder.file(name))[.type]
            files[name] = type as? FileAttributeType == .typeDirectory ? [] : try contents(of: folder.file(name))
        }
        return files
    }

    private static func unbroken(_ shape: Shape) async throws -> [String: [UInt8]] {
        let folder = try folder()
        #expect(try await make(shape, in: folder, SpeakingServer()) == 0)
        return try files(under: folder)
    }

    private static func kill(_ shape: Shape, _ seed: UInt64, _ whole: [String: [UInt8]]) async throws {
        var random = SplitMix64(seed)
        let folder = try folder()
        let server = try SpeakingServer()
        var isMade = false
        for _ in 0..<(isSoaking ? 3 : 1) where !isMade {
            let limit = Duration.milliseconds(Int.random(in: 5...(shape == .opus ? 300 : 900), using: &random))
            isMade = try await make(shape, in: folder, server, killedAfter: limit) == 0
        }
        // Each line of the journal is an answer that is there for good.
        let journal = (try? contents(of: folder.file("\(shape.job)/journal.jsonl"))) ?? []
        let (known, asked) = (journal.count { $0 == 0x0A }, server.texts.count)
        if !isMade {
            #expect(try await make(shape, in: folder, server) == 0, "seed \(seed)")
            // Those that are known are not asked for again; a journal that is gone goes after the book has its name.
            let isWhole = known == 0 && asked >= passages
            #expect(isWhole || server.texts.count - asked <= passages - known, "seed \(seed)")
        }
        let made = try files(under: folder)
        #expect(made.keys.sorted() == whole.keys.sorted(), "seed \(seed)")
        for (name, bytes) in whole { #expect(made[name] == bytes, "seed \(seed): \(name)") }
    }

    private static let passages = 36

    private static func kill(_ seeds: Range<UInt64>) async throws {
        for (index, shape) in Shape.possible.enumerated() {
            let whole = try await unbroken(shape)
            for seed in seeds where Int(seed) % Shape.possible.count == index { try await kill(shape, seed, whole) }
        }
    }

    @Test(.needsOptimization) func `a killed book is taken up again, a few times`() async throws {
        try await Self.kill(0..<4)
    }

    @Test(.needsPatience) func `a killed book is taken up again, a hundred times`() async throws {
        try await Self.kill(100..<200)
    }
}
