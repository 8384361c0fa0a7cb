internal import AudioCore
internal import Jobs

/// Tells where somebody speaks, and where a recording would be cut for an engine.
struct SegmentVerb: Verb {
    static let name = "segment"
    static let summary = "tell where somebody speaks, and where it would be cut into clips"
    static let operands = "MEDIA"
    static let examples = [
        Example(purpose: "the clips of a film", command: "oriole segment film.mkv"),
        Example(purpose: "the same for a program", command: "oriole segment talk.mp3 --json"),
        Example(purpose: "a picture of it", command: "oriole segment talk.mp3 --plot talk.svg"),
        Example(purpose: "clips of ten seconds at most", command: "oriole segment talk.mp3 --limit 10"),
    ]
    private static let limit = Flag(
        "limit", .number("SECONDS", in: 2...30), "the longest clip that an engine hears", fallback: "30")
    private static let plot = Flag("plot", .file("OUT.svg"), "draw the sound, how likely it is speech, and the clips")
    static let ownFlags: [any DeclaredFlag] = [limit, plot, MediaFlags.track]
    static let settings: [any DeclaredSetting] = [Settings.progress]

    private let path: String
    private let track: AudioTrack
    private let rules: ClipRules
    private let plot: String?
    private let printsJSON: Bool
    private let isQuiet: Bool
    private let progress: Progress.Form

    init(_ typed: TypedArguments, _ configuration: Configuration) throws(CommandError) {
        guard typed.operands.count == 1, typed.operands[0] != "" else {
            throw CommandError(
                .wrongUse, "segment takes one recording, not \(typed.operands.count)", hint: "oriole segment MEDIA")
        }
        path = typed.operands[0]
        track = MediaFlags.track(typed)
        rules = typed[Self.limit].map { ClipRules(limit: .seconds($0)) } ?? ClipRules()
        plot = typed[Self.plot]
        printsJSON = typed.has(CommonFlag.json)
        isQuiet = typed.has(CommonFlag.quiet)
        progress = try configuration.value(Settings.progress, or: .auto).form(isQuiet: isQuiet)
    }

    func run() async throws(CommandError) {
        if let plot { try OutputFlags.check(textPlace: plot) }
        var picture = plot == nil ? nil : SpeechPlot(title: path == "-" ? "standard input" : path)
        let found = try await withCommandErrors { () async throws(AudioError) in try await scan(&picture) }
        if let plot, let picture { try Terminal.write(picture.svg(found.sections), to: plot) }
        // The picture is all that may stand there.
        guard plot != "-" else { return }
        try Terminal.print(printsJSON ? Terminal.json(Report(found.sections)) : found.text)
        if let plot, !isQuiet, !printsJSON { Terminal.say("\(plot): a picture of it") }
    }

    private func scan(_ picture: inout SpeechPlot?) async throws(AudioError) -> Found {
        let input = try await AudioInput(named: path, track: track)
        let total = input.expectedSeconds
        var scan = try SpeechScan(input, rules)
        var progress = Progress("listening", total: total, form: progress)
        var found = Found()
        while let step = try await scan.step() {
            picture?.add(step.samples)
            picture?.add(step.frames)
            found.sections += step.sections
            found.end = step.end
            Terminal.show(progress.tell(done: step.end.seconds))
        }
        Terminal.show(progress.finish())
        return found
    }
}

/// What was found.
private struct Found {
    var sections: [SpeechSection] = []
    var end = MediaTime(frames: 0, rate: VoiceFrame.rate)

    /// A line for each clip, then all of them in one.
    var text: String {
        let lines = sections.map { section in
            let notes = [section.isDoubtful ? "doubtful" : nil, section.cutsVoice ? "ends in a voice" : nil]
            let note = notes.compactMap { $0 }.joined(separator: ", ")
            let stretches = counted(section.speech.count, "stretch", plural: "stretches")
            return "\(section.start) \(section.end)  \(stretches)\(note.isEmpty ? "" : "  \(note)")"
        }
        let speech = sections.flatMap(\.speech)
        let seconds = speech.reduce(0) { $0 + $1.end.seconds - $1.start.seconds }
        let length = MediaTime(frames: Int((seconds * 100).rounded()), rate: 100)
        let all = "\(length) of \(end) is speech, in \(counted(sections.count, "clip"))"
        return (lines + [sections.isEmpty ? "nobody speaks in \(end)" : all]).joined(separator: "\n")
    }
}

/// The same for a program.
private struct Report: Encodable {
    let speech: [Span]
    let clips: [Span]

    struct Span: Encodable {
        let start: Double
        let end: Double
    }

    init(_ sections: [SpeechSection]) {
        speech = sections.flatMap(\.speech).map { Span(start: $0.start.seconds, end: $0.end.seconds) }
        clips = sections.map { Span(start: $0.start.seconds, end: $0.end.seconds) }
    }
}
