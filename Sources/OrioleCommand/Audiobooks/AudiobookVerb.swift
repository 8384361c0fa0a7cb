internal import AudioCore
internal import Audiobooks
internal import Jobs
internal import Platform
internal import Speech

/// Turns a book into an audiobook.
struct AudiobookVerb: Verb {
    static let name = "audiobook"
    static let summary = "an audiobook from a text, Markdown, HTML or EPUB"
    static let operands = "BOOK"
    static let examples = [
        Example(purpose: "chapters, cover and tags in one file", command: "oriole audiobook book.epub -o book.m4b"),
        Example(purpose: "what is in it", command: "oriole audiobook book.epub --list"),
        Example(purpose: "what it would cost", command: "oriole audiobook book.epub --dry-run"),
        Example(
            purpose: "some chapters, the first minute", command: "oriole audiobook book.txt --chapters 3-7,10 --preview"
        ),
        Example(purpose: "a file for each chapter, with lyrics", command: "oriole audiobook 小说.txt -o 小说/ --lrc"),
        Example(
            purpose: "text that follows the voice",
            command: "oriole audiobook book.epub -o book.m4b --subtitles srt,json --overlay book.read.epub"),
        Example(
            purpose: "those who speak have a voice of their own",
            command: "oriole audiobook book.epub -o book.opus --voice-dialogue tongtong"),
        Example(
            purpose: "listened to, and mended", command: "oriole audiobook book.epub -o book.m4b --check=fix"),
    ]
    private static let output = Flag(
        "output", letter: "o", .file("OUT"), "the file, or a folder for a file of each chapter",
        fallback: "BOOK's name.m4b")
    private static let format = Flag("format", .choice(BookFormat.self), "the kind of file; else by OUT's name")
    private static let bitrate = Flag(
        "bitrate", .bitrate(in: 6_000...510_000), "bits per second for m4b, opus and mp3, such as 48k")
    private static let rate = Flag(
        "rate", .integer("HZ", in: 8_000...48_000), "samples per second", fallback: "24000")
    private static let loudness = Flag(
        "loudness", .number("LUFS", in: -40 ... -8), "how loud the book is as a whole (EBU R128)", fallback: "-18")
    private static let list = Flag("list", .switch, "tell the chapters, and make nothing")
    private static let chapters = Flag("chapters", .numbers("LIST"), "the chapters to read, such as 3-7,10")
    private static let preview = Flag("preview", .switch, "the first minute only")
    private static let title = Flag("title", .text("TEXT"), "another title")
    private static let author = Flag("author", .text("TEXT"), "another author")
    private static let cover = Flag("cover", .file("PICTURE"), "another cover, JPEG or PNG")
    private static let footnotes = Flag(
        "footnotes", .choice(Footnotes.self), "what becomes of notes", fallback: "skip")
    private static let dialogue = Flag(
        "voice-dialogue", .text("NAME"), "the voice of those who speak; [voice:NAME] in the text chooses one too")
    private static let pronunciation = Flag(
        "pronunciation", .file("FILE"),
        "how words are said: a line ‘word = how’ each, below [zh] or [en] for a language")
    private static let skipMark = Flag(
        "skip-mark", .switch, "leave out the beeps before speech, for accounts that have none")
    private static let subtitles = Flag(
        "subtitles", .choices(SubtitleKind.self), "text beside the sound: srt, vtt, json with every sentence's time")
    private static let lyrics = Flag("lrc", .switch, "lyrics beside the sound, a line for each sentence")
    private static let overlay = Flag(
        "overlay", .file("FILE.epub"), "also an EPUB 3 whose sentences light up as they are read")
    private static let check = Flag(
        "check", .choice(Check.self, alone: .report), "listen to the book: tell what is missing, or also mend it")
    private static let keep = Flag(
        "keep-clips", .switch, "keep what was spoken, so that a changed sentence is all that is asked for next time")
    private static let fresh = Flag("fresh", .switch, "begin anew, whatever an earlier run has finished")
    private static let dryRun = Flag("dry-run", .switch, "tell what would be asked, and its price, and ask nobody")
    static let ownFlags: [any DeclaredFlag] = [
        output, format, bitrate, rate, loudness, list, chapters, preview, title, author, cover, footnotes, dialogue,
        pronunciation, skipMark, subtitles, lyrics, overlay, check, keep, fresh, dryRun, Engines.verbose,
    ]
    static let settings: [any DeclaredSetting] =
        Engines.settings + [
            Settings.speechModel, Settings.voice, Settings.language, Settings.speed, Settings.progress,
        ]

    /// What becomes of notes.
    enum Footnotes: String, CaseIterable, Sendable { case skip, read }
    /// What becomes of sentences that are not said as they are written.
    enum Check: String, CaseIterable, Sendable { case report, fix }
    /// Text beside the sound; lyrics have a flag of their own.
    enum SubtitleKind: String, CaseIterable, Sendable {
        case srt, vtt, json

        var text: BookText {
            switch self {
            case .srt: .srt
            case .vtt: .vtt
            case .json: .json
            }
        }
    }

    private let wishes: BookWishes
    private let places: BookPlaces
    private let lists: Bool
    private let isDryRun: Bool
    private let configuration: Configuration
    private let isVerbose: Bool
    private let skipsMark: Bool
    private let talk: BookTalk

    init(_ typed: TypedArguments, _ configuration: Configuration) throws(CommandError) {
        guard let book = typed.operands.first, !book.isEmpty, typed.operands.count == 1 else {
            throw CommandError(
                .wrongUse, typed.operands.count > 1 ? "one book at a time" : "there is no book to read",
                hint: "oriole audiobook BOOK -o OUT")
        }
        lists = typed.has(Self.list)
        isDryRun = typed.has(Self.dryRun)
        isVerbose = typed.has(Engines.verbose)
        skipsMark = typed.has(Self.skipMark)
        self.configuration = configuration
        places = try BookPlaces(
            book: book, output: typed[Self.output], format: typed[Self.format], overlay: typed[Self.overlay],
            isPreview: typed.has(Self.preview))
        wishes = try Self.wishes(typed, configuration, book, places.format)
        talk = BookTalk(
            isQuiet: typed.has(CommonFlag.quiet), printsJSON: typed.has(CommonFlag.json),
            progress: try configuration.value(Settings.progress, or: .auto).form(isQuiet: typed.has(CommonFlag.quiet)))
    }

    private static func wishes(
        _ typed: TypedArguments, _ configuration: Configuration, _ book: String, _ format: BookFormat
    ) throws(CommandError) -> BookWishes {
        var wishes = BookWishes(book: book)
        wishes.readsNotes = typed[footnotes] == .read
        wishes.chapters = typed[chapters]
        wishes.isPreview = typed.has(preview)
        (wishes.title, wishes.author, wishes.cover) = (typed[title], typed[author], typed[cover])
        wishes.language = try configuration.value(Settings.language)
        wishes.script.voice = try configuration.value(Settings.voice)
        wishes.script.dialogueVoice = typed[dialogue]
        wishes.pronunciations = typed[pronunciation]
        wishes.narration.speed = try configuration.value(Settings.speed, or: 1)
        wishes.narration.rate = typed[rate] ?? wishes.narration.rate
        wishes.loudness = typed[loudness] ?? -18
        wishes.bitrate = try bitrate(typed, format)
        for kind in typed[subtitles] ?? [] where !wishes.texts.contains(kind.text) { wishes.texts.append(kind.text) }
        if typed.has(lyrics) { wishes.texts.append(.lrc) }
        wishes.check = typed[check]
        wishes.keepsClips = typed.has(keep)
        wishes.isFresh = typed.has(fresh)
        return wishes
    }

    private static func bitrate(_ typed: TypedArguments, _ format: BookFormat) throws(CommandError) -> Int? {
        guard let asked = typed[bitrate] else { return nil }
        guard let range = format.bitrates, range.contains(asked) else {
            let hint = format.bitrates.map { "from \($0.lowerBound) to \($0.upperBound)" }
            throw CommandError(
                .wrongUse, "\(format.rawValue) cannot have \(asked) bits per second",
                hint: hint ?? "only m4b, opus and mp3 take a --bitrate")
        }
        return asked
    }

    func run() async throws(CommandError) {
        let whole = try wishes.read()
        let book = try wishes.chosen(from: whole)
        if lists { return try BookList(whole).tell(asJSON: talk.printsJSON) }
        let engines = try Engines(configuration, isVerbose: isVerbose, skipsMark: skipsMark)
        if isDryRun { return try BookPlan(wishes.script(of: book, for: engines), engines, configuration).tell(talk) }
        try places.prepare(texts: wishes.texts, sources: wishes.sources)
        try wishes.refuseDeafCheck(of: book, by: engines)
        if !talk.isQuiet && !talk.printsJSON { try engines.explain(configuration) }
        var wishes = wishes
        wishes.script.voice = try await engines.voice(wishes.script.voice, configuration, isQuiet: talk.isQuiet)
        try await engines.checkVoice(wishes.script.dialogueVoice)
        let job = BookJob(
            book: book, wishes: wishes, places: places, engines: engines, configuration: configuration, talk: talk)
        try await job.run()
    }
}
