internal import AudioCore
internal import Jobs
internal import Platform
internal import Speech

/// Asks an engine for passages, and keeps what it says: nothing that is kept is asked for again.
struct PassageSpeech: Sendable {
    let engine: any SpeechSynthesizer
    let settings: NarrationSettings
    let store: ClipStore

    /// What came of a passage.
    struct Spoken: Sendable {
        /// Which answer it is, from 0.
        let attempt: Int
        var place: ClipStore.Place?
        /// Characters that the engine was asked for.
        var asked = 0
        /// Why the engine refuses this passage, when it does.
        var refusal: RemoteError?
    }

    /// The first answer that nobody has rejected, from a number on.
    func speak(_ passage: Script.Passage, from attempt: Int = 0) async throws(RemoteError) -> Spoken {
        let number = (attempt...).first { !store.isRejected(key(passage, $0)) } ?? attempt
        return try await speak(passage, attempt: number)
    }

    /// Notes that an answer is not what was asked for: from now on there will be another.
    func reject(_ passage: Script.Passage, attempt: Int) throws(SystemError) {
        try store.reject(key(passage, attempt))
    }

    /// An answer to a passage, at the rate of the book.
    ///
    /// - Throws: what ends the whole work; what is wrong with this passage only is told in the result.
    private func speak(_ passage: Script.Passage, attempt: Int) async throws(RemoteError) -> Spoken {
        let key = key(passage, attempt)
        if let place = store.place(for: key) { return Spoken(attempt: attempt, place: place) }
        let request = SpeechRequest(
            passage.text, voice: passage.voice, speed: settings.speed, language: passage.language)
        var spoken = Spoken(attempt: attempt, asked: request.text.unicodeScalars.count)
        do throws(RemoteError) {
            let samples = try converted(try await engine.whole(request))
            do throws(SystemError) {
                spoken.place = try store.add(samples, for: key)
            } catch {
                throw RemoteError(AudioError(error))
            }
        } catch {
            guard error.concernsThisRequest else { throw error }
            spoken.refusal = error
        }
        return spoken
    }

    /// Everything that changes the sound.
    func key(_ passage: Script.Passage, _ attempt: Int) -> JobKey {
        let how = [passage.voice ?? "", passage.language ?? "", "\(settings.speed)", "\(settings.rate)"]
        return JobKey(
            ["spoken", "\(attempt)", "\(passage.repetition)", passage.text] + how + settings.identity, [UInt8]().span)
    }

    /// One channel at the rate of the book.
    private func converted(_ chunks: [SpeechChunk]) throws(RemoteError) -> [Int16] {
        guard let format = chunks.first?.audio.format else { return [] }
        do throws(AudioError) {
            var resampler = try Resampler(from: format.rate, to: settings.rate, channels: 1)
            let mixer = ChannelMixer(from: format.channels, to: 1)
            var samples: [Int16] = []
            for chunk in chunks {
                guard chunk.audio.format == format else {
                    throw AudioError(.malformedInput, "the speech changes from \(format) to \(chunk.audio.format)")
                }
                var mono: [Int16] = []
                mixer.mix(chunk.audio.samples.span, appendingTo: &mono)
                try resampler.convert(mono.span, appendingTo: &samples)
            }
            try resampler.finish(appendingTo: &samples)
            return samples
        } catch {
            throw RemoteError(error)
        }
    }
}
