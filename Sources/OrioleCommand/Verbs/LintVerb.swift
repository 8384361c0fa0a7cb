internal import AudioCore
internal import Subtitles

/// Holds subtitles to the rules by which they are read well.
struct LintVerb: Verb {
    static let name = "lint"
    static let summary = "tell which cues are hard to read: too long, too fast, too close"
    static let operands = "SUBTITLES…"
    static let examples = [
        Example(purpose: "what is wrong, cue by cue", command: "oriole lint film.srt"),
        Example(purpose: "the same for a program", command: "oriole lint film.zh.vtt --json"),
        Example(purpose: "lines of 50 characters are fine here", command: "oriole lint talk.srt --line-length 50"),
        Example(purpose: "all but two rules", command: "oriole lint old.srt --ignore gap-too-small --ignore too-fast"),
    ]
    private static let ignore = Flag("ignore", .choice(SubtitleRule.self), "a rule that may be broken; may come again")
    static let ownFlags: [any DeclaredFlag] = LayoutFlags.all + [ignore]
    static let settings: [any DeclaredSetting] = [Settings.language]

    private let paths: [String]
    private let typed: TypedArguments
    private let language: String?
    private let printsJSON: Bool
    private let isQuiet: Bool

    init(_ typed: TypedArguments, _ configuration: Configuration) throws(CommandError) {
        guard !typed.operands.isEmpty, !typed.operands.contains("") else {
            throw CommandError(.wrongUse, "there is nothing to look at", hint: "oriole lint SUBTITLES…")
        }
        paths = typed.operands
        self.typed = typed
        language = try configuration.value(Settings.language)
        printsJSON = typed.has(CommonFlag.json)
        isQuiet = typed.has(CommonFlag.quiet)
    }

    func run() async throws(CommandError) {
        var (broken, unread) = (0, 0)
        for path in paths {
            do throws(CommandError) {
                broken += try look(at: path)
            } catch {
                guard paths.count > 1 else { throw error }
                Terminal.report(error, of: path, asJSON: printsJSON)
                unread += 1
            }
        }
        guard unread == 0 else { throw CommandError(.failed, "\(counted(unread, "file")) could not be read") }
        guard broken == 0 else {
            throw CommandError(
                .failed, "\(counted(broken, "rule")) broken",
                hint: "oriole align FILE MEDIA --retime mends times; --ignore RULE leaves one out")
        }
    }

    /// Prints what is wrong with a file, and returns how much is.
    private func look(at path: String) throws(CommandError) -> Int {
        let track = try Track(file: path)
        let linter = SubtitleLinter(language: language, ignoring: Set(typed.all(Self.ignore))) { [typed] code in
            LayoutFlags.rules(typed, language: code)
        }
        let findings = linter.findings(in: track.cues)
        if printsJSON {
            try Terminal.print(
                Terminal.json(Report(file: path, cues: track.cues.count, findings: findings)))
        } else {
            for finding in findings { try Terminal.print("\(path):\(finding.cue): \(clock(finding.start)) \(finding)") }
            if findings.isEmpty, !isQuiet {
                Terminal.say("\(path): \(counted(track.cues.count, "cue")), nothing to mend")
            }
        }
        return findings.count
    }

    private func clock(_ time: Duration) -> String {
        "\(MediaTime(frames: Int((time / .milliseconds(1)).rounded()), rate: 1_000))"
    }

    /// What is wrong with a file, for a program.
    private struct Report: Encodable {
        let file: String
        let cues: Int
        let findings: [Finding]

        struct Finding: Encodable {
            let cue: Int
            let start: Double
            let rule: String
            let detail: String
        }

        init(file: String, cues: Int, findings: [SubtitleFinding]) {
            (self.file, self.cues) = (file, cues)
            self.findings = findings.map {
                Finding(cue: $0.cue, start: $0.start / .seconds(1), rule: $0.rule.rawValue, detail: $0.detail)
            }
        }
    }
}
