public import AudioCore

/// A book as it is read aloud: what it says about itself, and its chapters in order.
public struct Book: Sendable {
    /// The title.
    public var title: String
    /// Who wrote it, in order.
    public var authors: [String] = []
    /// A code such as `en` or `zh`; nil where nothing tells it.
    public var language: String?
    /// Who published it.
    public var publisher: String?
    /// When, as the book says it.
    public var date: String?
    /// What it is about.
    public var summary: String?
    /// The picture on its cover.
    public var cover: CoverPicture?
    /// The chapters.
    public var chapters: [Chapter]

    /// Makes a book.
    public init(title: String, chapters: [Chapter]) {
        self.title = title
        self.chapters = chapters
    }
}

/// A part of a book with a title of its own.
public struct Chapter: Hashable, Sendable {
    /// The title, as a list of chapters shows it.
    public var title: String
    /// What is read, from its heading on.
    public var paragraphs: [Paragraph]
    /// Whether it is about the book rather than of it, such as an imprint or an index: read only when somebody asks.
    public var isApart = false

    /// Its number among those of the text itself, from 1; 0 where it is none of them.
    public internal(set) var number = 0

    /// Makes a chapter.
    public init(title: String, paragraphs: [Paragraph]) {
        self.title = title
        self.paragraphs = paragraphs
    }

    /// How many characters are read, as services count.
    public var characterCount: Int { paragraphs.reduce(0) { $0 + $1.text.unicodeScalars.count } }
}

/// Text that belongs together, and what part it plays.
public struct Paragraph: Hashable, Sendable {
    /// What part it plays.
    public var kind: Kind
    /// The text, in parts that are spoken alike.
    public var runs: [Run]

    /// What part a paragraph plays.
    public enum Kind: Hashable, Sendable {
        /// A heading: of a chapter at level 1, of a part of it below.
        case heading(level: Int)
        /// Running text.
        case text
        /// A line of a poem.
        case verse
        /// A point of a list, or a row of a table.
        case item
        /// A blank or a row of stars, where the scene changes; it has no text.
        case sceneBreak
    }

    /// A part of a paragraph.
    public struct Run: Hashable, Sendable {
        /// The text.
        public var text: String
        /// Whether it is stressed.
        public var isEmphasized: Bool

        /// Makes a part.
        public init(_ text: String, isEmphasized: Bool = false) {
            self.text = text
            self.isEmphasized = isEmphasized
        }
    }

    /// Makes a paragraph of parts.
    public init(_ kind: Kind, _ runs: [Run]) {
        self.kind = kind
        self.runs = runs
    }

    /// Makes a paragraph that is spoken alike throughout.
    public init(_ kind: Kind = .text, _ text: String) { self.init(kind, text.isEmpty ? [] : [Run(text)]) }

    /// Where the scene changes.
    public static let sceneBreak = Paragraph(.sceneBreak, [])

    /// All of the text.
    public var text: String { runs.map(\.text).joined() }

    /// The level of a heading.
    var headingLevel: Int? {
        guard case .heading(let level) = kind else { return nil }
        return level
    }
}
