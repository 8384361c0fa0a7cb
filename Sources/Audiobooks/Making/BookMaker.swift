public import AudioCore
internal import Platform
internal import Subtitles

/// Makes the files of a book of sound: one, or one for each chapter with a list of them, and text that follows the voice.
///
/// The same book, voice and settings give the same bytes; every file appears whole or not at all.
public struct BookMaker {
    private let book: Book
    private let narration: Narration
    private let recording: Recording
    private let settings: Settings

    /// What is made.
    public struct Settings: Sendable {
        /// The kind of file.
        public var format: BookFormat
        /// Bits per second, or nil for the usual.
        public var bitrate: Int?
        /// Text that follows the voice, beside the sound.
        public var texts: [BookText] = []
        /// Whether a list of chapters keeps those that are not made now: they were made before.
        public var keepsOthers = false
        /// How loud the book is.
        public var mastering = Mastering.none

        /// Makes settings.
        public init(format: BookFormat) { self.format = format }
    }

    /// Makes one for a narration of a book.
    public init(_ book: Book, _ narration: Narration, in recording: Recording, _ settings: Settings) {
        (self.book, self.narration, self.recording, self.settings) = (book, narration, recording, settings)
    }

    /// Makes one file, with text beside it; returns the paths of all.
    ///
    /// - Throws: `missingProgram` where ffmpeg is needed and not there.
    public func makeWhole(at path: String) async throws(AudioError) -> [String] {
        let part = BookPart.whole(narration, title: book.title, at: path)
        return try await make(part, at: path)
    }

    /// Makes a file for each chapter in a folder that ends with a slash, and a list of them for players.
    public func makeChapters(in folder: String) async throws(AudioError) -> [String] {
        var paths: [String] = []
        let place = "\(folder)\(book.title.fileName).m3u8"
        var list = Playlist(title: book.title)
        if settings.keepsOthers { list.keep(try? OpenFile.contents(of: place, limit: 1 << 20)) }
        try withAudioErrors { () throws(SystemError) in try OutputFile.makeFolder(for: folder + "x") }
        // A chapter of which nothing is said has no file.
        for part in BookPart.chapters(narration, of: book, in: folder) where !part.frames.isEmpty {
            let path = "\(part.stem).\(settings.format.rawValue)"
            paths += try await make(part, at: path)
            let seconds = (Double(part.frames.count) / Double(narration.format.rate) * 1_000).rounded() / 1_000
            list.add(String(path.dropFirst(folder.count)), title: part.title, seconds: seconds)
        }
        try Self.write(list.text, to: place)
        return paths + [place]
    }

    /// Makes a file and the text beside it in the folder of the recording, whose remains the next run removes, and moves them then.
    private func make(_ part: BookPart, at path: String) async throws(AudioError) -> [String] {
        let made = recording.folder + "/made.\(settings.format.rawValue)"
        try await write(part, to: made)
        try Self.move(made, to: path)
        let writer = BookTextWriter(narration: narration, part: part, title: book.title, language: book.language)
        var paths = [path]
        for text in settings.texts {
            let made = recording.folder + "/made.\(text.rawValue)"
            try Self.write(writer.file(text), to: made)
            paths.append("\(part.stem).\(text.rawValue)")
            try Self.move(made, to: paths[paths.count - 1])
        }
        return paths
    }

    private func write(_ part: BookPart, to path: String) async throws(AudioError) {
        guard let kind = settings.format.chaptered else {
            let kind = settings.format == .opus ? OutputSettings.Kind.opus : .wav
            var output = OutputSettings(kind: kind, bitrate: settings.bitrate)
            output.tags = tags.opusTags(of: part, narration)
            return try await write(part.frames, to: path, output)
        }
        let sound = recording.folder + "/book.wav"
        try await write(part.frames, to: sound, OutputSettings(kind: .wav))
        try await ChapteredSound.write(
            sound, as: kind, bitrate: settings.bitrate, tags.facts(of: part, narration), to: path)
        try withAudioErrors { () throws(SystemError) in try OpenFile.remove(sound) }
    }

    private static func move(_ path: String, to target: String) throws(AudioError) {
        try withAudioErrors { () throws(SystemError) in try OutputFile.move(path, to: target) }
    }

    private var tags: BookTags { BookTags(book: book) }

    private func write(_ frames: Range<Int>, to path: String, _ output: OutputSettings) async throws(AudioError) {
        try await recording.write(narration, frames, settings.mastering, to: path, output)
    }

    private static func write(_ text: String, to path: String) throws(AudioError) {
        try withAudioErrors { () throws(SystemError) in try OutputFile.write(Array(text.utf8).span, to: path) }
    }
}

/// What the files of a book say about themselves.
struct BookTags {
    let book: Book

    /// For ffmpeg.
    func facts(of part: BookPart, _ narration: Narration) -> ChapteredSound.Facts {
        var facts = ChapteredSound.Facts()
        facts.tags = pairs(of: part).map { ($0.ffmpeg, $0.value) }
        facts.cover = book.cover
        facts.chapters = chapters(of: part, narration)
        return facts
    }

    /// For Opus.
    func opusTags(of part: BookPart, _ narration: Narration) -> OpusTags {
        var tags = OpusTags()
        tags.comments = pairs(of: part).map { .init($0.vorbis, $0.value) }
        for chapter in chapters(of: part, narration) { tags.addChapter(at: chapter.start, title: chapter.title) }
        if let cover = book.cover { tags.comments.append(cover.comment) }
        return tags
    }

    private func chapters(
        of part: BookPart, _ narration: Narration
    ) -> [(title: String, start: MediaTime, end: MediaTime)] {
        guard part.index == nil else { return [] }
        return part.chapters(of: narration).filter { !$0.frames.isEmpty }.map { chapter in
            let times = [chapter.frames.lowerBound, chapter.frames.upperBound]
                .map { MediaTime(frames: $0, rate: narration.format.rate) }
            return (chapter.title, times[0], times[1])
        }
    }

    /// A number, and of how many where all are there.
    private func track(_ number: Int) -> String {
        let count = book.chapters.count
        return book.chapters.last?.number == count ? "\(number)/\(count)" : "\(number)"
    }

    private struct Pair {
        let ffmpeg: String
        let vorbis: String
        let value: String
    }

    private func pairs(of part: BookPart) -> [Pair] {
        let authors = book.authors.joined(separator: ", ")
        let year = book.date.map { String($0.prefix(10)) }
        let known: [(String, String, String?)] = [
            ("title", "TITLE", part.title), ("artist", "ARTIST", authors), ("album_artist", "ALBUMARTIST", authors),
            ("album", "ALBUM", book.title), ("genre", "GENRE", "Audiobook"), ("date", "DATE", year),
            ("track", "TRACKNUMBER", part.number.map(track)), ("publisher", "PUBLISHER", book.publisher),
            ("language", "LANGUAGE", book.language), ("comment", "DESCRIPTION", book.summary),
        ]
        return known.compactMap { ffmpeg, vorbis, value in
            value.flatMap { $0.isEmpty ? nil : Pair(ffmpeg: ffmpeg, vorbis: vorbis, value: $0) }
        }
    }
}
