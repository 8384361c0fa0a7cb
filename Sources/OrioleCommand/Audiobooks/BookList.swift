internal import Audiobooks

/// The chapters of a book, for whoever chooses some.
struct BookList {
    private let book: Book

    init(_ book: Book) { self.book = book }

    /// Prints them.
    func tell(asJSON: Bool) throws(CommandError) {
        try Terminal.print(asJSON ? Terminal.json(Report(book)) : text)
    }

    private var text: String {
        let width = String(book.chapters.count).count
        let lines = book.chapters.enumerated().map { index, chapter in
            let number = String(index + 1)
            let padding = String(repeating: " ", count: width - number.count)
            return
                "\(padding)\(number)\(chapter.isApart ? " -" : "  ") \(chapter.title)  (\(counted(chapter.characterCount, "character")))"
        }
        let by = book.authors.isEmpty ? "" : ", by \(book.authors.joined(separator: ", "))"
        let note = book.chapters.contains(where: \.isApart) ? ["- is read only when --chapters names it"] : []
        return (["\(book.title)\(by)\(book.language.map { " (\($0))" } ?? "")"] + lines + note).joined(separator: "\n")
    }

    private struct Report: Encodable {
        let title: String
        let authors: [String]
        let language: String?
        let chapters: [Line]

        struct Line: Encodable {
            let number: Int
            let title: String
            let characters: Int
            let isRead: Bool
        }

        init(_ book: Book) {
            (title, authors, language) = (book.title, book.authors, book.language)
            chapters = book.chapters.enumerated().map { index, chapter in
                Line(
                    number: index + 1, title: chapter.title, characters: chapter.characterCount,
                    isRead: !chapter.isApart)
            }
        }
    }
}

/// What a run would ask, and what that would cost.
struct BookPlan {
    private let report: Report

    private struct Report: Encodable {
        let engine: String
        let characters: Int
        /// Nothing for an engine that is asked nothing that costs.
        let requests: Int?
        let minutes: Double
        let cost: String
    }

    init(_ script: Script, _ engines: Engines, _ configuration: Configuration) throws(CommandError) {
        let isFree = engines.name == .offline
        let cost = try engines.cost(ofCharacters: script.characterCount, configuration)
        report = Report(
            engine: engines.name.rawValue, characters: script.characterCount,
            requests: isFree ? nil : script.requestCount, minutes: (script.expectedSeconds / 6).rounded() / 10,
            cost: isFree
                ? "nothing"
                : cost ?? "unknown (no price for this model; oriole config path names the folder of prices.json)")
    }

    /// Prints it.
    func tell(_ talk: BookTalk) throws(CommandError) {
        let asked = report.requests.map { " in \(counted($0, "request"))" } ?? ""
        let line =
            "engine \(report.engine): \(counted(report.characters, "character"))\(asked), about \(report.minutes) minutes; "
            + "cost: \(report.cost)"
        try Terminal.print(talk.printsJSON ? Terminal.json(report) : line)
    }
}
