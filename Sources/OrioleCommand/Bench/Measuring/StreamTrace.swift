internal import AudioCore
internal import Speech

/// What is kept of one answer in sound: when its pieces were there, in seconds from the question.
struct StreamTrace: Hashable, Sendable {
    /// How long it took until there was a connection; nil where an earlier question had made it, or none is needed.
    var connected: Double?
    /// When the answer began; nil where only its sound is seen.
    var firstByte: Double?
    private(set) var pieces: [Piece] = []
    /// How long all of it sounds.
    private(set) var length = 0.0
    /// Where in the sound the first sample is that can be heard; nil for silence.
    private(set) var audible: Double?

    /// A piece of sound.
    struct Piece: Hashable, Sendable {
        /// When it was there.
        let arrival: Double
        /// How long it sounds.
        let length: Double
    }

    /// −50 dB below full scale.
    private static let audibleLevel = 104

    /// Adds a piece that was there so many seconds after the question.
    mutating func add(_ audio: PCMChunk<Int16>, at arrival: Double) {
        let rate = Double(audio.format.rate)
        if audible == nil, let place = audio.samples.firstIndex(where: { abs(Int($0)) > Self.audibleLevel }) {
            audible = length + Double(place / audio.format.channels) / rate
        }
        add(Piece(arrival: arrival, length: Double(audio.frameCount) / rate))
    }

    mutating func add(_ piece: Piece) {
        pieces.append(piece)
        length += piece.length
    }

    /// Keeps where the first sample is that can be heard.
    mutating func keep(audible: Double?) { self.audible = audible }

    /// The times between pieces.
    var gaps: [Double] { zip(pieces, pieces.dropFirst()).map { $1.arrival - $0.arrival } }

    /// How long it took for each second of sound.
    var realTimeFactor: Double? {
        guard let last = pieces.last, length > 0 else { return nil }
        return last.arrival / length
    }

    /// How long a player must wait behind the first piece never to run dry.
    var neededBuffer: Double {
        guard let first = pieces.first else { return 0 }
        var (played, needed) = (0.0, 0.0)
        for piece in pieces {
            needed = max(needed, piece.arrival - first.arrival - played)
            played += piece.length
        }
        return needed
    }

    /// When the first sound is heard by a player that waits so long behind the first piece, and for every piece that is late.
    func firstSound(buffer: Double) -> Double? {
        guard let first = pieces.first, let audible else { return nil }
        var (played, free) = (0.0, first.arrival + buffer)
        for piece in pieces {
            let begin = max(piece.arrival, free)
            guard audible >= played + piece.length - 1e-9 else { return begin + audible - played }
            played += piece.length
            free = begin + piece.length
        }
        return nil
    }
}
