import AudioCore
import Foundation
import Platform
import Subtitles
import TestSupport
import Testing

@testable import OrioleCommand

@Suite(.tags(.program), .neverHangs) struct AudiobookVerbTests {
    static let text = """
        # The Book

        Before all.

        ## One

        It was a dark and stormy night. “Who is there?” she asked. Nobody answered, and the rain fell on.

        ## Two

        Then the morning came over the hills. The rain had gone, and they went home.

        ## 三

        今天天气很好，我们去公园散步。他说再见！
        """

    private static func folder(with text: String = text) throws -> ScratchFolder {
        let folder = ScratchFolder()
        try write(Array(text.utf8), to: folder.file("book.md"))
        return folder
    }

    @Test func `the chapters of a book are listed, and what they would cost`() async throws {
        struct List: Decodable {
            let title: String
            let chapters: [Chapter]

            struct Chapter: Decodable {
                let number: Int
                let title: String
                let isRead: Bool
            }
        }
        let folder = try Self.folder()
        let told = try await BuiltCommand.run(["audiobook", "book.md", "--list"], in: folder)
        #expect(told.status == 0 && told.text.hasPrefix("The Book (en)\n1   The Book  ("), "\(told.errors)")
        let json = try await BuiltCommand.run(["audiobook", "book.md", "--list", "--json"], in: folder)
        let list = try JSONDecoder().decode(List.self, from: Data(json.output))
        #expect(list.chapters.map(\.title) == ["The Book", "One", "Two", "三"] && list.chapters.allSatisfy(\.isRead))
        let plan = try await BuiltCommand.run(
            ["audiobook", "book.md", "--dry-run", "--chapters", "2,4-"], in: folder,
            environment: ["ORIOLE_ENGINE": "offline"])
        #expect(plan.text.contains("characters") && plan.text.hasSuffix("cost: nothing\n"), "\(plan.errors)")
        #expect(folder.names == ["book.md"])
    }

    @Test(
        arguments: [
            ([], 2, "there is no book"), (["book.md", "b.md"], 2, "one book at a time"),
            (["nowhere.epub"], 1, "No such file"),
            (["book.md", "-o", "x.doc"], 2, "does not say what kind"), (["book.md", "-o", "-"], 2, "not printed"),
            (["book.md", "--chapters", "9"], 2, "has 4 chapters"),
            (["book.md", "-o", "x.wav", "--bitrate", "64k"], 2, "wav cannot"),
            (["book.md", "-o", "nowhere/x.wav"], 1, "nowhere"),
            (["book.md", "-o", "book.md", "--format", "wav"], 2, "a file that is read"),
            (["book.md", "-o", "x.opus", "--overlay", "x.opus"], 2, "two files would both become"),
            (["book.md", "-o", "x.wav", "--cover", "book.md"], 3, "neither a JPEG nor a PNG"),
            (["book.md", "-o", "x.wav", "--pronunciation", "book.md"], 3, "line 3"),
            (["book.md", "-o", "x.wav", "--check", "--language", "zh"], 6, "hears English only"),
        ] as [([String], Int32, String)])
    func `what cannot be done is told before anything is asked`(words: [String], code: Int32, reason: String)
        async throws
    {
        let folder = try Self.folder()
        let run = try await BuiltCommand.run(
            ["audiobook"] + words, in: folder, environment: ["ORIOLE_ENGINE": "offline"])
        #expect(run.status == code && run.errors.contains(reason) && run.errors.contains("hint: "), "\(run.errors)")
        #expect(folder.names == ["book.md"])
    }

    @Test func `a book is made, with all that follows the voice`() async throws {
        struct Report: Decodable {
            let files: [String]
            let sentences: Int
            let chapters: Int
            let loudness: Double
            let charactersAsked: Int
        }
        let folder = try Self.folder()
        let server = try SpeakingServer()
        let words = ["--subtitles", "json,srt", "--lrc", "--overlay", "read.epub", "--voice-dialogue", "amy", "--json"]
        let run = try await BuiltCommand.run(
            ["audiobook", "book.md", "-o", "book.opus", "--author", "Ann"] + words, in: folder,
            environment: server.environment)
        #expect(run.status == 0, "\(run.errors)")
        let report = try JSONDecoder().decode(Report.self, from: Data(run.output))
        #expect(report.files == ["book.opus", "book.json", "book.srt", "book.lrc", "read.epub"])
        #expect(folder.names.sorted() == (report.files + ["book.md"]).sorted())
        #expect(report.chapters == 4 && report.sentences == 13 && abs(report.loudness + 18) <= 0.5)
        #expect(server.texts.reduce(0) { $0 + $1.unicodeScalars.count } == report.charactersAsked)
        #expect(server.texts.contains("“Who is there?”"))
        let track = try Track(reading: try contents(of: folder.file("book.srt")))
        #expect(track.cues.map(\.text).joined().contains("今天天气很好，我们去公园散步。"))
    }

    @Test func `what was spoken is kept where that is wanted, and a changed sentence alone is asked for`() async throws
    {
        let folder = try Self.folder()
        let server = try SpeakingServer()
        let command = ["audiobook", "book.md", "-o", "book.wav", "--keep-clips", "-q"]
        let first = try await BuiltCommand.run(command, in: folder, environment: server.environment)
        #expect(
            first.status == 0 && first.errors.isEmpty && folder.names.contains("book.wav.oriole"), "\(first.errors)")
        let asked = server.texts.count
        try write(
            Array(Self.text.replacing("over the hills", with: "over the valley").utf8), to: folder.file("book.md"))
        let second = try await BuiltCommand.run(command, in: folder, environment: server.environment)
        #expect(second.status == 0)
        #expect(
            Array(server.texts.dropFirst(asked))
                == ["Then the morning came over the valley. The rain had gone, and they went home."])
        let third = try await BuiltCommand.run(
            ["audiobook", "book.md", "-o", "book.wav", "-q"], in: folder, environment: server.environment)
        #expect(third.status == 0 && server.texts.count == asked + 1 && folder.names == ["book.md", "book.wav"])
    }

    @Test func `a part does not take away what an interrupted whole has finished`() async throws {
        let folder = try Self.folder()
        let server = try SpeakingServer()
        let kept = ["audiobook", "book.md", "-o", "book.wav", "-q"]
        _ = try await BuiltCommand.run(kept + ["--keep-clips"], in: folder, environment: server.environment)
        let asked = server.texts.count
        let part = try await BuiltCommand.run(kept + ["--chapters", "2"], in: folder, environment: server.environment)
        #expect(part.status == 0 && server.texts.count == asked && folder.names.contains("book.wav.oriole"))
        let whole = try await BuiltCommand.run(kept, in: folder, environment: server.environment)
        #expect(whole.status == 0 && server.texts.count == asked && folder.names == ["book.md", "book.wav"])
        let preview = try await BuiltCommand.run(
            ["audiobook", "book.md", "--preview", "-q", "--format", "wav"], in: folder, environment: server.environment)
        #expect(preview.status == 0 && folder.names == ["book.md", "book.preview.wav", "book.wav"])
    }

    @Test(.needsProgram("flite"), .needsProgram("espeak-ng"))
    func `without an account a book is made too, chapter by chapter`() async throws {
        let folder = try Self.folder()
        let run = try await BuiltCommand.run(
            ["audiobook", "book.md", "-o", "out/", "--format", "wav", "--lrc", "--loudness", "-20"], in: folder,
            environment: ["ORIOLE_ENGINE": "offline"])
        #expect(run.status == 0, "\(run.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("out")).sorted()
        #expect(names.count == 9 && names[0] == "01 The Book.lrc" && names[8] == "The Book.m3u8")
        let sound = try await AudioInput(path: folder.file("out/04 三.wav")).expectedFrameCount ?? 0
        #expect((72_000...240_000).contains(sound))
        try FileManager.default.removeItem(atPath: folder.file("out"))
    }
}

/// Books killed at any moment and taken up again.
@Suite(.tags(.program, .soak), .neverHangs) struct AudiobookSoakTests {
    private static func make(
        in folder: borrowing ScratchFolder, _ server: SpeakingServer, killedAfter limit: Duration? = nil
    ) async throws -> Int32? {
        let settings = server.environment.merging(["HOME": folder.path]) { old, _ in old }.map {
            "\($0.key)=\($0.value)"
        }
        let command = [
            "audiobook", folder.file("book.md"), "-o", folder.file("book.opus"), "-q", "--subtitles", "json",
        ]
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

    private static func text() -> String {
        (1...12).map {
            "## Chapter \($0)\n\nThis is chapter \($0). It says hello, and good bye.\n\nAnd a second one, number \($0).\n"
        }
        .joined(separator: "\n")
    }

    private static func kill(_ seeds: Range<UInt64>) async throws {
        let folder = ScratchFolder()
        try write(Array(text().utf8), to: folder.file("book.md"))
        #expect(try await make(in: folder, SpeakingServer()) == 0)
        let whole = [try contents(of: folder.file("book.opus")), try contents(of: folder.file("book.json"))]
        for seed in seeds {
            var random = SplitMix64(seed)
            let server = try SpeakingServer()
            try FileManager.default.removeItem(atPath: folder.file("book.opus"))
            for _ in 0..<(isSoaking ? 3 : 1) {
                _ = try await make(
                    in: folder, server, killedAfter: .milliseconds(Int.random(in: 5...300, using: &random)))
            }
            // Each line of the journal is an answer that is there for good.
            let journal = (try? contents(of: folder.file("book.opus.oriole/journal.jsonl"))) ?? []
            let (known, asked) = (journal.count { $0 == 0x0A }, server.texts.count)
            #expect(try await make(in: folder, server) == 0, "seed \(seed)")
            // 36 passages: those that are known are not asked for again.
            let isWhole = known == 0 && (try? contents(of: folder.file("book.opus"))) == whole[0]
            #expect(isWhole || server.texts.count - asked <= 36 - known, "seed \(seed)")
            #expect(try contents(of: folder.file("book.opus")) == whole[0], "seed \(seed)")
            #expect(try contents(of: folder.file("book.json")) == whole[1], "seed \(seed)")
            #expect(folder.names == ["book.json", "book.md", "book.opus"], "seed \(seed)")
        }
    }

    @Test(.needsOptimization) func `a killed book is taken up again, a few times`() async throws {
        try await Self.kill(0..<3)
    }

    @Test(.needsPatience) func `a killed book is taken up again, a hundred times`() async throws {
        try await Self.kill(100..<200)
    }
}
