internal import AudioCore
internal import Captioning
internal import Jobs
internal import Platform
internal import Speech
internal import Subtitles

/// Makes subtitles of films and recordings.
struct SubtitleVerb: Verb {
    static let name = "subtitle"
    static let summary = "subtitles of films and recordings, beside them or within"
    static let operands = "MEDIA…"
    static let examples = [
        Example(purpose: "film.zh.srt beside the film", command: "oriole subtitle film.mp4"),
        Example(
            purpose: "for a browser and for a program", command: "oriole subtitle talk.mp3 --format vtt,json -o subs/"),
        Example(purpose: "drawn into a copy of the film", command: "oriole subtitle film.mp4 --burn"),
        Example(purpose: "a series, and what it would cost", command: "oriole subtitle s01/*.mkv --dry-run"),
        Example(purpose: "Chinese with English below", command: "oriole subtitle talk.mp4 --translate zh --bilingual"),
        Example(purpose: "names that are hard to hear", command: "oriole subtitle call.mp4 --hotwords Oriole,智谱"),
        Example(
            purpose: "short lines for a telephone", command: "oriole subtitle clip.mp4 --preset social --words --burn"),
    ]
    private static let output = Flag(
        "output", letter: "o", .file("OUT"), "a file, or a folder", fallback: "beside the recording")
    private static let format = Flag(
        "format", .choices(SubtitleFormat.self), "what to write, with commas between", fallback: "srt, or by OUT's name"
    )
    private static let context = Flag(
        "context", .switch, "tell the engine what was said before: better words, but one clip at a time, and slowly")
    private static let translate = Flag(
        "translate", .text("CODE"), "translate the cues into a language, such as zh or en")
    private static let bilingual = Flag("bilingual", .switch, "show what was said below its translation")
    private static let words = Flag("words", .switch, "light each word up as it is said (vtt, ass, lrc)")
    private static let embed = Flag("embed", .switch, "also a copy of the film with subtitles to switch on")
    private static let burn = Flag("burn", .switch, "also a copy of the film with subtitles drawn into it")
    private static let from = Flag("from", .time("TIME"), "where to begin, such as 1:30")
    private static let to = Flag("to", .time("TIME"), "where to end")
    private static let offset = Flag(
        "offset", .number("SECONDS", in: -86_400...86_400), "show everything so much later, or earlier")
    private static let fresh = Flag("fresh", .switch, "begin anew, whatever an earlier run has finished")
    private static let dryRun = Flag("dry-run", .switch, "tell what would be asked, and its price, and ask nobody")
    static let ownFlags: [any DeclaredFlag] =
        [
            output, format,
        ]
        + HearingFlags.all
        + [context, translate, bilingual, words, embed, burn, from, to, offset]
        + LayoutFlags.all
        + [MediaFlags.track, fresh, dryRun, Engines.verbose]
    static let settings: [any DeclaredSetting] =
        Engines.settings + [
            Settings.transcriptionModel, Settings.translationModel, Settings.language, Settings.progress,
        ]

    private let media: [String]
    private let places: [SubtitlePlaces]
    private let wishes: SubtitleWishes
    private let translation: (language: String, rules: LayoutRules, keepsOriginal: Bool)?
    private let isDryRun: Bool
    private let configuration: Configuration
    private let isVerbose: Bool
    private let isQuiet: Bool
    private let printsJSON: Bool
    private let progress: Progress.Form

    init(_ typed: TypedArguments, _ configuration: Configuration) throws(CommandError) {
        guard !typed.operands.isEmpty, !typed.operands.contains("") else {
            throw CommandError(.wrongUse, "there is nothing to hear", hint: "oriole subtitle MEDIA…")
        }
        media = typed.operands
        let output = typed[Self.output]
        try Self.check(media, output)
        let formats = try Self.formats(typed, output)
        places = try media.map { media throws(CommandError) in
            try SubtitlePlaces(media: media, output: output, formats: formats)
        }
        try Self.checkApart(places)
        guard !media.contains("-") || !(typed.has(Self.embed) || typed.has(Self.burn)) else {
            throw CommandError(.wrongUse, "standard input cannot be copied", hint: "a file, for --embed and --burn")
        }
        wishes = try Self.wishes(typed, configuration, formats)
        translation = typed[Self.translate].map { language in
            (language, LayoutFlags.rules(typed, language: language), typed.has(Self.bilingual))
        }
        guard translation != nil || !typed.has(Self.bilingual) else {
            throw CommandError(.wrongUse, "there is one language only", hint: "--translate zh --bilingual")
        }
        guard translation == nil || !typed.has(Self.words) else {
            throw CommandError(
                .wrongUse, "nobody knows when words of a translation are said", hint: "--words or --translate"
            )
        }
        isDryRun = typed.has(Self.dryRun)
        self.configuration = configuration
        isVerbose = typed.has(Engines.verbose)
        isQuiet = typed.has(CommonFlag.quiet)
        printsJSON = typed.has(CommonFlag.json)
        progress = try configuration.value(Settings.progress, or: .auto).form(isQuiet: isQuiet)
    }

    func run() async throws(CommandError) {
        let engines = try Engines(configuration, isVerbose: isVerbose)
        if isDryRun {
            let plan = try await SubtitlePlan(media, wishes, engines, reportsJSON: printsJSON)
            return try plan.tell(
                prices: try Prices.table(configuration), isTranslated: translation != nil, asJSON: printsJSON)
        }
        for places in places { try places.prepare() }
        if !isQuiet, engines.name == .offline, translation != nil {
            Terminal.say("note: the offline engine does not translate; it repeats what was said")
        }
        if !isQuiet && !printsJSON { try engines.explain(configuration) }
        if !isQuiet { HearingFlags.note(wishes.settings.options, for: engines.name) }
        let failures = try await subtitleAll(engines)
        guard failures > 0 else { return }
        throw CommandError(
            .failed,
            media.count == 1
                ? "parts were not heard, or not translated" : "\(failures) of \(media.count) files are not whole",
            hint: "the same command again asks only for what is missing")
    }
}

// MARK: - What was typed

extension SubtitleVerb {
    private static func check(_ media: [String], _ output: String?) throws(CommandError) {
        guard media.count > 1 else { return }
        guard !media.contains("-") else {
            throw CommandError(.wrongUse, "standard input is heard by itself", hint: "oriole subtitle - -o OUT.srt")
        }
        guard let output, !output.hasSuffix("/"), !OutputFile.isFolder(output) else { return }
        throw CommandError(.wrongUse, "\(media.count) files cannot all become \(output)", hint: "-o FOLDER/")
    }

    /// Recordings that differ only in their folder or ending would take each other's place.
    private static func checkApart(_ places: [SubtitlePlaces]) throws(CommandError) {
        var taken: Set<String> = []
        for places in places {
            let path = places.path(places.formats[0], language: nil)
            guard taken.insert(path).inserted else {
                throw CommandError(
                    .wrongUse, "two recordings would both become \(path)", hint: "one after the other, with -o")
            }
        }
    }

    /// Each format once: those that were asked for, else by the output's name.
    private static func formats(_ typed: TypedArguments, _ output: String?) throws(CommandError) -> [SubtitleFormat] {
        var formats: [SubtitleFormat] = []
        for format in typed[format] ?? [] where !formats.contains(format) { formats.append(format) }
        if formats.isEmpty { formats = [output.flatMap { SubtitleFormat(path: $0) } ?? .srt] }
        if typed.has(embed) || typed.has(burn), formats == [.txt] || output == "-" {
            throw CommandError(
                .wrongUse, "a copy of the film is made of a file of subtitles", hint: "--format srt, and a place for it"
            )
        }
        return formats
    }

    private static func wishes(
        _ typed: TypedArguments, _ configuration: Configuration, _ formats: [SubtitleFormat]
    ) throws(CommandError) -> SubtitleWishes {
        let (from, to) = (typed[from] ?? .zero, typed[to])
        if let to, to <= from {
            throw CommandError(.wrongUse, "--to comes before --from", hint: "--from 1:30 --to 2:00")
        }
        let options = try HearingFlags.options(typed, configuration)
        let settings = CaptionSettings(options: options, givesContext: typed.has(context), start: from) { language in
            var rules = LayoutFlags.rules(typed, language: language)
            // Two languages have a line each.
            if typed.has(bilingual) { rules.lines = 1 }
            return rules
        }
        return SubtitleWishes(
            settings: settings, track: MediaFlags.track(typed), showsWords: typed.has(words),
            offset: .seconds(typed[offset] ?? 0), from: from, to: to, embeds: typed.has(embed), burns: typed.has(burn),
            isFresh: typed.has(fresh), identity: [], translation: nil)
    }
}

// MARK: - The work

extension SubtitleVerb {
    /// While the last clips of a file are heard, the first ones of the next keep the engine busy.
    private static let filesAtOnce = 2

    /// Makes the subtitles of all recordings, and returns how many are not whole.
    private func subtitleAll(_ engines: Engines) async throws(CommandError) -> Int {
        let meter = SubtitleMeter(
            count: media.count, length: media.count == 1 ? try await seconds(of: media[0]) : nil,
            prices: try Prices.table(configuration), model: engines.hearingModel, form: progress)
        defer { meter.finish() }
        let failures = await withTaskGroup(of: Ended.self) { group -> Result<Int, CommandError> in
            var waiting = Array(zip(media, places))[...]
            var (failures, spent): (Int, [SubtitleJob]) = (0, [])
            for (media, places) in waiting.prefix(Self.filesAtOnce) {
                group.addTask { await ended(media, places, engines, meter) }
            }
            waiting = waiting.dropFirst(Self.filesAtOnce)
            while let file = await group.next() {
                do throws(CommandError) {
                    failures += try take(file) ? 0 : 1
                    if let job = file.spentJob { spent.append(job) }
                } catch {
                    group.cancelAll()
                    return .failure(error)
                }
                if let (media, places) = waiting.popFirst() {
                    group.addTask { await ended(media, places, engines, meter) }
                }
            }
            // The same command again must not pay for the files that are whole.
            guard failures == 0 else { return .success(failures) }
            do throws(CommandError) {
                for job in spent { try job.removeJournal() }
                return .success(0)
            } catch {
                return .failure(error)
            }
        }
        return try failures.get()
    }

    /// One recording, and what came of it.
    private struct Ended: Sendable {
        let media: String
        let job: SubtitleJob
        let result: Result<SubtitleJob.Outcome, CommandError>
        let cost: Cost?

        /// The job, when its journal is of no more use.
        var spentJob: SubtitleJob? { (try? result.get())?.isSpent == true ? job : nil }
    }

    /// Tells what came of a recording, and returns whether it is whole.
    ///
    /// - Throws: what ends the whole run. What one file has is no matter of the next; what the service says of the account is.
    private func take(_ file: Ended) throws(CommandError) -> Bool {
        do throws(CommandError) {
            let outcome = try file.result.get()
            try tell(outcome, file.media, cost: file.cost)
            return outcome.isWhole
        } catch {
            let endsAll = [ExitCode.interrupted, .done, .accountRefused, .missingProgram].contains(error.code)
            guard media.count > 1, !endsAll else { throw error }
            Terminal.report(error, of: file.media, asJSON: printsJSON)
            return false
        }
    }

    private func ended(
        _ media: String, _ places: SubtitlePlaces, _ engines: Engines, _ meter: SubtitleMeter
    ) async -> Ended {
        let job = job(media, places, engines)
        do throws(CommandError) {
            let outcome = try await subtitle(job, engines, meter)
            return Ended(media: media, job: job, result: .success(outcome), cost: meter.cost(of: outcome.sent))
        } catch {
            return Ended(media: media, job: job, result: .failure(error), cost: nil)
        }
    }

    private func job(_ media: String, _ places: SubtitlePlaces, _ engines: Engines) -> SubtitleJob {
        var wishes = wishes
        wishes.identity = engines.hearingIdentity
        wishes.translation = translation.map { language, rules, keepsOriginal in
            let cues = CueTranslation(
                by: engines.translation, to: language, rules: rules, keepsOriginal: keepsOriginal)
            return .init(language: language, cues: cues, identity: engines.translationIdentity)
        }
        return SubtitleJob(media: media, places: places, wishes: wishes)
    }

    /// Makes the subtitles of one recording.
    private func subtitle(
        _ job: SubtitleJob, _ engines: Engines, _ meter: SubtitleMeter
    ) async throws(CommandError) -> SubtitleJob.Outcome {
        // What cannot be opened leaves nothing behind.
        if media.count > 1 { _ = try await seconds(of: job.media) }
        let begin = wishes.from / .seconds(1)
        return try await job.run(by: engines.hearing) { done, sent in
            meter.tell(job.media, done: max(0, done - begin), sent: sent)
        }
    }

    private func tell(_ outcome: SubtitleJob.Outcome, _ media: String, cost: Cost?) throws(CommandError) {
        for (end, error) in outcome.failures {
            let time = MediaTime(frames: Int(end / .milliseconds(1)), rate: 1_000)
            Terminal.say("note: \(media): nothing was heard before \(time): \(error)")
        }
        if outcome.untranslated > 0 {
            Terminal.say("note: \(media): \(counted(outcome.untranslated, "cue")) not translated, and left as said")
        }
        if printsJSON {
            let report = Report(media, outcome, cost?.description)
            // The subtitles themselves are on standard output when no file is.
            return outcome.files.isEmpty
                ? Terminal.say(Terminal.json(report)) : try Terminal.print(Terminal.json(report))
        }
        guard !isQuiet else { return }
        for file in outcome.files { Terminal.say(file) }
        guard outcome.cues > 0 else { return Terminal.say("note: nobody speaks in \(media)") }
        let sent = "\((outcome.sent / 6).rounded(.up) / 10) minutes of sound were heard"
        let translated = translation != nil && cost != nil ? ", and what the translation costs" : ""
        Terminal.say("\(counted(outcome.cues, "cue")); \(sent)\(cost.map { ", \($0)\(translated)" } ?? "")")
    }

    /// How long the part is that will be heard, when that is known before.
    private func seconds(of media: String) async throws(CommandError) -> Double? {
        guard media != "-" else { return nil }
        let track = wishes.track
        let length = try await withCommandErrors { () async throws(AudioError) in
            try await AudioInput(path: media, track: track).expectedSeconds
        }
        guard let length else { return nil }
        let end = min(wishes.to.map { $0 / .seconds(1) } ?? .infinity, length)
        return max(0, end - wishes.from / .seconds(1))
    }

    private struct Report: Encodable {
        let media: String
        let files: [String]
        let language: String?
        let cues: Int
        let minutesSent: Double
        let cost: String?
        let partsNotHeard: Int
        let cuesNotTranslated: Int

        init(_ media: String, _ outcome: SubtitleJob.Outcome, _ cost: String?) {
            (self.media, files, language, self.cost) = (media, outcome.files, outcome.language, cost)
            (cues, partsNotHeard) = (outcome.cues, outcome.failures.count)
            cuesNotTranslated = outcome.untranslated
            minutesSent = (outcome.sent / 0.6).rounded() / 100
        }
    }
}
