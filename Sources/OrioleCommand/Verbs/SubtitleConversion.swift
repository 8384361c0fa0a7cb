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
        let bytes = try InputText.bytes(of: input)
        let made = try withSubtitleErrors(input) { () throws(SubtitleError) in
            try SubtitleText(rewriting: bytes, from: SubtitleFormat(path: input), as: format, offset: offset)
        }
        try Terminal.write(made.text, to: output)
        guard !isQuiet, output != "-" else { return }
        Terminal.say("\(output): \(format.rawValue), \(counted(made.cueCount, "cue"))")
    }
}

extension Track {
    /// Reads a file of subtitles, or standard input, with cues that show nothing.
    init(file path: String) throws(CommandError) {
        let bytes = try InputText.bytes(of: path)
        self = try withSubtitleErrors(path) { () throws(SubtitleError) in
            try Track(readingAll: bytes, as: SubtitleFormat(path: path))
        }
    }
}

/// Tells what is wrong with a file of subtitles, and which can be read.
private func withSubtitleErrors<Result>(
    _ path: String, _ work: () throws(SubtitleError) -> Result
) throws(CommandError) -> Result {
    do throws(SubtitleError) {
        return try work()
    } catch {
        throw CommandError(
            .unusableInput, "\(path == "-" ? "standard input" : path): \(error)",
            hint: "srt, vtt, ass, ttml, lrc and json can be read")
    }
}
