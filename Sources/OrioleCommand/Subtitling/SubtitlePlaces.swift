internal import AudioCore
internal import Platform
internal import Subtitles

/// Where the subtitles of a recording go.
struct SubtitlePlaces {
    /// The formats, each once, in the order in which they were asked for.
    let formats: [SubtitleFormat]
    private let media: String
    private let output: String?

    /// Refuses what can be no place.
    init(media: String, output: String?, formats: [SubtitleFormat]) throws(CommandError) {
        self.media = media
        self.output = output
        self.formats = formats
        guard media != "-" || output != nil else {
            throw CommandError(
                .wrongUse, "standard input has no name to put subtitles beside",
                hint: "-o OUT.srt, or -o - to print them")
        }
        guard output != "-" || formats.count == 1 else {
            throw CommandError(.wrongUse, "standard output takes one format", hint: "--format srt -o -")
        }
    }

    /// Makes a folder that is wanted, and refuses a place that nothing can be written to, before anything costs money.
    func prepare() throws(CommandError) {
        if let output, output.hasSuffix("/") {
            do throws(SystemError) {
                try OutputFile.makeFolder(for: output + "x")
            } catch {
                throw CommandError(AudioError(error))
            }
        }
        guard !isStandardOutput else { return }
        for format in formats {
            let path = path(format, language: "zh")
            try OutputFlags.check(textPlace: path)
            guard OutputFile.mayBecomeFile(path), !OutputFile.areSame(path, media) else {
                throw CommandError(
                    .wrongUse,
                    "\(path) is \(path == media ? "the recording itself" : "no file, or the recording itself")",
                    hint: "another name for -o")
            }
        }
    }

    /// Whether they are printed.
    var isStandardOutput: Bool { output == "-" }

    /// What the journal lies beside.
    var job: String { namesFile ? output ?? media : folder + name }

    /// The name of the file of a format, once the language is known; media servers find it beside the film.
    func path(_ format: SubtitleFormat, language: String?) -> String {
        if let output, namesFile {
            guard formats.count > 1 else { return output }
            // `film.zh` ends with a language, and `film.srt` with a format.
            return (SubtitleFormat(path: output) == nil ? output : Self.withoutEnding(output)) + ".\(format.rawValue)"
        }
        return folder + Self.withoutEnding(name) + (language.map { ".\($0)" } ?? "") + ".\(format.rawValue)"
    }

    /// The name of a copy of the film.
    func copy(_ kind: String, ending: String) -> String {
        guard let output, namesFile else { return folder + Self.withoutEnding(name) + ".\(kind).\(ending)" }
        return (SubtitleFormat(path: output) == nil ? output : Self.withoutEnding(output)) + ".\(kind).\(ending)"
    }

    /// Whether the output is one file, and not a folder or a place beside the recording.
    private var namesFile: Bool {
        guard let output else { return false }
        return !output.hasSuffix("/") && !OutputFile.isFolder(output)
    }

    private var name: String { media == "-" ? "subtitles" : String(media.split(separator: "/").last ?? "") }

    /// With its slash.
    private var folder: String {
        if let output { return output.hasSuffix("/") ? output : output + "/" }
        return media.lastIndex(of: "/").map { String(media[...$0]) } ?? ""
    }

    private static func withoutEnding(_ path: String) -> String {
        guard let dot = path.lastIndex(of: "."), dot != path.startIndex, !path[dot...].contains("/") else {
            return path
        }
        return String(path[..<dot])
    }
}
