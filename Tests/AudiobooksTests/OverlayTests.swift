import AudioCore
import Foundation
import Speech
import TestSupport
import Testing

@testable import Audiobooks

/// The rules of EPUB 3 for books whose text lights up, as far as a reading system depends on them.
@Suite(.neverHangs) struct OverlayTests {
    private static func made(in folder: borrowing ScratchFolder) async throws -> (Book, Narration) {
        var book = Book(
            title: "A & B",
            chapters: [
                Chapter(
                    title: "One",
                    paragraphs: [
                        Paragraph(.heading(level: 1), "One"),
                        Paragraph(
                            .text,
                            [
                                .init("It was "), .init("late. Very", isEmphasized: true),
                                .init(" late, <so>. “Go!” he said."),
                            ]),
                    ]),
                Chapter(
                    title: "二",
                    paragraphs: [
                        Paragraph(.verse, "今天天气很好。"), .sceneBreak, Paragraph(.item, "[voice:x]再见！[voice] 朋友。"),
                        Paragraph(.text, "“……”小明没说话。他走了。"),
                    ]),
            ])
        (book.authors, book.language) = (["Ann"], "en")
        let recording = try Recording(beside: folder.file("book"))
        let narration = try await recording.narrate(Script(book.chapters, language: "en"), by: FakeSpeaker())
        try await OverlayMaker(book, narration, in: recording, .none).make(at: folder.file("a.epub"))
        try recording.remove()
        return (book, narration)
    }

    @Test func `the book that is read along can be read again, word for word`() async throws {
        let folder = ScratchFolder()
        let (book, _) = try await Self.made(in: folder)
        let read = try Book(path: folder.file("a.epub"))
        #expect(read.title == "A & B" && read.authors == ["Ann"] && read.chapters.map(\.title) == ["One", "二"])
        #expect(read.chapters[0].paragraphs.map(\.text) == book.chapters[0].paragraphs.map(\.text))
        #expect(read.chapters[0].paragraphs[1].runs.filter(\.isEmphasized).map(\.text) == ["late.", "Very"])
        #expect(read.chapters[1].paragraphs.map(\.text).suffix(4) == ["今天天气很好。", "", "再见！ 朋友。", "“……”小明没说话。他走了。"])
        #expect(folder.names == ["a.epub"])
    }

    @Test func `every sentence has its time, and the times are those of the sound`() async throws {
        let folder = ScratchFolder()
        let (_, narration) = try await Self.made(in: folder)
        let container = try ZipContainer(folder.file("a.epub"))
        let bytes = try contents(of: folder.file("a.epub"))
        // The first part tells what the file is, where everybody looks for it.
        #expect(Array(bytes[30..<58]) == Array("mimetypeapplication/epub+zip".utf8) && bytes[28] == 0 && bytes[8] == 0)
        var total = 0.0
        for (index, name) in ["ch001", "ch002"].enumerated() {
            let files = try container.files([
                "EPUB/text/\(name).xhtml", "EPUB/text/\(name).smil", "EPUB/audio/\(name).mp3",
            ])
            #expect(files.count == 3)
            let page = try Markup.xml(try #require(files["EPUB/text/\(name).xhtml"]), name: name)
            let ids = page.compactMap { $0.element?.attributes["id"] }
            #expect(Set(ids).count == ids.count)
            let times = try Markup.xml(try #require(files["EPUB/text/\(name).smil"]), name: name).compactMap(\.element)
            let texts = times.filter { $0.name == "text" }.compactMap { $0.attributes["src"] }
            #expect(
                texts.allSatisfy {
                    $0.hasPrefix("\(name).xhtml#") && ids.contains(String($0.drop { $0 != "#" }.dropFirst()))
                })
            #expect(texts.count == narration.sentences.count { $0.chapter == index })
            let clips = times.filter { $0.name == "audio" }.map {
                [$0.attributes["clipBegin"], $0.attributes["clipEnd"]].map(seconds)
            }
            #expect(clips.first?.first == 0 && zip(clips, clips.dropFirst()).allSatisfy { $0[1] == $1[0] })
            #expect(clips.allSatisfy { $0[1] > $0[0] })
            let sound = try await AudioInput(bytes: try #require(files["EPUB/audio/\(name).mp3"]))
            let length = Double(sound.expectedFrameCount ?? 0) / Double(sound.format.rate)
            #expect(abs(length - (clips.last?[1] ?? 0)) < 0.15)
            total += clips.last?[1] ?? 0
        }
        let package = try Markup.xml(try #require(try container.file("EPUB/package.opf")), name: "package.opf")
        let durations = package.texts(of: "meta") { $0.attributes["property"] == "media:duration" }.map(seconds)
        #expect(
            durations.count == 3 && abs(durations[2] - durations[0] - durations[1]) < 0.001
                && abs(durations[2] - total) < 0.001)
    }

    private func seconds(_ text: String?) -> Double { text.flatMap { Double($0.dropLast()) } ?? -1 }

    @Test func `a part of any bytes is found again, and its checksum is the usual one`() throws {
        let folder = ScratchFolder()
        var zip = try ZipWriter(folder.file("a.zip"))
        try zip.add("123456789", as: "a.txt")
        try write((0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }, to: folder.file("b.bin"))
        try zip.add(file: folder.file("b.bin"), as: "b")
        try zip.finish()
        let container = try ZipContainer(folder.file("a.zip"))
        #expect(try container.file("b") == contents(of: folder.file("b.bin")))
        var checksum = CyclicChecksum()
        checksum.update(Array("123456789".utf8).span)
        #expect(checksum.value == 0xCBF4_3926)
    }
}

extension MarkupEvent {
    fileprivate var element: Element? {
        guard case .open(let element) = self else { return nil }
        return element
    }
}

extension [MarkupEvent] {
    /// The texts of elements of a name.
    fileprivate func texts(of name: String, where isWanted: (MarkupEvent.Element) -> Bool) -> [String] {
        indices.compactMap { index in
            guard let element = self[index].element, element.name == name, isWanted(element), index + 1 < count,
                case .text(let text) = self[index + 1]
            else { return nil }
            return text
        }
    }
}
