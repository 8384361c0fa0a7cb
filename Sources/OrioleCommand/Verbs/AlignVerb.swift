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
        "output", letter: "o", .file("OUT"), "a file of subtitles (.srt) or of words (.json)",
        fallback: "words to standard output")
    private static let format = Flag("format", .choice(Form.self), "subtitles or words; else by OUT's name")
    private static let retime = Flag(
        "retime", .switch, "TEXT is a file of subtitles: keep its cues, and time them anew")
    static let ownFlags: [any DeclaredFlag] = [output, format, retime, MediaFlags.track]
    static let settings: [any DeclaredSetting] = [Settings.language, Settings.progress]

    /// What is written.
    enum Form: String, CaseIterable, Sendable {
        case srt, json
    }

    private let text: String
    private let media: String
    private let output: String
    private let form: Form
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

    private static func form(_ typed: TypedArguments, _ output: String) throws(CommandError) -> Form {
        let asked = if let form = typed[format] { form } else { try named(by: output) }
        guard asked == .json || !typed.has(CommonFlag.json) else {
            throw CommandError(
                .wrongUse, "--json is for words, and subtitles were asked for", hint: "leave --json out, or -o OUT.json"
            )
        }
        return asked
    }

    private static func named(by output: String) throws(CommandError) -> Form {
        guard output != "-" else { return .json }
        guard let form = Form(rawValue: output.split(separator: ".").last.map { $0.lowercased() } ?? "") else {
            throw CommandError(
                .wrongUse, "the name ‘\(output)’ does not say what to write", hint: "OUT.srt, OUT.json, or --format")
        }
        return form
    }

    func run() async throws(CommandError) {
        let script = try Script(text, isSubtitles: retimes)
        try OutputFlags.check(textPlace: output)
        let language = language ?? script.language
        let meter = ProgressMeter("aligning", form: progress)
        let aligned = try await withCommandErrors { () async throws(AudioError) in
            try await RecordingAligner().align(
                script.text, to: AudioInput(named: media, track: track), language: language
            ) { meter.show($0) }
        }
        meter.finish()
        let made = form == .srt ? SubRip.text(of: script.cues(aligned)) : Terminal.json(Words(aligned, language)) + "\n"
        try Terminal.write(made, to: output)
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
        let whole = try InputText.file(path).read()
        given = isSubtitles ? SubRip.cues(in: whole) : nil
        text = given.map { $0.map(\.text).joined(separator: "\n") } ?? whole
        guard text.contains(where: { $0.isLetter || $0.isNumber }) else {
            throw CommandError(
                .unusableInput, "\(path) has \(isSubtitles ? "no cues" : "no word") in it",
                hint: isSubtitles ? "--retime wants a file of subtitles (.srt)" : nil)
        }
    }

    /// The language that the script of the text is most often in.
    var language: String {
        let scalars = text.unicodeScalars.filter(\.properties.isAlphabetic)
        let found = Self.scripts.map { script in
            (
                language: script.language,
                count: scalars.count { scalar in script.ranges.contains { $0 ~= scalar.value } }
            )
        }
        // Japanese is written with Chinese characters too, and any text may have names in Latin letters.
        if let kana = found.first, kana.count * 5 > scalars.count { return kana.language }
        let most = found.max { $0.count < $1.count }
        return most.map { $0.count * 4 > scalars.count ? $0.language : "en" } ?? "en"
    }

    private static let scripts: [(language: String, ranges: [ClosedRange<UInt32>])] = [
        ("ja", [0x3041...0x30FF]), ("zh", [0x3400...0x9FFF, 0x20000...0x3FFFF]),
        ("ko", [0x1100...0x11FF, 0xAC00...0xD7A3]),
        ("ru", [0x400...0x4FF]), ("el", [0x370...0x3FF]), ("he", [0x590...0x5FF]), ("ar", [0x600...0x6FF]),
        ("hi", [0x900...0x97F]),
    ]

    /// Cues with the words' times: those that were given, or one for each sentence.
    func cues(_ aligned: AlignedText) -> [Cue] {
        given.map { CueTiming.cues($0, retimedBy: aligned) } ?? CueTiming.cues(of: aligned)
    }
}

/// Words with their times, for a program.
private struct Words: Encodable {
    let language: String
    let timing: String
    let isDoubtful: Bool
    let words: [Word]

    struct Word: Encodable {
        let text: String
        let start: Double
        let end: Double
        let timing: String
        let confidence: Double?
        let isDoubtful: Bool
    }

    init(_ aligned: AlignedText, _ language: String) {
        func seconds(_ duration: Duration) -> Double { (duration / .milliseconds(1)).rounded() / 1_000 }
        self.language = language
        timing = aligned.timing.rawValue
        isDoubtful = aligned.isDoubtful
        words = aligned.words.map {
            Word(
                text: $0.text, start: seconds($0.start), end: seconds($0.end), timing: $0.timing.rawValue,
                confidence: $0.confidence, isDoubtful: $0.isDoubtful)
        }
    }
}
