internal import AudioCore
internal import Audiobooks
internal import Platform

/// Where a book goes: one file, or a folder with a file for each chapter.
struct BookPlaces {
    /// The file, or the folder with its slash.
    let output: String
    let format: BookFormat
    /// The EPUB whose sentences light up.
    let overlay: String?
    private let book: String

    /// Refuses what can be no place.
    init(
        book: String, output: String?, format: BookFormat?, overlay: String?, isPreview: Bool
    ) throws(CommandError) {
        self.book = book
        self.overlay = overlay
        // The first minute must not take the place of the whole.
        let name = Self.stem(of: book) + (isPreview ? ".preview" : "")
        let output = output ?? "\(name).\((format ?? .m4b).rawValue)"
        guard output != "-", overlay != "-" else {
            throw CommandError(.wrongUse, "a book is not printed", hint: "-o BOOK.m4b")
        }
        if let overlay, !overlay.lowercased().hasSuffix(".epub") {
            throw CommandError(.wrongUse, "‘\(overlay)’ is no name of an EPUB", hint: "--overlay BOOK.epub")
        }
        let isFolder = output.hasSuffix("/") || OutputFile.isFolder(output)
        self.output = isFolder && !output.hasSuffix("/") ? output + "/" : output
        guard let format = format ?? (isFolder ? .mp3 : BookFormat(path: output)) else {
            throw CommandError(
                .wrongUse, "the name ‘\(output)’ does not say what kind of file to make",
                hint: "--format: \(BookFormat.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        self.format = format
    }

    /// Whether each chapter has a file of its own.
    var isFolder: Bool { output.hasSuffix("/") }

    /// What the recording lies beside.
    var job: String { isFolder ? output + (Self.stem(of: book).split(separator: "/").last ?? "book") : output }

    /// Makes a folder that is wanted, and refuses a place that nothing can be written to, before anything costs money.
    func prepare(texts: [BookText], sources: [String]) throws(CommandError) {
        if format.needsFFmpeg {
            do throws(AudioError) {
                try ChapteredSound.check()
            } catch {
                throw CommandError(
                    .missingProgram, error.message, hint: "\(error.remedy ?? ""); --format opus needs none")
            }
        }
        if isFolder {
            do throws(SystemError) { try OutputFile.makeFolder(for: job) } catch {
                throw CommandError(AudioError(error))
            }
        }
        var taken: Set<String> = []
        let beside = isFolder ? [] : texts.map { "\(Self.stem(of: output)).\($0.rawValue)" }
        for path in [isFolder ? job : output] + beside + [overlay].compactMap(\.self) {
            try OutputFlags.check(textPlace: path)
            guard OutputFile.mayBecomeFile(path), !sources.contains(where: { OutputFile.areSame(path, $0) }) else {
                throw CommandError(.wrongUse, "\(path) is a file that is read, or no file", hint: "another name")
            }
            guard taken.insert(OutputFile.absolute(path)).inserted else {
                throw CommandError(
                    .wrongUse, "two files would both become \(path)", hint: "another name for one of them")
            }
        }
    }

    private static func stem(of path: String) -> String {
        guard path != "-" else { return "book" }
        guard let dot = path.lastIndex(of: "."), dot != path.startIndex, !path[dot...].contains("/") else {
            return path
        }
        return String(path[..<dot])
    }
}
