import AudioCore
import Audiobooks
import OfflineSpeech
import Speech
import TestSupport
import Testing

/// Books made by others.
@Suite(.tags(.material), .needsMaterial, .neverHangs) struct MaterialBookTests {
    @Test(arguments: [
        ("text/alice29.txt", "ALICE'S ADVENTURES IN WONDERLAND", "Lewis Carroll", 13),
        ("text/sanguo_1-12.txt", "三国演义", "罗贯中", 12), ("epub/zh_sanguo_1-3.epub", "三国演义（第一至三回）", "罗贯中", 3),
        ("epub/se_sherlock-holmes.epub", "The Adventures of Sherlock Holmes", "Arthur Conan Doyle", 12),
        ("epub/w3c_pkg-creator-order.epub", "pkg-creator-order", "Dave Cramer", 1),
        ("epub/w3c_ocf-package_multiple.epub", "ocf-package_multiple", "Dave Cramer", 1),
    ])
    func `books are read with their chapters`(path: String, title: String, author: String, chapters: Int) throws {
        let book = try Book(path: Material.path(path))
        #expect(book.title == title && book.authors.first == author)
        #expect(book.chapters.count { !$0.isApart } == chapters)
    }

    @Test(arguments: [
        "nav-spine_in-spine", "nav-spine_not-in-spine", "ocf-package_arbitrary", "ocf-url_relative",
        "pkg-manifest-unlisted-resource",
        "pkg-spine-duplicate-item-rendering", "pkg-spine-order", "pkg-spine-unknown", "pkg-title-order",
        "pkg-version-backward",
        "pss-support", "pub-xml-names",
    ])
    func `what a reading system must open is opened`(name: String) throws {
        let book = try Book(path: Material.path("epub/w3c_\(name).epub"))
        #expect(book.title.isEmpty == false && book.chapters.contains { $0.characterCount > 10 })
    }

    /// Letters and digits alone, in order: what no division into lines, paragraphs and sentences may change.
    private static func letters(_ text: String) -> String { text.filter { $0.isLetter || $0.isNumber } }

    @Test(arguments: ["text/alice29.txt", "text/sanguo_1-12.txt"])
    func `every letter of a file is in the script, once and in order`(path: String) throws {
        let book = try Book(path: Material.path(path))
        let said = book.chapters.map { Self.letters(Script([$0], language: book.language).text) }
        let file = Self.letters(String(decoding: try contents(of: Material.path(path)), as: UTF8.self))
        #expect(file.contains(said.joined()), "\(said.map(\.count)) of \(file.count)")
        #expect(said.joined().count * 100 >= file.count * 99)
    }

    @Test(arguments: ["epub/se_sherlock-holmes.epub", "epub/zh_sanguo_1-3.epub"])
    func `every letter of a book is in its script, once and in order`(path: String) throws {
        let book = try Book(path: Material.path(path))
        for chapter in book.chapters {
            let read = chapter.paragraphs.map(\.text).joined(separator: "\n")
            #expect(Self.letters(Script([chapter], language: book.language).text) == Self.letters(read))
        }
    }

    /// The beginnings; `make bench` has them whole.
    @Test(
        .needsProgram("flite"), .needsProgram("espeak-ng"),
        arguments: ["text/alice29.txt", "text/sanguo_1-12.txt", "epub/zh_sanguo_1-3.epub"])
    func `the offline engine reads their beginnings, every sentence once`(path: String) async throws {
        let folder = ScratchFolder()
        let book = try Book(path: Material.path(path))
        var settings = ScriptSettings()
        settings.packsSentences = false
        let script = Script(Array(book.chapters.dropFirst().prefix(1)), language: book.language, settings).beginning(
            syllables: 120)
        let recording = try Recording(beside: folder.file("a.wav"))
        let narration = try await recording.narrate(script, by: OfflineEngine())
        #expect(narration.sentences.map(\.text).joined(separator: "\n") == script.text && narration.faults.isEmpty)
        #expect((15.0...90).contains(Double(narration.frameCount) / 24_000))
        try recording.remove()
    }
}
