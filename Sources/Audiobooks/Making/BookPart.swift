internal import AudioCore
internal import Subtitles

/// A file of a book: all of it, or one chapter.
struct BookPart {
    /// The name of the file without its ending.
    let stem: String
    let title: String
    /// The place of the chapter among those that are read, from 0; nil for all of the book.
    let index: Int?
    /// The number of the chapter in the book, from 1; nil for all of the book, and for what is none of its text.
    let number: Int?
    /// What of the narration is in it.
    let frames: Range<Int>

    /// All of a book, at a path with an ending.
    static func whole(_ narration: Narration, title: String, at path: String) -> BookPart {
        let stem = path.lastIndex(of: ".").map { path[..<$0] } ?? path[...]
        return BookPart(stem: String(stem), title: title, index: nil, number: nil, frames: 0..<narration.frameCount)
    }

    /// The chapters that are in it.
    func chapters(of narration: Narration) -> [Narration.ChapterTime] {
        index.map { [narration.chapters[$0]] } ?? narration.chapters
    }

    /// The sentences that are in it.
    func sentences(of narration: Narration) -> [Narration.Sentence] {
        index.map { index in narration.sentences.filter { $0.chapter == index } } ?? narration.sentences
    }

    /// A file for each chapter in a folder, with its number so that they stay in order.
    static func chapters(_ narration: Narration, of book: Book, in folder: String) -> [BookPart] {
        let counted = book.chapters.contains { $0.number > 0 }
        let numbers = narration.chapters.indices.map { counted ? book.chapters[$0].number : $0 + 1 }
        let digits = max(String(numbers.max() ?? 0).count, 2)
        return narration.chapters.enumerated().map { index, chapter in
            let number = String(numbers[index])
            let padded = String(repeating: "0", count: digits - number.count) + number
            let first = index == 0 ? 0 : chapter.frames.lowerBound
            return BookPart(
                stem: "\(folder)\(padded) \(chapter.title.fileName)", title: chapter.title, index: index,
                number: numbers[index] > 0 ? numbers[index] : nil,
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
