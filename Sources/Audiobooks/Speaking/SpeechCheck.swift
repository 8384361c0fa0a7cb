internal import AudioCore
internal import Jobs
internal import Platform
public import Speech

/// Listens to a narration and tells which sentences are not said as they are written.
public struct SpeechCheck: Sendable {
    private let engine: any Transcriber
    private let recording: Recording
    private let language: String?
    private let identity: [String]

    /// How much of a sentence must be heard: engines mishear a name, but not half of what is said.
    private static let enough = 0.6
    /// Clips that are prepared while others are heard.
    private static let waiting = 2

    /// Makes one that asks an engine, of which everything that changes its answers is the identity.
    public init(
        _ engine: any Transcriber, _ recording: Recording, language: String?, identity: [String] = []
    ) {
        (self.engine, self.recording, self.language, self.identity) = (engine, recording, language, identity)
    }

    /// The sentences whose words are missing or others, or that are said twice or with more, in order.
    ///
    /// What an earlier run has heard is not asked again.
    public func faults(
        in narration: Narration, taking take: (_ sentencesDone: Int) -> Void = { _ in }
    ) async throws(RemoteError) -> [CheckedSentence] {
        var faults: [CheckedSentence] = []
        try await OrderedWork.run(
            on: clips(of: narration), atOnce: engine.transcriptionLimits.concurrentRequests + Self.waiting,
            { clip throws(RemoteError) in try await hear(clip, of: narration) },
            taking: { clip, heard throws(RemoteError) in
                let sentences = Array(clip.sentences)
                guard let heard else {
                    faults += sentences.map { CheckedSentence(number: $0, heard: nil, share: 0, added: 0) }
                    return
                }
                let shares = HeardShare.of(sentences.map { narration.sentences[$0].text }, in: heard)
                for (sentence, found) in zip(sentences, shares) where found.share < Self.enough || found.hasMore {
                    faults.append(
                        CheckedSentence(number: sentence, heard: heard, share: found.share, added: found.added))
                }
                take(clip.sentences.upperBound)
            })
        return faults
    }

    /// Sentences that are heard at once.
    private struct Clip: Sendable {
        let sentences: Range<Int>
        let frames: Range<Int>
    }

    /// As many sentences in a clip as the engine hears at once.
    private func clips(of narration: Narration) -> [Clip] {
        let longest = engine.transcriptionLimits.clipDuration.map { $0 - .milliseconds(500) } ?? .seconds(60)
        let most = Int(longest / .seconds(1) * Double(narration.format.rate))
        var clips: [Clip] = []
        for (number, sentence) in narration.sentences.enumerated() where !sentence.frames.isEmpty {
            if let last = clips.last, last.sentences.upperBound == number,
                narration.sentences[number - 1].chapter == sentence.chapter,
                sentence.frames.upperBound - last.frames.lowerBound <= most
            {
                clips[clips.count - 1] = Clip(
                    sentences: last.sentences.lowerBound..<number + 1,
                    frames: last.frames.lowerBound..<sentence.frames.upperBound)
            } else {
                clips.append(Clip(sentences: number..<number + 1, frames: sentence.frames))
            }
        }
        return clips
    }

    /// What an engine hears; nil when it cannot say, which is no fault of the sentences.
    private func hear(_ clip: Clip, of narration: Narration) async throws(RemoteError) -> String? {
        let sound = try await samples(clip, of: narration)
        var bytes: [UInt8] = []
        PCMEncoder(.signed16).encode(sound.samples.span, appendingTo: &bytes)
        let key = JobKey(["checked", language ?? ""] + identity, bytes.span)
        if let known: String = recording.journal.value(for: key) { return known }
        guard let heard = try await text(of: sound) else { return nil }
        do throws(SystemError) {
            try recording.journal.add(heard, for: key)
        } catch {
            throw RemoteError(AudioError(error))
        }
        return heard
    }

    private func samples(_ clip: Clip, of narration: Narration) async throws(RemoteError) -> PCMChunk<Float> {
        var source = recording.sound(of: narration, frames: clip.frames)
        var samples: [Float] = []
        do throws(AudioError) {
            while let chunk = try await source.next() { samples += chunk.samples }
        } catch {
            throw RemoteError(error)
        }
        return PCMChunk(
            format: narration.format, start: MediaTime(frames: 0, rate: narration.format.rate), samples: samples)
    }

    /// What an engine hears; a sentence that is longer than it hears at once comes in parts.
    private func text(of sound: PCMChunk<Float>) async throws(RemoteError) -> String? {
        let limit = engine.transcriptionLimits.clipDuration.map { Int($0 / .seconds(1) * Double(sound.format.rate)) }
        let most = max(limit ?? sound.samples.count, 1)
        var text = ""
        for start in stride(from: 0, to: sound.samples.count, by: most) {
            let part = Array(sound.samples[start..<min(start + most, sound.samples.count)])
            let clip = PCMChunk(format: sound.format, start: sound.start, samples: part)
            do throws(RemoteError) {
                text += try await engine.transcribe(.samples(clip), TranscriptionOptions(language: language)).text + " "
            } catch {
                guard error.concernsThisRequest else { throw error }
                return nil
            }
        }
        return text
    }
}

/// A sentence that is not said as it is written.
public struct CheckedSentence: Hashable, Sendable {
    /// Its number in the narration.
    public let number: Int
    /// What was heard around it; nil when an engine could not say.
    public let heard: String?
    /// How much of it was heard, from 0 to 1.
    public let share: Double
    /// Words that were heard in it or behind it, and are not written.
    public let added: Int
}

extension Recording {
    /// Notes that the answers behind some sentences are not what was asked for: the next narration has others.
    ///
    /// Returns how many passages will be asked for again; what could not be heard is no reason.
    public func reject(
        _ sentences: [CheckedSentence], of narration: Narration, _ script: Script, by engine: any SpeechSynthesizer,
        _ settings: NarrationSettings
    ) throws(RemoteError) -> Int {
        let speech = PassageSpeech(engine: engine, settings: settings, store: store)
        let numbers = Set(sentences.filter { $0.heard != nil }.map(\.number))
        var count = 0
        for spoken in narration.spoken
        where !numbers.isDisjoint(with: spoken.sentences) {
            do throws(SystemError) {
                try speech.reject(script.passages[spoken.passage], attempt: spoken.attempt)
            } catch {
                throw RemoteError(AudioError(error))
            }
            count += 1
        }
        return count
    }

    /// Notes that none of the answers that were tried for what is wrong is to be tried again.
    public func giveUp(_ narration: Narration) throws(RemoteError) {
        do throws(SystemError) {
            for fault in narration.faults { for key in fault.keys { try store.reject(key) } }
        } catch {
            throw RemoteError(AudioError(error))
        }
    }
}
