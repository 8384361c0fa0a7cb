internal import Subtitles

/// Puts paragraphs into chapters where headings begin them.
struct ChapterList {
    private var chapters: [Chapter] = []

    /// Divides paragraphs at the headings of their highest level that comes more than once.
    ///
    /// A single heading above all others is the title of the book, and what stands before the first chapter has that title.
    static func chapters(of paragraphs: [Paragraph], title: String) -> [Chapter] {
        let levels = paragraphs.compactMap(\.headingLevel)
        let counts = Dictionary(levels.map { ($0, 1) }, uniquingKeysWith: +)
        let many = counts.filter { $0.value > 1 }.keys.min()
        let level = many ?? counts.keys.min() ?? 1
        return chapters(of: paragraphs, title: title) { ($0.headingLevel ?? .max) <= level }
    }

    /// Divides paragraphs where a chapter begins.
    ///
    /// Headings of which the first have no text are one heading: a part's and its first chapter's. A long row of them is a list of
    /// contents, which nobody reads aloud.
    static func chapters(
        of paragraphs: [Paragraph], title: String, _ begins: (Paragraph) -> Bool
    ) -> [Chapter] {
        var list = ChapterList()
        for paragraph in paragraphs {
            if begins(paragraph) {
                list.chapters.append(Chapter(title: paragraph.text.squeezed, paragraphs: [paragraph]))
            } else if list.chapters.isEmpty {
                list.chapters.append(Chapter(title: title, paragraphs: [paragraph]))
            } else {
                list.chapters[list.chapters.count - 1].paragraphs.append(paragraph)
            }
        }
        return list.joined()
    }

    private func joined() -> [Chapter] {
        var made: [Chapter] = []
        var bare: [Chapter] = []
        for chapter in chapters {
            guard chapter.hasText else {
                bare.append(chapter)
                continue
            }
            made.append(bare.count > Self.mostNested ? chapter : bare.reversed().reduce(chapter) { $0.under($1) })
            bare = []
        }
        // A heading at the end of a book is read, be there text below it or not.
        if bare.count <= Self.mostNested, let last = bare.first, !made.isEmpty {
            made[made.count - 1].paragraphs += bare.flatMap(\.paragraphs)
            if made.count == 1, made[0].title.isEmpty { made[0].title = last.title }
        } else if made.isEmpty {
            made = bare
        }
        return made
    }

    /// How many headings may stand above each other.
    private static let mostNested = 3
}

extension Chapter {
    /// Whether there is more than its heading.
    var hasText: Bool { paragraphs.contains { $0.headingLevel == nil && $0.kind != .sceneBreak } }

    /// The chapter below the heading of a part.
    fileprivate func under(_ part: Chapter) -> Chapter {
        var chapter = self
        let isWide = part.title.last?.isWide == true && title.first?.isWide == true
        chapter.title = part.title + (isWide ? " " : ": ") + title
        chapter.paragraphs = part.paragraphs + paragraphs
        return chapter
    }
}
