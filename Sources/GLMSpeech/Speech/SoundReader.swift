internal import AudioCore
internal import Platform

/// Sound as it comes in bytes: a WAVE file when it begins like one, else bare samples of 16 bits.
struct SoundReader {
    private var form = Form.unknown
    /// The first bytes, too few to tell.
    private var beginning: [UInt8] = []
    private var frameCount = 0
    /// The rate of the last whole file, which samples without a header have too.
    private var formerRate: Int?

    private enum Form {
        case unknown, wave(WAVReader), bare
    }

    /// Whether the bytes begin a WAVE file, as far as they go.
    static func isWave(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: "RIFF".utf8) && (bytes.count < 12 || bytes[8..<12].elementsEqual("WAVE".utf8))
    }

    /// Whether the first bytes tell a WAVE file from samples: what looks like one may be another kind of RIFF.
    private var isDecided: Bool {
        beginning.count >= (beginning.starts(with: "RIFF".utf8) ? 12 : 4)
    }

    /// Whether any byte has come.
    var hasBegun: Bool {
        if case .unknown = form { return !beginning.isEmpty }
        return true
    }

    /// The format of a file that has given all that its header promised; what follows can only be bare samples.
    private var formatOfWholeFile: PCMFormat? {
        guard case .wave(let file) = form, let promised = file.expectedFrameCount, promised > 0,
            frameCount >= promised
        else { return nil }
        return file.format
    }

    /// Reads a part of the sound that came by itself: it goes on with what has begun, or begins anew, with another file or
    /// with samples after a whole one.
    ///
    /// - Throws: `malformedInput` also for a file that another follows before its end.
    mutating func readPart(
        _ part: [UInt8], rate: Int?, into pieces: inout SpeechPieces, at arrival: ContinuousClock.Instant
    ) throws(AudioError) {
        let former = formatOfWholeFile
        if former != nil || (hasBegun && Self.isWave(part)) {
            guard try finish(rate: rate, into: &pieces, at: arrival) == .complete else {
                throw AudioError(.malformedInput, "a file of sound stops before its header says, and another follows")
            }
            let rate = former?.rate ?? formerRate
            self = SoundReader()
            formerRate = rate
        }
        try read(part.span, rate: formerRate ?? rate, into: &pieces, at: arrival)
    }

    /// Reads bytes and adds their sound to the pieces, at a rate that a file's header overrules.
    mutating func read(
        _ bytes: Span<UInt8>, rate: Int?, into pieces: inout SpeechPieces, at arrival: ContinuousClock.Instant
    ) throws(AudioError) {
        switch form {
        case .unknown:
            beginning.append(copying: bytes)
            if isDecided { try begin(rate: rate, into: &pieces, at: arrival) }
        case .bare: try pieces.add(bytes, rate: rate, at: arrival)
        case .wave(var file):
            form = .unknown
            var samples: [Float] = []
            try file.read(bytes, appendingTo: &samples)
            add(samples, file.format, into: &pieces, at: arrival)
            form = .wave(file)
        }
    }

    /// Ends the sound and tells whether all that its header promised has come.
    mutating func finish(
        rate: Int?, into pieces: inout SpeechPieces, at arrival: ContinuousClock.Instant
    ) throws(AudioError) -> WAVEnding {
        if case .unknown = form, !beginning.isEmpty { try begin(rate: rate, into: &pieces, at: arrival) }
        guard case .wave(let file) = form else { return .complete }
        form = .bare
        let format = file.format
        var last: [Float] = []
        let ending = try file.finish(appendingTo: &last)
        add(last, format, into: &pieces, at: arrival)
        return ending
    }

    private mutating func begin(
        rate: Int?, into pieces: inout SpeechPieces, at arrival: ContinuousClock.Instant
    ) throws(AudioError) {
        form = Self.isWave(beginning) ? .wave(WAVReader()) : .bare
        let first = beginning
        beginning = []
        try read(first.span, rate: rate, into: &pieces, at: arrival)
    }

    private mutating func add(
        _ samples: [Float], _ format: PCMFormat?, into pieces: inout SpeechPieces, at arrival: ContinuousClock.Instant
    ) {
        guard let format, !samples.isEmpty else { return }
        frameCount += samples.count / format.channels
        let chunk = PCMChunk(format: format, start: MediaTime(frames: 0, rate: format.rate), samples: samples)
        pieces.add(chunk.integers().samples, format, at: arrival)
    }
}
