internal import AudioCore
internal import Audiobooks
internal import Speech
internal import Subtitles

/// What is wanted of a book.
struct BookWishes {
    let book: String
    var readsNotes = false
    var chapters: [ClosedRange<Int>]?
    var isPreview = false
    var title: String?
    var author: String?
    /// The file of a cover.
    var cover: String?
    var language: String?
    var script = ScriptSettings()
    /// The file with pronunciations.
    var pronunciations: String?
    var narration = NarrationSettings()
    var loudness = -18.0
    var bitrate: Int?
    var texts: [BookText] = []
    var check: AudiobookVerb.Check?
    var keepsClips = false
    var isFresh = false

    init(book: String) { self.book = book }

    /// Whether only a part is read.
    var isPart: Bool { isPreview || chapters != nil }

    /// Files that are read, and must not be written over.
    var sources: [String] { [book, cover, pronunciations].compactMap(\.self).filter { $0 != "-" } }

    /// Reads the book, and what was said otherwise about it.
    func read() throws(CommandError) -> Book {
        var options = Book.ReadingOptions()
        options.readsNotes = readsNotes
        var read =
            if book == "-" {
                try Self.book(try InputText.bytes(of: "-"), options)
            } else {
                try withBookErrors { () throws(BookError) in try Book(path: book, options) }
            }
        read.title = title.map(Self.line) ?? read.title
        read.authors = author.map { [Self.line($0)] } ?? read.authors
        read.language = language ?? read.language
        if let cover {
            read.cover = try Self.picture(cover)
        }
        return read
    }

    /// Text as one line.
    private static func line(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }

    private static func picture(_ path: String) throws(CommandError) -> CoverPicture {
        do throws(AudioError) { return try CoverPicture(path: path) } catch { throw CommandError(error) }
    }

    private static func book(_ bytes: [UInt8], _ options: Book.ReadingOptions) throws(CommandError) -> Book {
        try withBookErrors { () throws(BookError) in try Book(bytes: bytes, name: "book", options) }
    }

    /// The book with the chapters that are wanted: those of the text itself, when nobody says which.
    func chosen(from book: Book) throws(CommandError) -> Book {
        var chosen = book
        guard let chapters else {
            chosen.chapters = book.chapters.filter { !$0.isApart }
            return chosen
        }
        chosen.chapters = book.chapters.enumerated().filter { index, _ in
            chapters.contains { $0.contains(index + 1) }
        }.map(\.element)
        if let missing = chapters.first(where: { $0.lowerBound > book.chapters.count }) {
            throw CommandError(
                .wrongUse, "the book has \(counted(book.chapters.count, "chapter")), and no \(missing.lowerBound)",
                hint: "--list tells them")
        }
        return chosen
    }

    /// What is said, in requests that the engine takes.
    func script(of book: Book, for engines: Engines) throws(CommandError) -> Script {
        var settings = script
        // Who speaks sentence by sentence anyhow has nothing from more at once.
        settings.packsSentences = engines.name != .offline
        settings.requestCharacters = min(
            settings.requestCharacters, engines.speech.speechLimits.textCharacters ?? .max)
        if let pronunciations { settings.pronunciations = try Self.read(pronunciations) }
        let script = Script(book.chapters, language: book.language, settings)
        guard isPreview else { return script }
        return script.beginning(syllables: Self.syllablesOfMinute * narration.speed)
    }

    private static let syllablesOfMinute = 230.0

    private static func read(_ path: String) throws(CommandError) -> Pronunciations {
        let bytes = try InputText.bytes(of: path)
        let text: String
        do throws(SubtitleError) {
            text = try EncodedText.decode(bytes)
        } catch {
            throw CommandError(.unusableInput, "\(path): \(error.message)", hint: "iconv -t UTF-8 converts it")
        }
        return try withBookErrors { () throws(BookError) in try Pronunciations(reading: text) }
    }

    /// What cannot be heard cannot be checked; that is told before an hour of work.
    func refuseDeafCheck(of book: Book, by engines: Engines) throws(CommandError) {
        guard check != nil, engines.name == .offline, book.language?.hasPrefix("en") != true else { return }
        throw CommandError(
            .missingProgram, "the offline engine hears English only, and cannot check this book",
            hint: "without --check, or with a key: ORIOLE_API_KEY")
    }
}

/// Runs work on a book and turns its failure into the command's.
func withBookErrors<Result: ~Copyable>(_ work: () throws(BookError) -> Result) throws(CommandError) -> Result {
    do throws(BookError) {
        return try work()
    } catch {
        let code: ExitCode =
            switch error.code {
            case .malformedInput, .unsupported, .limitExceeded, .noText: .unusableInput
            default: .failed
            }
        throw CommandError(code, error.message, hint: error.remedy ?? hint(for: error.code))
    }
}

/// What helps, where the failure itself does not say it.
private func hint(for code: BookError.Code) -> String? {
    code == .notFound ? "check the name, and the folder that it is looked for in" : nil
}
