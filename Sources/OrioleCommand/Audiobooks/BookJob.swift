internal import AudioCore
internal import Audiobooks
internal import Jobs
internal import Speech

/// How a run talks.
struct BookTalk {
    let isQuiet: Bool
    let printsJSON: Bool
    let progress: Progress.Form
}

/// One book, from its script to its files; a run that was stopped goes on where it was.
struct BookJob {
    let book: Book
    let wishes: BookWishes
    let places: BookPlaces
    let engines: Engines
    let configuration: Configuration
    let talk: BookTalk

    /// How often sentences that are not heard are asked for again.
    private static let fixRounds = 2

    /// Does all of it.
    func run() async throws(CommandError) {
        let script = try wishes.script(of: book, for: engines)
        let recording = try withBookErrors { () throws(BookError) in
            try Recording(beside: places.job, isFresh: wishes.isFresh)
        }
        var outcome: Outcome
        do throws(CommandError) {
            outcome = try await make(script, recording)
        } catch {
            // A job in which nothing is finished has nothing to go on with.
            if recording.isEmpty { try? recording.remove() }
            throw error
        }
        // What lies outside a part belongs to a run of the whole.
        if outcome.isWhole && !wishes.keepsClips && (!wishes.isPart || recording.isUsedUp) {
            try withBookErrors { () throws(BookError) in try recording.remove() }
        } else if !outcome.isWhole {
            // The same command again asks for what is wrong, and for nothing else.
            try withEngineErrorsNow { () throws(RemoteError) in try recording.giveUp(outcome.narration) }
        }
        try tell(&outcome)
    }

    /// What came of it.
    private struct Outcome {
        var narration: Narration
        var mastering: Mastering
        var files: [String] = []
        var asked = 0
        var unheard: [CheckedSentence] = []

        var isWhole: Bool { narration.faults.isEmpty && unheard.isEmpty }
    }

    private func make(_ script: Script, _ recording: Recording) async throws(CommandError) -> Outcome {
        let (narration, unheard, asked) = try await narrate(script, recording)
        let mastering = try await withCommandErrors { () async throws(AudioError) in
            try await Mastering.find(
                for: narration, in: recording, target: wishes.loudness, ceiling: places.format.ceiling)
        }
        var outcome = Outcome(narration: narration, mastering: mastering, asked: asked, unheard: unheard)
        outcome.files = try await withCommandErrors { () async throws(AudioError) in
            try await files(narration, mastering, recording)
        }
        return outcome
    }

    private func files(
        _ narration: Narration, _ mastering: Mastering, _ recording: Recording
    ) async throws(AudioError) -> [String] {
        var settings = BookMaker.Settings(format: places.format)
        settings.bitrate = wishes.bitrate
        settings.texts = wishes.texts
        settings.mastering = mastering
        settings.keepsOthers = wishes.isPart
        let maker = BookMaker(book, narration, in: recording, settings)
        var files =
            if places.isFolder {
                try await maker.makeChapters(in: places.output)
            } else {
                try await maker.makeWhole(at: places.output)
            }
        if let overlay = places.overlay {
            try await OverlayMaker(book, narration, in: recording, mastering).make(at: overlay)
            files.append(overlay)
        }
        return files
    }
}

// MARK: - Speaking and listening

extension BookJob {
    /// Has the script spoken, and listened to where that is wanted; what is not heard is asked for again to be mended.
    private func narrate(
        _ script: Script, _ recording: Recording
    ) async throws(CommandError) -> (Narration, [CheckedSentence], asked: Int) {
        var asked = 0
        var narration = try await speak(script, recording, &asked)
        guard let check = wishes.check else { return (narration, [], asked) }
        var unheard = try await listen(to: narration, recording)
        for _ in 0..<(check == .fix ? Self.fixRounds : 0) where !unheard.isEmpty {
            let (sentences, former, settings) = (unheard, narration, settings)
            let again = try withEngineErrorsNow { () throws(RemoteError) in
                try recording.reject(sentences, of: former, script, by: engines.speech, settings)
            }
            guard again > 0 else { break }
            narration = try await speak(script, recording, &asked)
            unheard = try await listen(to: narration, recording)
        }
        return (narration, unheard, asked)
    }

    private var settings: NarrationSettings {
        var settings = wishes.narration
        settings.identity = engines.speechIdentity
        return settings
    }

    private func speak(
        _ script: Script, _ recording: Recording, _ asked: inout Int
    ) async throws(CommandError) -> Narration {
        var progress = Progress(
            "speaking", total: Double(script.characterCount), unit: "characters", form: talk.progress)
        var last = 0
        let prices = try Prices.table(configuration)
        let model = engines.speechModel
        defer { Terminal.clear() }
        let narration = try await withEngineErrors { () async throws(RemoteError) in
            try await recording.narrate(script, by: engines.speech, settings) { step in
                last = step.asked
                let cost = prices.cost(of: Double(step.asked), .character, model: model)
                Terminal.show(progress.tell(done: Double(step.characters), money: cost?.description))
            }
        }
        Terminal.show(progress.finish())
        asked += last
        return narration
    }

    private func listen(to narration: Narration, _ recording: Recording) async throws(CommandError) -> [CheckedSentence]
    {
        let check = SpeechCheck(
            engines.hearing, recording, language: book.language.map { String($0.prefix { $0 != "-" }) },
            identity: engines.hearingIdentity)
        var progress = Progress(
            "listening", total: Double(narration.sentences.count), unit: "sentences", form: talk.progress)
        defer { Terminal.clear() }
        let faults = try await withEngineErrors { () async throws(RemoteError) in
            try await check.faults(in: narration) { Terminal.show(progress.tell(done: Double($0))) }
        }
        Terminal.show(progress.finish())
        return faults
    }
}

// MARK: - What is told

extension BookJob {
    private struct Report: Encodable {
        let files: [String]
        let seconds: Double
        let chapters: Int
        let sentences: Int
        let loudness: Double?
        let truePeak: Double?
        let charactersAsked: Int
        let engine: String
        let cost: String?
        let faults: [Fault]
    }

    private struct Fault: Encodable {
        let chapter: String
        let time: String
        let text: String
        let reason: String
        let heard: String?
    }

    private func tell(_ outcome: inout Outcome) throws(CommandError) {
        let narration = outcome.narration
        let faults = faults(of: outcome)
        let cost = try engines.cost(ofCharacters: outcome.asked, configuration)
        let length = MediaTime(frames: narration.frameCount, rate: narration.format.rate)
        if talk.printsJSON {
            try Terminal.print(
                Terminal.json(
                    Report(
                        files: outcome.files, seconds: length.seconds, chapters: narration.chapters.count,
                        sentences: narration.sentences.count, loudness: outcome.mastering.loudness?.tenths,
                        truePeak: outcome.mastering.truePeak?.tenths, charactersAsked: outcome.asked,
                        engine: engines.name.rawValue, cost: cost, faults: faults)))
        } else if !talk.isQuiet {
            for fault in faults {
                let heard = fault.heard.map { "; heard: ‘\($0.prefix(80))’" } ?? ""
                Terminal.say(
                    "note: \(fault.chapter), \(fault.time): \(fault.reason): ‘\(fault.text.prefix(80))’\(heard)")
            }
            for file in outcome.files { Terminal.say(file) }
            let loudness = outcome.mastering.loudness.map { ", \($0.tenths) LUFS" } ?? ""
            Terminal.say(
                "\(counted(narration.chapters.count, "chapter")), \(counted(narration.sentences.count, "sentence")), "
                    + "\(length)\(loudness); \(counted(outcome.asked, "character")) asked of \(engines.name.rawValue)"
                    + (cost.map { ", \($0)" } ?? ""))
        }
        guard let first = faults.first else { return }
        throw CommandError(
            .failed,
            "\(counted(faults.count, "passage")) not as written, the first in \(first.chapter) at \(first.time): ‘\(first.text.prefix(40))’",
            hint: wishes.check == .report && narration.faults.isEmpty
                ? "--check=fix asks for them again" : "the same command again asks for them anew, and keeps the rest")
    }

    private func faults(of outcome: Outcome) -> [Fault] {
        let narration = outcome.narration
        let spoken = narration.faults.map { fault in
            Fault(chapter: fault.chapter, time: "\(fault.time)", text: fault.text, reason: fault.reason, heard: nil)
        }
        let unheard = outcome.unheard.map { checked in
            let sentence = narration.sentences[checked.number]
            let time = MediaTime(frames: sentence.frames.lowerBound, rate: narration.format.rate)
            return Fault(
                chapter: narration.chapters[sentence.chapter].title, time: "\(time)", text: sentence.text,
                reason: reason(checked),
                heard: checked.heard)
        }
        return spoken + unheard
    }

    private func reason(_ checked: CheckedSentence) -> String {
        if checked.heard == nil { return "it could not be listened to" }
        let share = "\(Int(checked.share * 100)) % of its words are heard"
        return checked.added > 0 ? "\(share), and \(checked.added) that are not written" : share
    }
}

extension Double {
    /// The number with one digit behind the point.
    fileprivate var tenths: Double { (self * 10).rounded() / 10 }
}
