internal import AudioCore
internal import Jobs
internal import Platform
internal import Speech

/// Has a script spoken: some passages at once, taken in order, each listened to before it is believed.
struct Narrator {
    private let script: Script
    private let speech: PassageSpeech
    private var narration: Narration
    private var plausibility: Plausibility
    private var progress = NarrationStep(characters: 0, asked: 0)

    /// How often a passage is asked for at most.
    static let attempts = 3
    /// Passages that wait for their turn at the engine, so that none of its places is empty.
    private static let waiting = 4
    /// Silence before the first word and behind the last.
    private static let margin = Duration.milliseconds(500)

    init(_ script: Script, _ speech: PassageSpeech) {
        self.script = script
        self.speech = speech
        narration = Narration(format: PCMFormat(rate: speech.settings.rate, channels: 1))
        plausibility = Plausibility(speed: speech.settings.speed)
    }

    /// Does all of it.
    mutating func narrate(_ take: (NarrationStep) -> Void) async throws(RemoteError) -> Narration {
        let (script, speech) = (script, speech)
        try await OrderedWork.run(
            on: Array(script.passages.enumerated()).map { Numbered(number: $0.offset, passage: $0.element) },
            atOnce: speech.engine.speechLimits.concurrentRequests + Self.waiting,
            { item throws(RemoteError) in try await speech.speak(item.passage) },
            taking: { item, spoken throws(RemoteError) in
                try await add(item, spoken)
                take(progress)
            })
        narration.fill(script, upTo: script.sentences.count)
        narration.addSilence(Self.margin)
        narration.endChapter()
        return narration
    }

    private struct Numbered: Sendable {
        let number: Int
        let passage: Script.Passage
    }

    private mutating func add(_ item: Numbered, _ spoken: PassageSpeech.Spoken) async throws(RemoteError) {
        let passage = item.passage
        while narration.chapters.count <= passage.chapter { narration.begin(script.titles[narration.chapters.count]) }
        if item.number == 0 { narration.addSilence(Self.margin) }
        add(passage, item.number, try await best(of: passage, spoken))
        progress.characters += passage.text.unicodeScalars.count
    }
}

// MARK: - Listening

extension Narrator {
    /// An answer that is taken, and what was found in it.
    private struct Taken {
        let attempt: Int
        let place: ClipStore.Place
        let samples: [Int16]
        let measure: Plausibility.Measure
        let fault: Plausibility.Fault?
        let oddness: Double
    }

    /// The first answer that can be what was asked for, else of three the one that is nearest to it; nil for a refusal.
    private mutating func best(
        of passage: Script.Passage, _ first: PassageSpeech.Spoken
    ) async throws(RemoteError) -> Taken? {
        var best: Taken?
        var spoken = first
        var keys: [JobKey] = []
        var refusal: RemoteError?
        for attempt in 1...Self.attempts {
            progress.asked += spoken.asked
            keys.append(speech.key(passage, spoken.attempt))
            refusal = spoken.refusal
            // What a service does not want to say, it will not say next time.
            if spoken.refusal?.code == .contentRefused { break }
            if let place = spoken.place {
                let taken = try measured(place, spoken.attempt, passage)
                guard taken.fault != nil else { return taken }
                if best.map({ taken.oddness < $0.oddness }) ?? true { best = taken }
            }
            if attempt < Self.attempts { spoken = try await speech.speak(passage, from: spoken.attempt + 1) }
        }
        if let best { plausibility.add(best.measure, of: Self.voice(of: passage)) }
        note(passage, best?.fault?.rawValue ?? refusal?.message ?? "there is no sound", keys)
        return best
    }

    private mutating func measured(
        _ place: ClipStore.Place, _ attempt: Int, _ passage: Script.Passage
    ) throws(RemoteError) -> Taken {
        let voice = Self.voice(of: passage)
        do throws(AudioError) {
            let samples = try withAudioErrors { () throws(SystemError) in try speech.store.samples(of: place) }
            let measure = try Plausibility.Measure(
                samples, rate: narration.format.rate, syllables: Syllables.count(in: passage.text))
            let fault = plausibility.fault(measure, of: voice)
            if fault == nil { plausibility.add(measure, of: voice) }
            return Taken(
                attempt: attempt, place: place, samples: samples, measure: measure, fault: fault,
                oddness: plausibility.oddness(measure, of: voice))
        } catch {
            throw RemoteError(error)
        }
    }

    /// What a passage is measured by: one voice is not as quick in every language.
    private static func voice(of passage: Script.Passage) -> [String?] { [passage.voice, passage.language] }

    private mutating func note(_ passage: Script.Passage, _ reason: String, _ keys: [JobKey]) {
        narration.faults.append(
            SpeechFault(
                text: passage.parts.map { script.sentences[$0.sentence].text }.joined(separator: " "),
                chapter: script.titles[passage.chapter],
                time: MediaTime(frames: narration.frameCount, rate: narration.format.rate), reason: reason,
                keys: keys))
    }
}

// MARK: - Arranging

extension Narrator {
    /// Puts the sentences of a passage behind each other, with the pauses that the text asks for.
    private mutating func add(_ passage: Script.Passage, _ index: Int, _ taken: Taken?) {
        let edges = taken.map { SoundEdges($0.samples, rate: narration.format.rate) }
        let divided = edges.flatMap {
            ClipDivision.parts(of: $0, syllables: passage.parts.map { Syllables.count(in: $0.spoken) })
        }
        for (number, part) in passage.parts.enumerated() {
            let sound = divided?[number]
            let start = taken?.place.start ?? 0
            let frames = sound.map { start + $0.frames.lowerBound..<start + $0.frames.upperBound }
            narration.add(frames ?? 0..<0, part.sentence, of: script, isGuessed: sound?.endsInPause == false)
            if sound?.endsInPause ?? true { narration.addSilence(speech.settings.pauses.length(part.pause)) }
        }
        guard let taken else { return }
        narration.spoken.append(
            Narration.SpokenPassage(
                passage: index, attempt: taken.attempt, sound: taken.place,
                sentences: passage.parts[0].sentence..<narration.sentences.count))
    }
}
