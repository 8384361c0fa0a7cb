internal import AudioCore
internal import Subtitles

/// Turns sound into sound, and subtitles into subtitles.
struct ConvertVerb: Verb {
    static let name = "convert"
    static let summary = "turn sound, the sound of a film, or subtitles into another kind of file"
    static let operands = "IN OUT"
    static let examples = [
        Example(
            purpose: "speech for a recognizer", command: "oriole convert talk.mp3 talk.wav --rate 16000 --channels 1"),
        Example(purpose: "the Chinese track of a film", command: "oriole convert film.mkv film.opus --track zh"),
        Example(purpose: "one level for all chapters", command: "oriole convert 01.flac 01.opus --loudness -18"),
        Example(purpose: "subtitles for a browser", command: "oriole convert film.srt film.vtt"),
        Example(purpose: "within a pipe", command: "oriole convert - - --format wav --rate 16000 < talk.opus | aplay"),
    ]
    static let rate = Flag("rate", .integer("HZ", in: 1_000...768_000), "samples per second")
    static let channels = Flag("channels", .integer("N", in: 1...64), "1 for mono, 2 for stereo")
    static let loudness = Flag(
        "loudness", .number("LUFS", in: -70...0), "bring the loudness to this, true peak at most -1 dBTP")
    static let mode = Flag(
        "mode", .choice(SoundConversion.ModeName.self), "how to resample: fast, or with the least delay",
        fallback: "throughput")
    static let cover = Flag("cover", .file("PICTURE"), "a JPEG or PNG picture for an opus file")
    static let tag = Flag(
        "tag", .text("NAME=TEXT"), "something that an opus file says about itself; may come again")
    static let format = Flag(
        "format", .word(OutputSettings.Kind.allCases.map(\.rawValue) + SubtitleFormat.allCases.map(\.rawValue)),
        "the kind of file; else by OUT's name")
    static let offset = Flag(
        "offset", .number("SECONDS", in: -86_400...86_400), "show subtitles so much later, or earlier")
    static let ownFlags: [any DeclaredFlag] = [
        rate, channels, format, OutputFlags.encoding, OutputFlags.bitrate, loudness, mode, MediaFlags.track,
        cover, tag, offset,
    ]
    static let settings: [any DeclaredSetting] = [Settings.progress]

    /// The sound, or the subtitles, that are converted.
    private enum Work {
        case sound(SoundConversion)
        case subtitles(SubtitleConversion)
    }

    private let work: Work

    init(_ typed: TypedArguments, _ configuration: Configuration) throws(CommandError) {
        guard typed.operands.count == 2 else {
            throw CommandError(
                .wrongUse, "convert takes an input and an output, not \(typed.operands.count) operands",
                hint: "oriole convert IN OUT, with - for standard input or output")
        }
        guard !typed.operands.contains("") else {
            throw CommandError(.wrongUse, "an empty name is no file", hint: "oriole convert IN OUT")
        }
        let asked = typed[Self.format]
        if let format = asked.map({ SubtitleFormat(rawValue: $0) }) ?? SubtitleFormat(path: typed.operands[1]) {
            work = .subtitles(try SubtitleConversion(typed, to: format))
        } else {
            work = .sound(
                try SoundConversion(typed, configuration, kind: asked.flatMap { OutputSettings.Kind(rawValue: $0) }))
        }
    }

    func run() async throws(CommandError) {
        switch work {
        case .sound(let conversion): try await conversion.run()
        case .subtitles(let conversion): try conversion.run()
        }
    }
}
