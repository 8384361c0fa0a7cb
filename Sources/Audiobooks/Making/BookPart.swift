internal import AudioCore
internal import Subtitles

/// A file of a book: all of it, or one chapter.
struct BookPart {
    /// The name of the file without its ending.
    let stem: String
    let title: String
    /// The number of the chapter, from 1; nil for all of the book.
    let number: Int?
    /// What of the narration is in it.
    let frames: Range<Int>

    /// All of a book, at a path with an ending.
    static func whole(_ narration: Narration, title: String, at path: String) -> BookPart {
        let stem = path.lastIndex(of: ".").map { path[..<$0] } ?? path[...]
        return BookPart(stem: String(stem), title: title, number: nil, frames: 0..<narration.frameCount)
    }

    /// The chapters that are in it.
    func chapters(of narration: Narration) -> [Narration.ChapterTime] {
        number.map { [narration.chapters[$0 - 1]] } ?? narration.chapters
    }

    /// The sentences that are in it.
    func sentences(of narration: Narration) -> [Narration.Sentence] {
        number.map { number in narration.sentences.filter { $0.chapter == number - 1 } } ?? narration.sentences
    }

    /// A file for each chapter in a folder, with its number so that they stay in order.
    static func chapters(_ narration: Narration, in folder: String) -> [BookPart] {
        let digits = max(String(narration.chapters.count).count, 2)
        return narration.chapters.enumerated().map { index, chapter in
            let number = String(index + 1)
            let padded = String(repeating: "0", count: digits - number.count) + number
            let first = index == 0 ? 0 : chapter.frames.lowerBound
            return BookPart(
                stem: "\(folder)\(padded) \(chapter.title.fileName)", title: chapter.title, number: index + 1,
                frames: first..<chapter.frames.upperBound)
        }
    }
}

extension String {
    /// A name that every file system takes: without separators and signs that mean something, and not too long.
    var fileName: String {
        var name = ""
        for character in squeezed {
            let isAllowed =
                !"/\\:*?\"<>|".contains(character) && character.unicodeScalars.allSatisfy { $0.value >= 0x20 }
            let next = isAllowed ? String(character) : "_"
            guard name.utf8.count + next.utf8.count <= 120 else { break }
            name += next
        }
        while name.first == "." { name.removeFirst() }
        while let last = name.last, last == "." || last == " " { name.removeLast() }
        return name.isEmpty ? "untitled" : name
    }
}
