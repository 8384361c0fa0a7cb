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
        let last = Dictionary(chapters.indices.map { (chapters[$0].title, $0) }, uniquingKeysWith: max)
        var isList = false
        for (index, chapter) in chapters.enumerated() {
            guard chapter.hasText else {
                // What comes again is a line of a list of contents.
                if last[chapter.title] == index { bare.append(chapter) } else { isList = true }
                continue
            }
            made.append(Self.above(chapter, bare, isList: isList).reversed().reduce(chapter) { $0.under($1) })
            (bare, isList) = ([], false)
        }
        guard !made.isEmpty else { return bare }
        // A heading at the end of a book is read, though there is no text below it.
        if bare.count <= Self.mostNested { made[made.count - 1].paragraphs += bare.flatMap(\.paragraphs) }
        return made
    }

    /// The headings that belong to a chapter, of those without text before it: behind a list of contents only those of a higher rank.
    private static func above(_ chapter: Chapter, _ bare: [Chapter], isList: Bool) -> [Chapter] {
        guard isList || bare.count > mostNested else { return bare }
        var rank = chapter.rank
        var kept: [Chapter] = []
        for heading in bare.reversed() {
            guard heading.rank < rank else { break }
            rank = heading.rank
            kept.insert(heading, at: 0)
        }
        return kept
    }

    /// How many headings may stand above each other.
    private static let mostNested = 3
}

extension Chapter {
    /// Whether there is more than its heading.
    var hasText: Bool { paragraphs.contains { $0.headingLevel == nil && $0.kind != .sceneBreak } }

    /// The level of its heading.
    fileprivate var rank: Int { paragraphs.first?.headingLevel ?? .max }

    /// The chapter below the heading of a part.
    fileprivate func under(_ part: Chapter) -> Chapter {
        var chapter = self
        let isWide = part.title.last?.isWide == true && title.first?.isWide == true
        chapter.title = part.title + (isWide ? " " : ": ") + title
        chapter.paragraphs = part.paragraphs + paragraphs
        return chapter
    }
}
