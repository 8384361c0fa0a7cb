#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// The peaks of a spectrum by pitch instead of frequency, in quarter tones: what glides moves all its harmonics alike.
enum NoteScale {
    /// Places from 200 Hz on, 24 to an octave.
    static let count = 93

    /// The peaks at each place.
    static func notes(_ peaks: [Float]) -> [Float] {
        places.map { peaks[$0.bin] * (1 - $0.share) + peaks[$0.bin + 1] * $0.share }
    }

    /// How alike two moments are, at the move that makes them most alike; how much better that is than to stay; and how far it is.
    ///
    /// Voices glide, notes stay or jump.
    static func glide(from former: [Float], to later: [Float], noting frame: inout FrameMeasure) {
        let alike = (-farthest...farthest).map { move in
            var sum: Float = 0
            for place in max(0, -move)..<count - max(0, move) { sum += former[place] * later[place + move] }
            return sum
        }
        let best = alike.indices.reduce(0) { alike[$1] > alike[$0] ? $1 : $0 }
        frame[.alike] = alike[best]
        frame[.glide] = alike[best] - (alike[farthest - 1...farthest + 1].max() ?? 0)
        frame[.glideSize] = Float(abs(best - farthest)) * alike[best]
    }

    /// The farthest move that is looked for, in quarter tones.
    private static let farthest = 5

    /// Where a note lies between the bins of the long window.
    private static let places = (0..<count).map { note in
        let bin = 200 * exp2(Double(note) / 24) / 15.625 - Double(SpectralShapes.longBins.lowerBound)
        return (bin: Int(bin), share: Float(bin - bin.rounded(.down)))
    }
}
