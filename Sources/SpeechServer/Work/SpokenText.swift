internal import AudioCore
internal import Speech

/// A text of any length while it is spoken, piece after piece, at one rate.
struct SpokenText: ~Copyable {
    private let engine: any SpeechSynthesizer
    private let request: SpeechRequest
    private let rate: Int
    private var pieces: TextPieces
    private var stream: EngineStream<SpeechChunk>.Iterator?
    private var resampler: Optional<Resampler> = nil
    /// What is not converted of the engine's last piece, which may be a sentence long.
    private var piece: (chunk: PCMChunk<Int16>, place: Int)?
    private var input: PCMFormat?
    /// What the sound has, once there is some.
    private(set) var format: PCMFormat?
    private(set) var frameCount = 0

    init(_ request: SpeechRequest, by engine: any SpeechSynthesizer, rate: Int) {
        self.engine = engine
        self.request = request
        self.rate = rate
        pieces = SentenceSplitter(limit: engine.speechLimits.textCharacters ?? 400).pieces(of: request.text)
    }

    /// The first sound.
    ///
    /// - Throws: what the text lacks, when there is none.
    mutating func first() async throws(Fault) -> [Float] {
        if let samples = try await next() { return samples }
        guard request.text.contains(where: { $0.isLetter || $0.isNumber }) else {
            throw .wrong("input", "has nothing that can be spoken")
        }
        throw Fault(.engineFailed, "the engine made no sound")
    }

    /// The next sound, or nil at the end.
    mutating func next() async throws(Fault) -> [Float]? {
        while true {
            if let chunk = takePart() {
                let samples = try convert(chunk)
                if !samples.isEmpty { return count(samples) }
            } else if let chunk = try await nextChunk() {
                piece = (chunk.audio, 0)
            } else if !(try beginPiece()) {
                return try finish()
            }
        }
    }

    /// The next quarter of a second of what the engine gave.
    private mutating func takePart() -> PCMChunk<Int16>? {
        guard let (chunk, place) = piece, place < chunk.samples.count else {
            piece = nil
            return nil
        }
        let end = min(place + max(chunk.format.rate / 4, 1) * chunk.format.channels, chunk.samples.count)
        piece = (chunk, end)
        return PCMChunk(format: chunk.format, start: chunk.start, samples: Array(chunk.samples[place..<end]))
    }

    private mutating func nextChunk() async throws(Fault) -> SpeechChunk? {
        do throws(RemoteError) {
            return try await stream?.next()
        } catch {
            throw Fault(error)
        }
    }

    private mutating func beginPiece() throws(Fault) -> Bool {
        stream = nil
        guard let piece = pieces.next() else { return false }
        var request = request
        request.text = piece
        do throws(RemoteError) {
            stream = try engine.speak(request).makeAsyncIterator()
        } catch {
            throw Fault(error)
        }
        return true
    }

    private mutating func convert(_ chunk: PCMChunk<Int16>) throws(Fault) -> [Float] {
        do throws(AudioError) {
            if input == nil {
                input = chunk.format
                format = PCMFormat(rate: rate, channels: chunk.format.channels)
                resampler = try Resampler(
                    from: chunk.format.rate, to: rate, channels: chunk.format.channels, mode: .lowLatency)
            }
            guard input == chunk.format else {
                throw AudioError(.malformedInput, "the speech changes its form in the middle")
            }
            var samples: [Float] = []
            try resampler?.convert(chunk.floats().samples.span, appendingTo: &samples)
            return samples
        } catch {
            throw Fault(.engineFailed, error.message)
        }
    }

    private mutating func finish() throws(Fault) -> [Float]? {
        var samples: [Float] = []
        do throws(AudioError) {
            try resampler.take()?.finish(appendingTo: &samples)
        } catch {
            throw Fault(error)
        }
        return samples.isEmpty ? nil : count(samples)
    }

    private mutating func count(_ samples: [Float]) -> [Float] {
        frameCount += samples.count / (format?.channels ?? 1)
        return samples
    }
}
