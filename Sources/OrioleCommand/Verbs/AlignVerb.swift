internal import AudioCore
internal import Captioning
internal import Jobs
internal import Platform
internal import Subtitles

/// Puts known text onto its sound.
struct AlignVerb: Verb {
    static let name = "align"
    static let summary = "put known text onto its sound: a script, lyrics, old subtitles"
    static let operands = "TEXT MEDIA"
    static let examples = [
        Example(purpose: "subtitles of a script", command: "oriole align script.txt film.mp4 -o film.srt"),
        Example(purpose: "the time of every word", command: "oriole align chapter.txt chapter.mp3 -o chapter.json"),
        Example(purpose: "subtitles that are late", command: "oriole align old.srt film.mp4 --retime -o new.srt"),
        Example(purpose: "a Chinese song", command: "oriole align lyrics.txt song.mp3 --language zh -o song.srt"),
    ]
    private static let output = Flag(
        "output", letter: "o", .file("OUT"), "a file of subtitles (.srt, .vtt, .ass…) or of words (.json)",
        fallback: "words to standard output")
    private static let format = Flag("format", .choice(SubtitleFormat.self), "subtitles or words; else by OUT's name")
    private static let retime = Flag(
        "retime", .switch, "TEXT is a file of subtitles: keep its cues, and time them anew")
    static let ownFlags: [any DeclaredFlag] = [output, format, retime, MediaFlags.track]
    static let settings: [any DeclaredSetting] = [Settings.language, Settings.progress]

    private let text: String
    private let media: String
    private let output: String
    private let form: SubtitleFormat
    private let retimes: Bool
    private let track: AudioTrack
    private let language: String?
    private let isQuiet: Bool
    private let progress: Progress.Form

    init(_ typed: TypedArguments, _ configuration: Configuration) throws(CommandError) {
        guard typed.operands.count == 2, !typed.operands.contains("") else {
            throw CommandError(
                .wrongUse, "align takes a text and a recording, not \(counted(typed.operands.count, "operand"))",
                hint: "oriole align TEXT MEDIA -o OUT.srt")
        }
        (text, media) = (typed.operands[0], typed.operands[1])
        guard text != "-" || media != "-" else {
            throw CommandError(.wrongUse, "standard input is the text or the recording", hint: "a file for one of them")
        }
        output = typed[Self.output] ?? "-"
        form = try Self.form(typed, output)
        retimes = typed.has(Self.retime)
        track = MediaFlags.track(typed)
        language = try configuration.value(Settings.language)
        guard language?.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }) ?? true else {
            throw CommandError(
                .wrongUse, "‘\(language ?? "")’ is no language", hint: "a code such as en, zh or pt-br")
        }
        isQuiet = typed.has(CommonFlag.quiet)
        progress = try configuration.value(Settings.progress, or: .auto).form(isQuiet: isQuiet)
    }

    private static func form(_ typed: TypedArguments, _ output: String) throws(CommandError) -> SubtitleFormat {
        let asked = if let form = typed[format] { form } else { try named(by: output) }
        guard asked == .json || !typed.has(CommonFlag.json) else {
            throw CommandError(
                .wrongUse, "--json is for words, and subtitles were asked for", hint: "leave --json out, or -o OUT.json"
            )
        }
        return asked
    }

    private static func named(by output: String) throws(CommandError) -> SubtitleFormat {
        guard output != "-" else { return .json }
        guard let form = SubtitleFormat(path: output) else {
            throw CommandError(
                .wrongUse, "the name ‘\(output)’ does not say what to write", hint: "OUT.srt, OUT.json, or --format")
        }
        return form
    }

    func run() async throws(CommandError) {
        let script = try Script(text, isSubtitles: retimes)
        try OutputFlags.check(textPlace: output)
        let language = language ?? WrittenLanguage.guess(of: script.text)
        let meter = ProgressMeter("aligning", form: progress)
        let aligned = try await withCommandErrors { () async throws(AudioError) in
            try await RecordingAligner().align(
                script.text, to: AudioInput(named: media, track: track), language: language
            ) { meter.show($0) }
        }
        meter.finish()
        let cues = script.cues(aligned, language: language)
        let made = Track(cues, language: language, words: aligned.words)
        try Terminal.write(made.text(as: form), to: output)
        if !isQuiet { tell(aligned) }
    }

    private func tell(_ aligned: AlignedText) {
        if output != "-" {
            let counts = Timing.allCases.compactMap { timing in
                let count = aligned.words.count { $0.timing == timing }
                return count > 0 ? "\(count) \(timing.rawValue)" : nil
            }
            Terminal.say("\(output): \(counted(aligned.words.count, "word")), \(counts.joined(separator: ", "))")
        }
        if aligned.timing != .aligned {
            let isComplete = ["pocketsphinx_batch", "espeak-ng"].allSatisfy { Environment.program($0) != nil }
            let packages = Environment.installing("pocketsphinx pocketsphinx-en-us espeak-ng")
            let remedy =
                isComplete
                ? "the words were not found in the sound, or are not of the --language"
                : "with \(packages) they are measured"
            Terminal.say("note: times are \(aligned.timing.rawValue) in places; \(remedy)")
        }
        let doubtful = aligned.words.count(where: \.isDoubtful)
        if doubtful > 0 {
            Terminal.say("note: \(counted(doubtful, "word")) may not be said where they are put")
        }
    }
}

/// The text, and what its cues are.
private struct Script {
    let text: String
    /// The cues that are timed anew, when the text is a file of them.
    private let given: [Cue]?

    init(_ path: String, isSubtitles: Bool) throws(CommandError) {
        given = isSubtitles ? try Track(file: path).cues.filter { !$0.text.isEmpty } : nil
        if let given {
            text = given.map(\.text).joined(separator: "\n")
        } else {
            text = try InputText.file(path).read()
        }
        guard text.contains(where: { $0.isLetter || $0.isNumber }) else {
            throw CommandError(
                .unusableInput, "\(path) has \(isSubtitles ? "no cues" : "no word") in it",
                hint: isSubtitles ? "--retime wants a file of subtitles (.srt)" : nil)
        }
    }

    /// Cues with the words' times: those that were given, or such as can be read well.
    func cues(_ aligned: AlignedText, language: String?) -> [Cue] {
        if let given { return CueTiming.cues(given, retimedBy: aligned) }
        var layout = CueLayout(LayoutRules(language: language))
        return layout.add(aligned.words) + layout.finish()
    }
}
