internal import Subtitles

/// Turns subtitles into subtitles.
struct SubtitleConversion {
    private let input: String
    private let output: String
    private let format: SubtitleFormat
    private let offset: Duration
    private let isQuiet: Bool

    init(_ typed: TypedArguments, to format: SubtitleFormat) throws(CommandError) {
        let forSound: [any DeclaredFlag] = [
            ConvertVerb.rate, ConvertVerb.channels, OutputFlags.encoding, OutputFlags.bitrate, ConvertVerb.loudness,
            ConvertVerb.mode, MediaFlags.track, ConvertVerb.cover, ConvertVerb.tag,
        ]
        if let flag = forSound.first(where: { typed.has($0) }) {
            throw CommandError(
                .wrongUse, "--\(flag.name) is for sound, and \(format.rawValue) holds subtitles",
                hint: "leave it out, or oriole help convert")
        }
        (input, output) = (typed.operands[0], typed.operands[1])
        self.format = format
        offset = .seconds(typed[ConvertVerb.offset] ?? 0)
        isQuiet = typed.has(CommonFlag.quiet)
    }

    func run() throws(CommandError) {
        try OutputFlags.check(textPlace: output)
        var track = try Track(file: input)
        if track.cues.isEmpty, !track.words.isEmpty {
            var layout = CueLayout(language: track.language) { LayoutRules(language: $0) }
            track.cues = layout.add(track.words) + layout.finish()
        }
        track = track.shifted(by: offset)
        let text = track.text(as: format, showsWords: track.cues.contains { !$0.words.isEmpty })
        try Terminal.write(text, to: output)
        guard !isQuiet, output != "-" else { return }
        Terminal.say("\(output): \(format.rawValue), \(counted(track.cues.count, "cue"))")
    }
}

extension Track {
    /// Reads a file of subtitles, or standard input.
    init(file path: String) throws(CommandError) {
        let bytes = try InputText.bytes(of: path)
        do throws(SubtitleError) {
            try self.init(reading: bytes, as: SubtitleFormat(path: path))
        } catch {
            throw CommandError(
                .unusableInput, "\(path == "-" ? "standard input" : path): \(error)",
                hint: "srt, vtt, ass, ttml, lrc and json can be read")
        }
    }
}
