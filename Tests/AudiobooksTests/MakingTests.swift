import AudioCore
import Foundation
import Platform
import Speech
import Subtitles
import TestSupport
import Testing

@testable import Audiobooks

@Suite(.neverHangs) struct MakingTests {
    private static let picture: [UInt8] =
        [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13] + Array("IHDR".utf8) + [
            0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0,
        ]
        + [0x90, 0x77, 0x53, 0xDE, 0, 0, 0, 12] + Array("IDAT".utf8)
        + [0x08, 0xD7, 0x63, 0xF8, 0xCF, 0xC0, 0, 0, 3, 1, 1, 0, 0x18, 0xDD, 0x8D, 0xB0]
        + [0, 0, 0, 0] + Array("IEND".utf8) + [0xAE, 0x42, 0x60, 0x82]

    private static func book() throws -> Book {
        var book = Book(
            title: "The Book = 书; #1",
            chapters: [
                Chapter(
                    title: "One & only",
                    paragraphs: [
                        Paragraph(.heading(level: 1), "One & only"),
                        Paragraph(
                            .text,
                            [.init("It was "), .init("very", isEmphasized: true), .init(" late. Nobody came <home>.")]),
                        .sceneBreak,
                        Paragraph(.text, "Then she left."),
                    ]),
                Chapter(
                    title: "第二章",
                    paragraphs: [Paragraph(.heading(level: 1), "第二章"), Paragraph(.text, "今天天气很好，我们去散步。再见！")]),
            ])
        book.authors = ["Ann Other", "某人"]
        (book.language, book.date, book.publisher, book.summary) = ("en", "2001-02-03", "House", "About\nnothing")
        book.cover = try CoverPicture(bytes: picture)
        return book
    }

    private struct Made {
        let book: Book
        let narration: Narration
        let recording: Recording
        let mastering: Mastering

        func settings(_ format: BookFormat, _ texts: [BookText] = []) -> BookMaker.Settings {
            var settings = BookMaker.Settings(format: format)
            (settings.texts, settings.mastering) = (texts, mastering)
            return settings
        }

        func maker(_ format: BookFormat, _ texts: [BookText] = []) -> BookMaker {
            BookMaker(book, narration, in: recording, settings(format, texts))
        }
    }

    private static func make(in folder: borrowing ScratchFolder) async throws -> Made {
        let book = try book()
        let recording = try Recording(beside: folder.file("book"))
        let narration = try await recording.narrate(Script(book.chapters, language: "en"), by: FakeSpeaker())
        let mastering = try await Mastering.find(
            for: narration, in: recording, target: -18, ceiling: BookFormat.m4b.ceiling)
        return Made(book: book, narration: narration, recording: recording, mastering: mastering)
    }

    @Test func `a book is as loud as it should be, as a whole`() async throws {
        let folder = ScratchFolder()
        let made = try await Self.make(in: folder)
        for target in [-18.0, -12, -30] {
            let mastering = try await Mastering.find(for: made.narration, in: made.recording, target: target)
            let (meter, count) = try await Self.measured(
                mastering.apply(to: made.recording.sound(of: made.narration)))
            #expect(count == made.narration.frameCount)
            let loudness = try #require(meter.integrated)
            let peak = try #require(meter.truePeak)
            #expect(abs(loudness - target) < 0.2 && peak <= -1)
        }
        try made.recording.remove()
    }

    private static func measured(_ source: consuming LimitedSource) async throws(AudioError) -> (LoudnessMeter, Int) {
        var source = source
        var meter = try LoudnessMeter(format: source.format)
        var count = 0
        while let chunk = try await source.next() {
            meter.add(chunk.samples.span)
            count += chunk.samples.count
        }
        return (meter, count)
    }

    @Test func `a chapter of which nothing is said has no file, no sound and no mark`() async throws {
        let folder = ScratchFolder()
        var book = Book(
            title: "Book",
            chapters: ["One", "Hmm", "Three"].map { Chapter(title: $0, paragraphs: [Paragraph(.text, "\($0).")]) })
        book.language = "en"
        var settings = ScriptSettings()
        settings.pronunciations = try Pronunciations(reading: "Hmm =")
        let recording = try Recording(beside: folder.file("book"))
        let narration = try await recording.narrate(
            Script(book.chapters, language: "en", settings), by: FakeSpeaker())
        let made = Made(book: book, narration: narration, recording: recording, mastering: .none)
        _ = try await made.maker(.opus, [.json]).makeWhole(at: folder.file("a.opus"))
        let tags = try #require(try Self.opusTags(contents(of: folder.file("a.opus"))))
        #expect(tags["CHAPTER001NAME"] == "Three" && tags["CHAPTER002NAME"] == nil)
        let times = String(decoding: try contents(of: folder.file("a.json")), as: UTF8.self)
        #expect(times.contains(#""chapter":1,"#) && times.contains(#""chapter":2,"#))
        let files = try await made.maker(.wav).makeChapters(in: folder.file("out/"))
        #expect(files.map { $0.split(separator: "/").last } == ["01 One.wav", "03 Three.wav", "Book.m3u8"])
        try await OverlayMaker(book, narration, in: recording, .none).make(at: folder.file("a.epub"))
        let read = try Book(path: folder.file("a.epub"))
        #expect(read.chapters.map(\.title) == ["One", "Hmm", "Three"])
        let container = try ZipContainer(folder.file("a.epub"))
        #expect(
            container.names.filter { $0.hasSuffix(".mp3") }.sorted() == [
                "EPUB/audio/ch001.mp3", "EPUB/audio/ch003.mp3",
            ])
        try recording.remove()
    }

    @Test func `a part of a book keeps its numbers, and its list those that were made before`() async throws {
        let folder = ScratchFolder()
        let text = ["One", "Two", "Three"].map { "# \($0)\n\nThis is it.\n" }.joined(separator: "\n")
        let book = try Book(text, name: "book.md")
        for chosen in [2...2, 0...1] {
            var part = book
            part.chapters = Array(book.chapters[chosen])
            let recording = try Recording(beside: folder.file("book"))
            let narration = try await recording.narrate(Script(part.chapters, language: "en"), by: FakeSpeaker())
            var settings = BookMaker.Settings(format: .wav)
            settings.keepsOthers = true
            _ = try await BookMaker(part, narration, in: recording, settings).makeChapters(in: folder.file("out/"))
            try recording.remove()
        }
        let list = String(decoding: try contents(of: folder.file("out/book.m3u8")), as: UTF8.self)
        #expect(
            list.split(separator: "\n").filter { !$0.hasPrefix("#") } == ["01 One.wav", "02 Two.wav", "03 Three.wav"])
    }

    @Test func `a file of Opus has chapters, tags and a cover`() async throws {
        let folder = ScratchFolder()
        let made = try await Self.make(in: folder)
        let files = try await made.maker(.opus, [.srt, .json, .lrc]).makeWhole(at: folder.file("out.opus"))
        let names = ["out.opus", "out.srt", "out.json", "out.lrc"].map { folder.file($0) }
        #expect(files == names)
        let tags = try #require(try Self.opusTags(contents(of: folder.file("out.opus"))))
        #expect(
            tags["ALBUM"] == "The Book = 书; #1" && tags["ARTIST"] == "Ann Other, 某人" && tags["DATE"] == "2001-02-03")
        #expect(tags["CHAPTER000"] == "00:00:00.000" && tags["CHAPTER001NAME"] == "第二章")
        #expect(tags["METADATA_BLOCK_PICTURE"] != nil)
        // The same book gives the same bytes.
        _ = try await made.maker(.opus).makeWhole(at: folder.file("again.opus"))
        #expect(try contents(of: folder.file("again.opus")) == contents(of: folder.file("out.opus")))
        try made.recording.remove()
    }

    private static func opusTags(_ bytes: [UInt8]) throws(AudioError) -> OpusTags? {
        var reader = OggOpusReader()
        var samples: [Float] = []
        try reader.read(bytes.span, appendingTo: &samples)
        return reader.tags
    }

    @Test func `times of sentences are those of the narration`() async throws {
        struct Times: Decodable {
            let rate: Int
            let frames: Int
            let sentences: [Sentence]

            struct Sentence: Decodable {
                let text: String
                let frames: [Int]
                let start: Double
                let chapter: Int
            }
        }
        let folder = ScratchFolder()
        let made = try await Self.make(in: folder)
        _ = try await made.maker(.wav, [.json, .srt, .vtt, .lrc]).makeWhole(at: folder.file("out.wav"))
        try made.recording.remove()
        let times = try JSONDecoder().decode(Times.self, from: Data(try contents(of: folder.file("out.json"))))
        #expect(times.sentences.map(\.text) == made.narration.sentences.map(\.text))
        #expect(
            times.sentences.map(\.frames)
                == made.narration.sentences.map { [$0.frames.lowerBound, $0.frames.upperBound] })
        #expect(times.frames == made.narration.frameCount && times.sentences.map(\.chapter) == [0, 0, 0, 0, 1, 1, 1])
        #expect(try await AudioInput(path: folder.file("out.wav")).expectedFrameCount == times.frames)
        for format in ["srt", "vtt"] {
            let track = try Track(reading: try contents(of: folder.file("out.\(format)")))
            let starts = track.cues.map(\.start)
            let spoken = made.narration.sentences.map { Duration.milliseconds($0.frames.lowerBound / 24) }
            #expect(
                spoken.allSatisfy { time in starts.contains { abs(($0 - time) / .milliseconds(1)) <= 1 } }, "\(format)")
        }
        let lyrics = String(decoding: try contents(of: folder.file("out.lrc")), as: UTF8.self)
        #expect(lyrics.hasPrefix("[ti:The Book = 书; #1]\n") && lyrics.contains("]今天天气很好，我们去散步。\n"))
    }

    @Test(.needsProgram("ffmpeg"), arguments: [BookFormat.m4b, .mp3, .flac])
    func `others read chapters, tags and the cover`(format: BookFormat) async throws {
        struct Probe: Decodable {
            let streams: [Stream]
            let chapters: [Chapter]
            let format: Format

            struct Stream: Decodable { let codecName: String? }
            struct Chapter: Decodable {
                let startTime: String
                let tags: [String: String]
            }
            struct Format: Decodable {
                let duration: String
                let tags: [String: String]
            }
        }
        let folder = ScratchFolder()
        let made = try await Self.make(in: folder)
        let path = folder.file("out.\(format.rawValue)")
        _ = try await made.maker(format).makeWhole(at: path)
        let first = try contents(of: path)
        _ = try await made.maker(format).makeWhole(at: path)
        #expect(try contents(of: path) == first)
        try made.recording.remove()
        let said = try await Self.probe(path)
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let probe = try decoder.decode(Probe.self, from: Data(said))
        let tags = Dictionary(probe.format.tags.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        #expect(
            tags["album"] == "The Book = 书; #1" && tags["artist"] == "Ann Other, 某人" && tags["genre"] == "Audiobook")
        #expect(probe.streams.contains { $0.codecName == "png" })
        let length = Double(made.narration.frameCount) / 24_000
        #expect(abs((Double(probe.format.duration) ?? 0) - length) < 0.1)
        var sound = try await AudioInput(path: path)
        let coded = try await Self.loudness(&sound)
        #expect(abs(coded.loudness + 18) <= 0.5 && coded.peak <= -1, "\(coded)")
        // ffmpeg reads no chapters of FLAC, though it writes them.
        guard format != .flac else { return }
        #expect(probe.chapters.map { $0.tags["title"] ?? "" } == ["One & only", "第二章"])
        let start = Double(made.narration.chapters[1].frames.lowerBound) / 24_000
        #expect(abs((Double(probe.chapters[1].startTime) ?? 0) - start) < 0.002)
    }

    /// What a player hears of a coded book.
    private static func loudness(
        _ sound: inout AudioInput
    ) async throws(AudioError) -> (loudness: Double, peak: Double) {
        var meter = try LoudnessMeter(format: sound.format)
        while let chunk = try await sound.next() { meter.add(chunk.samples.span) }
        return (meter.integrated ?? 0, meter.truePeak ?? 0)
    }

    private static func probe(_ path: String) async throws -> [UInt8] {
        let program = try #require(Environment.program("ffprobe"))
        let arguments = ["-v", "error", "-show_format", "-show_streams", "-show_chapters", "-of", "json", path]
        var child = try ChildProcess("ffprobe", at: program, arguments: arguments)
        var said: [UInt8] = []
        while try await child.read(appendingTo: &said) {}
        _ = try await child.finish()
        return said
    }

    @Test func `a folder has a file for each chapter, in order, and a list of them`() async throws {
        let folder = ScratchFolder()
        let made = try await Self.make(in: folder)
        let files = try await made.maker(.wav, [.lrc]).makeChapters(in: folder.file("out/"))
        try made.recording.remove()
        let names = files.map { String($0.split(separator: "/").last ?? "") }
        #expect(
            names == ["01 One & only.wav", "01 One & only.lrc", "02 第二章.wav", "02 第二章.lrc", "The Book = 书; #1.m3u8"])
        var frames = 0
        for name in ["01 One & only.wav", "02 第二章.wav"] {
            frames += try await AudioInput(path: folder.file("out/\(name)")).expectedFrameCount ?? 0
        }
        #expect(frames == made.narration.frameCount)
        let list = String(decoding: try contents(of: files[4]), as: UTF8.self)
        #expect(list.hasPrefix("#EXTM3U\n") && list.contains("\n02 第二章.wav\n"))
        try FileManager.default.removeItem(atPath: folder.file("out"))
    }

    @Test(arguments: ["a/b", "..", "CON: x?", "\u{7}", String(repeating: "长", count: 90)])
    func `titles become names that every disk takes`(title: String) {
        let name = title.fileName
        #expect(
            !name.isEmpty && name.utf8.count <= 120 && !name.hasPrefix(".")
                && !name.contains { "/\\:*?\"<>|".contains($0) })
    }
}
