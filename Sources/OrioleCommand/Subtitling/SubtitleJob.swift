internal import AudioCore
internal import Captioning
internal import Jobs
internal import Platform
internal import Speech
internal import Subtitles

/// Subtitles of one recording: heard, written cue by cue, and taken up again where an earlier run was stopped.
struct SubtitleJob {
    let media: String
    let places: SubtitlePlaces
    let wishes: SubtitleWishes

    /// What came of it.
    struct Outcome {
        var files: [String] = []
        var language: String?
        var cues = 0
        /// Seconds of sound that were sent to the engine now.
        var sent = 0.0
        /// What the engine refused to hear, and when.
        var failures: [(end: Duration, error: RemoteError)] = []
        /// Cues that nobody translated.
        var untranslated = 0

        /// Whether its journal has nothing that another run could need.
        var isSpent = false

        /// Whether all was heard and translated.
        var isWhole: Bool { failures.isEmpty && untranslated == 0 }
    }

    /// Does it, telling how many seconds of the recording are done, and how many of sound were sent.
    func run(
        by engine: any Transcriber, progress: @escaping (_ done: Double, _ sent: Double) -> Void
    ) async throws(CommandError) -> Outcome {
        var copies = FilmCopies(of: media, at: places, wishes)
        try await copies.check()
        let journal = try journal()
        defer { journal?.release() }
        do throws(CommandError) {
            return try await run(by: engine, journal, &copies, progress)
        } catch {
            // Where nothing was finished, nothing is left.
            if let journal, journal.count == 0 { try? journal.remove() }
            throw error
        }
    }

    private func run(
        by engine: any Transcriber, _ journal: Journal?, _ copies: inout FilmCopies,
        _ progress: @escaping (_ done: Double, _ sent: Double) -> Void
    ) async throws(CommandError) -> Outcome {
        let given = wishes.translation?.language ?? wishes.settings.options.language
        let files = try places.formats.map { format throws(CommandError) in
            try SubtitleFile(format, in: journal?.folder, language: given, showsWords: wishes.showsWords)
        }
        var outcome = Outcome()
        // The words of another language are not those of the cues.
        var said = Said(keepsWords: places.formats.contains(.json) && wishes.translation == nil)
        outcome.untranslated = try await hear(by: engine, journal) { step, cues throws(CommandError) in
            let cues = cues.compactMap { $0.shifted(by: wishes.offset) }
            for file in files { try file.add(cues) }
            copies.add(cues)
            outcome.cues += cues.count
            guard let step else { return }
            said.add(step, wishes.offset)
            outcome.add(step)
            progress(step.end / .seconds(1), outcome.sent)
        }
        outcome.language = given ?? said.language
        let track = Track([], language: outcome.language, duration: said.end, words: said.words)
        for file in files {
            let path = places.path(file.format, language: outcome.language)
            try file.finish(track, as: path)
            if !places.isStandardOutput { outcome.files.append(path) }
        }
        if outcome.cues > 0 { outcome.files += try await copies.finish(language: outcome.language) }
        // What was refused may be heard another time, and what lies outside a part belongs to a run of the whole.
        outcome.isSpent = journal.map { outcome.isWhole && (!wishes.isPart || $0.isUsedUp) } ?? false
        return outcome
    }

    /// Takes the journal away, once nothing can need it any more.
    func removeJournal() throws(CommandError) {
        let job = places.job
        try Self.system { () throws(SystemError) in try Journal(beside: job).remove() }
    }

    private func journal() throws(CommandError) -> Journal? {
        guard !places.isStandardOutput else { return nil }
        do throws(SystemError) {
            return try Journal(beside: places.job, isFresh: wishes.isFresh)
        } catch {
            guard error.isBusy else { throw CommandError(AudioError(error)) }
            throw CommandError(
                .failed, "\(media): another run works on it", hint: "wait for it; what it has finished is kept")
        }
    }

    private static func system(_ work: () throws(SystemError) -> Void) throws(CommandError) {
        do throws(SystemError) { try work() } catch { throw CommandError(AudioError(error)) }
    }

    /// Hears the recording step by step, has its cues translated where that is wanted, and returns how many are not.
    ///
    /// What is translated last belongs to no step.
    private func hear(
        by engine: any Transcriber, _ journal: Journal?,
        _ take: (CaptionStep?, [Cue]) throws(CommandError) -> Void
    ) async throws(CommandError) -> Int {
        let captioner = Captioner(engine, wishes.settings)
        let translated = wishes.translation.map {
            CueTranslationStream($0.cues, journal: journal, identity: $0.identity)
        }
        let failure: CommandError?
        do throws(CommandError) {
            let (wishes, media) = (wishes, media)
            try await captioner.run(
                on: { () async throws(AudioError) in try await wishes.open(media) }, journal: journal,
                identity: wishes.identity,
                taking: { step async throws(CommandError) in
                    let cues = try await withEngineErrors { () async throws(RemoteError) in
                        try await translated?.add(step.cues) ?? step.cues
                    }
                    try take(step, cues)
                })
            if let translated {
                try take(
                    nil, try await withEngineErrors { () async throws(RemoteError) in try await translated.finish() })
            }
            failure = nil
        } catch {
            failure = error
        }
        await translated?.stop()
        if let failure { throw failure }
        return translated?.missing ?? 0
    }
}

extension Captioner {
    /// Makes captions for steps that may fail as the command does.
    func run<Source: PCMSource & SendableMetatype & ~Copyable>(
        on open: @escaping @Sendable () async throws(AudioError) -> Source, journal: Journal? = nil,
        identity: [String] = [], taking take: (CaptionStep) async throws(CommandError) -> Void
    ) async throws(CommandError) {
        var failure: CommandError?
        do throws(RemoteError) {
            try await run(on: open, journal: journal, identity: identity) { step throws(RemoteError) in
                do throws(CommandError) {
                    try await take(step)
                } catch {
                    failure = error
                    throw RemoteError(.cancelled, "what was heard cannot be written")
                }
            }
        } catch {
            throw failure ?? CommandError(error)
        }
    }
}

extension SubtitleJob.Outcome {
    fileprivate mutating func add(_ step: CaptionStep) {
        sent += step.sent / .seconds(1)
        if let error = step.failure { failures.append((step.end, error)) }
    }
}

/// What is kept of what was said: its words where a file wants them, and enough to tell its language.
private struct Said {
    let keepsWords: Bool
    var words: [TimedWord] = []
    var end = Duration.zero
    private var sample = ""
    /// How many words the engine told to be in each language.
    private var told: [String: Int] = [:]

    init(keepsWords: Bool) { self.keepsWords = keepsWords }

    mutating func add(_ step: CaptionStep, _ offset: Duration) {
        end = step.end
        if keepsWords { words += step.words.map { $0.shifted(by: offset) } }
        if let language = step.language { told[language, default: 0] += step.words.count }
        if sample.utf8.count < 65_536 { sample += " " + step.words.written }
    }

    /// The language of most of it, as the engine told it or as it is written; nil when nothing tells it.
    var language: String? {
        let most = told.max { ($0.value, $1.key) < ($1.value, $0.key) }
        return most?.key ?? WrittenLanguage.guess(of: sample)
    }
}
