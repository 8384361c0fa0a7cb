internal import AudioCore
internal import Jobs
internal import Platform
internal import Speech
internal import Subtitles

/// What is known of a clip once it was heard.
struct HeardClip: Sendable {
    let clip: Place
    var words: [TimedWord] = []
    var language: String?
    var sent = Duration.zero
    var failure: RemoteError?

    /// Where the clip is; its sound is not kept.
    struct Place: Sendable {
        let end: Duration
        let seam: Duration?
        let followsSeam: Bool

        init(_ clip: SpokenClip) {
            end = clip.section.end.duration
            seam = clip.seam
            followsSeam = clip.followsSeam
        }
    }
}

/// Hears clips: asks the engine what is said, and the sound when.
///
/// What an earlier run has finished is not asked again.
struct ClipHearing: Sendable {
    let engine: any Transcriber
    /// Everything about the engine that changes its answers.
    let identity: [String]
    let journal: Journal?
    /// Takes the text of a clip while it is written.
    let partial: (@Sendable (String) -> Void)?
    let aligner: TextAligner
    /// Alignment is work for the processors, of which there are few.
    let alignments = RequestGate(limit: 2)

    /// Hears one clip.
    ///
    /// - Throws: what ends the whole job; what is wrong with this clip only is told in the result.
    func hear(_ clip: SpokenClip, _ options: TranscriptionOptions) async throws(RemoteError) -> HeardClip {
        var heard = HeardClip(clip: HeardClip.Place(clip))
        let key = key("heard", clip, options)
        let transcript: Transcript
        do throws(RemoteError) {
            (transcript, heard.sent) = try await self.transcript(of: clip, options, key)
        } catch {
            guard error.concernsThisRequest else { throw error }
            heard.failure = error
            return heard
        }
        heard.language = transcript.language
        heard.words = try await words(of: transcript, clip, options).spoken(in: clip.section)
        // What the next clip begins with is written apart, but in scripts without blanks.
        if let last = heard.words.indices.last {
            heard.words[last].joinsNext = heard.words[last].text.last?.isWide ?? false
        }
        return heard
    }

    private func key(_ kind: String, _ clip: SpokenClip, _ options: TranscriptionOptions) -> JobKey {
        let parts = [kind, options.language ?? "", options.prompt ?? ""] + identity + options.hotwords
        var bytes: [UInt8] = []
        PCMEncoder(.signed16).encode(clip.sound.samples.span, appendingTo: &bytes)
        return JobKey(parts, bytes.span)
    }

    private func transcript(
        of clip: SpokenClip, _ options: TranscriptionOptions, _ key: JobKey
    ) async throws(RemoteError) -> (Transcript, Duration) {
        if let known: JournaledTranscript = journal?.value(for: key) { return (known.transcript, .zero) }
        let answer = JournaledTranscript(try await ask(clip, options))
        try keep(answer, key)
        // What is remembered is what counts, now as later.
        return (answer.transcript, clip.length)
    }

    private func ask(_ clip: SpokenClip, _ options: TranscriptionOptions) async throws(RemoteError) -> Transcript {
        guard let partial else { return try await engine.transcribe(.samples(clip.sound), options) }
        var text = ""
        var words = try await engine.transcribeAsItComes(.samples(clip.sound), options).makeAsyncIterator()
        while let more = try await words.next() {
            text += more
            partial(text)
        }
        return Transcript(text: text)
    }

    private func words(
        of transcript: Transcript, _ clip: SpokenClip, _ options: TranscriptionOptions
    ) async throws(RemoteError) -> [TimedWord] {
        let start = clip.sound.start.duration
        guard transcript.words.isEmpty else { return HeardWords.words(transcript, from: start) }
        guard transcript.text.contains(where: { $0.isLetter || $0.isNumber }) else { return [] }
        let key = key("timed\n\(transcript.text)", clip, options)
        if let known: [JournaledWord] = journal?.value(for: key) { return known.map(\.word) }
        let language = options.language ?? transcript.language ?? WrittenLanguage.guess(of: transcript.text)
        let turn = try await alignments.enter()
        defer { turn.leave() }
        let aligned: AlignedText
        do throws(AudioError) {
            aligned = try await aligner.align(transcript.text, to: clip.sound, language: language)
        } catch {
            throw RemoteError(error)
        }
        let words = aligned.words.map(JournaledWord.init)
        try keep(words, key)
        return words.map(\.word)
    }

    private func keep(_ value: some Encodable, _ key: JobKey) throws(RemoteError) { try journal?.keep(value, for: key) }
}

extension Journal {
    /// Writes what was finished; a journal that cannot be written ends the work as an engine that fails does.
    func keep(_ value: some Encodable, for key: JobKey) throws(RemoteError) {
        do throws(SystemError) {
            try add(value, for: key)
        } catch {
            throw RemoteError(AudioError(error))
        }
    }
}

/// A transcript as the journal has it.
private struct JournaledTranscript: Codable {
    let text: String
    let language: String?
    let words: [JournaledSpan]

    struct JournaledSpan: Codable {
        let text: String
        let start: Int
        let end: Int
    }

    init(_ transcript: Transcript) {
        text = transcript.text
        language = transcript.language
        words = transcript.words.map {
            JournaledSpan(text: $0.text, start: $0.start.wholeMicroseconds, end: $0.end.wholeMicroseconds)
        }
    }

    var transcript: Transcript {
        Transcript(
            text: text, language: language,
            words: words.map { .init(text: $0.text, start: .microseconds($0.start), end: .microseconds($0.end)) })
    }
}

/// A word as the journal has it.
private struct JournaledWord: Codable {
    let text: String
    let start: Int
    let end: Int
    let timing: String
    let confidence: Double?
    let isDoubtful: Bool
    let joinsNext: Bool

    init(_ word: TimedWord) {
        (text, timing, confidence) = (word.text, word.timing.rawValue, word.confidence)
        (start, end) = (word.start.wholeMicroseconds, word.end.wholeMicroseconds)
        (isDoubtful, joinsNext) = (word.isDoubtful, word.joinsNext)
    }

    var word: TimedWord {
        TimedWord(
            text: text, start: .microseconds(start), end: .microseconds(end),
            timing: Timing(rawValue: timing) ?? .estimated, confidence: confidence, isDoubtful: isDoubtful,
            joinsNext: joinsNext)
    }
}

extension Duration {
    /// Whole microseconds, which is what a journal keeps: an answer and its memory must be the same.
    var wholeMicroseconds: Int { Int((self / .microseconds(1)).rounded()) }
}
