internal import AudioCore
internal import Captioning
internal import Jobs
internal import Platform
internal import Speech
internal import Subtitles

/// What is wanted of every recording of a run.
struct SubtitleWishes {
    var settings: CaptionSettings
    var track: AudioTrack
    var showsWords: Bool
    var offset: Duration
    /// The part that is heard; to the end when there is no other.
    var from: Duration
    var to: Duration?
    var embeds: Bool
    var burns: Bool
    var isFresh: Bool
    /// Everything about the engine that changes its answers.
    var identity: [String]
    /// Into which language, and how, the cues are translated; nil when they are not.
    var translation: Translation?

    /// A translation that is wanted.
    struct Translation: Sendable {
        let language: String
        let cues: CueTranslation
        /// Everything about the translator that changes its answers.
        let identity: [String]
    }
}

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
    }

    /// Does it, telling how many seconds of the recording are done, and how many of sound were sent.
    func run(
        by engine: any Transcriber, progress: @escaping (_ done: Double, _ sent: Double) -> Void
    ) async throws(CommandError) -> Outcome {
        let journal = try journal()
        let given = wishes.translation?.language ?? wishes.settings.options.language
        let files = try places.formats.map { format throws(CommandError) in
            try SubtitleFile(format, in: journal?.folder, language: given, showsWords: wishes.showsWords)
        }
        var outcome = Outcome()
        var said = Said(keepsWords: places.formats.contains(.json))
        var translated = wishes.translation.map {
            CueTranslationStream($0.cues, journal: journal, identity: $0.identity)
        }
        try await hear(by: engine, journal) { step async throws(CommandError) in
            let cues = try await withEngineErrors { () async throws(RemoteError) in
                try await translated?.add(step.cues) ?? step.cues
            }
            for file in files { try file.add(cues.compactMap { $0.shifted(by: wishes.offset) }) }
            said.add(step, wishes.offset)
            outcome.add(step)
            progress(step.end / .seconds(1), outcome.sent)
        }
        let last = try await withEngineErrors { () async throws(RemoteError) in try await translated?.finish() ?? [] }
        for file in files { try file.add(last.compactMap { $0.shifted(by: wishes.offset) }) }
        outcome.language = given ?? said.language
        let track = Track([], language: outcome.language, duration: said.end, words: said.words)
        for file in files {
            let path = places.path(file.format, language: outcome.language)
            try file.finish(track, as: path)
            if !places.isStandardOutput { outcome.files.append(path) }
        }
        try await makeCopies(&outcome)
        // What was refused may be heard another time: then only that is asked for again.
        if outcome.failures.isEmpty, let journal { try Self.system { () throws(SystemError) in try journal.remove() } }
        return outcome
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

    /// Hears the recording step by step.
    private func hear(
        by engine: any Transcriber, _ journal: Journal?, _ take: (CaptionStep) async throws(CommandError) -> Void
    ) async throws(CommandError) {
        let (media, track, from, to) = (media, wishes.track, wishes.from, wishes.to)
        try await Captioner(engine, wishes.settings).run(
            on: { () async throws(AudioError) in
                PartSource(try await AudioInput(named: media, track: track), from: from, to: to)
            }, journal: journal, identity: wishes.identity, taking: take)
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
        cues += step.cues.count
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

    init(keepsWords: Bool) { self.keepsWords = keepsWords }

    mutating func add(_ step: CaptionStep, _ offset: Duration) {
        end = step.end
        if keepsWords { words += step.words.map { $0.shifted(by: offset) } }
        if sample.utf8.count < 65_536 { sample += " " + step.words.written }
    }

    /// The language in which most of it is written; nil when nothing was said.
    var language: String? { sample.allSatisfy(\.isWhitespace) ? nil : WrittenLanguage.guess(of: sample) }
}

// MARK: - Copies of the film

extension SubtitleJob {
    private func makeCopies(_ outcome: inout Outcome) async throws(CommandError) {
        guard wishes.embeds || wishes.burns, outcome.cues > 0 else { return }
        // The files tell the same; some tell more of it.
        let told: [SubtitleFormat] = [.ass, .vtt, .srt, .ttml, .json, .lrc]
        guard let best = told.first(where: { places.formats.contains($0) }) else { return }
        let written = try Track(file: places.path(best, language: outcome.language))
        let ending = SubtitledCopy.ending(for: media)
        if wishes.embeds {
            let output = places.copy("subtitled", ending: ending)
            let language = outcome.language
            try await withCommandErrors { () async throws(AudioError) in
                try await SubtitledCopy.embed(written.text(as: .srt), language: language, into: media, at: output)
            }
            outcome.files.append(output)
        }
        if wishes.burns {
            let output = places.copy("burned", ending: ending)
            let text = written.text(as: .ass, showsWords: wishes.showsWords)
            try await withCommandErrors { () async throws(AudioError) in
                try await SubtitledCopy.burn(text, into: media, at: output)
            }
            outcome.files.append(output)
        }
    }
}
