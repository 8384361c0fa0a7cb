internal import AudioCore
internal import Speech

/// How sound is passed on to a listener, as somebody may set it.
struct PassingOn: Hashable, Sendable, Codable {
    /// Answers at once.
    var concurrency = 1
    /// Samples per second.
    var rate = 24_000
    /// Milliseconds of the pieces in which it is passed on; nil for as it comes.
    var chunk: Int?
    /// Milliseconds of an Opus frame; nil for samples.
    var opusFrame: Int?

    /// In a few words.
    var name: String { "\(concurrency) at once, \(form)" }

    /// The same without how many answers come at once.
    var form: String {
        ["\(rate) Hz", chunk.map { "\($0) ms pieces" }, opusFrame.map { "Opus \($0) ms" }]
            .compactMap(\.self).joined(separator: ", ")
    }

    /// Opus takes few rates; others are resampled to the nearest above.
    var codedRate: Int { opusFrame == nil ? rate : OpusEncoder.rates.first { $0 >= rate } ?? 48_000 }
}

/// What passing sound on adds to its time.
struct PassingCost: Hashable, Sendable {
    /// Seconds of sound that a resampler holds back.
    var resamplerDelay = 0.0
    /// Seconds that Opus looks ahead.
    var opusDelay = 0.0
    /// Seconds of work for each second of sound.
    var work = 0.0
}

extension PassingOn {
    /// When the listener has each piece, out of when it came.
    ///
    /// What is held back comes with what follows, and the rest at the end; work is done piece after piece.
    func passed(_ trace: StreamTrace, _ cost: PassingCost) -> StreamTrace {
        var passed = StreamTrace(connected: trace.connected, firstByte: trace.firstByte, audible: trace.audible)
        var (come, gone, free) = (0.0, 0.0, 0.0)
        for (index, piece) in trace.pieces.enumerated() {
            come += piece.length
            let isLast = index == trace.pieces.count - 1
            free = max(free, piece.arrival) + piece.length * cost.work
            let ready = isLast ? come : held(come, cost)
            guard ready > gone + 1e-9 else { continue }
            passed.add(StreamTrace.Piece(arrival: free, length: ready - gone))
            gone = ready
        }
        return passed
    }

    /// So much of what has come is passed on at once.
    private func held(_ come: Double, _ cost: PassingCost) -> Double {
        var ready = come - cost.resamplerDelay
        if let chunk { ready = Self.whole(ready, of: Double(chunk) / 1_000) }
        if let opusFrame { ready = Self.whole(ready, of: Double(opusFrame) / 1_000) - cost.opusDelay }
        return max(ready, 0)
    }

    private static func whole(_ time: Double, of piece: Double) -> Double {
        (time / piece + 1e-9).rounded(.down) * piece
    }
}

extension StreamTrace {
    fileprivate init(connected: Double?, firstByte: Double?, audible: Double?) {
        self.init()
        (self.connected, self.firstByte) = (connected, firstByte)
        keep(audible: audible)
    }
}
