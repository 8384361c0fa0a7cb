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
            (["book.md", "-o", "x.opus", "--overlay", "x.opus"], 2, "no name of an EPUB"),
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

    @Test func `a file to speak is read as a book is: any encoding, wrapped lines, Markdown`() async throws {
        let folder = try Self.folder(with: "# Hello\n\nThis is **very** good.\n")
        let server = try SpeakingServer()
        let markdown = try await BuiltCommand.run(
            ["speak", "-f", "book.md", "-o", "a.wav"], in: folder, environment: server.environment)
        #expect(markdown.status == 0 && server.texts == ["Hello\nThis is very good."], "\(markdown.errors)")
        // “今天天气很好，我们去公园散步。” in GB18030.
        let chinese = [
            0xBD, 0xF1, 0xCC, 0xEC, 0xCC, 0xEC, 0xC6, 0xF8, 0xBA, 0xDC, 0xBA, 0xC3, 0xA3, 0xAC, 0xCE, 0xD2, 0xC3, 0xC7,
            0xC8, 0xA5, 0xB9, 0xAB, 0xD4, 0xB0, 0xC9, 0xA2, 0xB2, 0xBD, 0xA1, 0xA3,
        ].map { UInt8($0) }
        try write(chinese, to: folder.file("a.txt"))
        let old = try await BuiltCommand.run(
            ["speak", "-f", "a.txt", "-o", "a.wav"], in: folder, environment: server.environment)
        #expect(old.status == 0 && server.texts.last == "今天天气很好，我们去公园散步。", "\(old.errors)")
        let line = "There was a line that somebody wrapped at a column which he liked,\n"
        try write(Array((String(repeating: line, count: 5) + "and here it ends.\n").utf8), to: folder.file("b.txt"))
        let wrapped = try await BuiltCommand.run(
            ["speak", "-f", "b.txt", "-o", "a.wav"], in: folder, environment: server.environment)
        #expect(wrapped.status == 0 && server.texts.last?.contains("\n") == false, "\(server.texts)")
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
