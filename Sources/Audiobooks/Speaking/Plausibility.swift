internal import AudioCore

/// Tells whether a clip can be what was asked for, by how long that voice takes for a syllable and by how much of it is speech.
struct Plausibility {
    /// What is known of a clip.
    struct Measure {
        /// Seconds in which somebody speaks.
        let spoken: Double
        /// Seconds of the whole clip.
        let length: Double
        let syllables: Double

        /// Measures a clip.
        init(_ samples: [Int16], rate: Int, syllables: Double) throws(AudioError) {
            var resampler = try Resampler(from: rate, to: VoiceFrame.rate, channels: 1)
            let chunk = PCMChunk(
                format: PCMFormat(rate: rate, channels: 1), start: MediaTime(frames: 0, rate: rate), samples: samples)
            var sound: [Float] = []
            try resampler.convert(chunk.floats().samples.span, appendingTo: &sound)
            try resampler.finish(appendingTo: &sound)
            spoken = Double(LevelActivity.frames(sound).count(where: \.self)) / Double(VoiceFrame.perSecond)
            length = Double(samples.count) / Double(rate)
            self.syllables = max(syllables, 1)
        }

        /// How long a syllable takes.
        var pace: Double { spoken / syllables }
    }

    /// What is wrong with a clip.
    enum Fault: String, Codable, Sendable {
        case tooShort = "too short"
        case tooLong = "too long"
        case mostlySilent = "mostly silent"
    }

    /// The paces of each voice so far, in order of size.
    private var paces: [[String?]: [Double]] = [:]
    private let speed: Double

    /// Begins to listen; what is asked to be faster takes less time.
    init(speed: Double) { self.speed = speed }

    /// What is wrong with a clip of a voice; nil for nothing.
    func fault(_ measure: Measure, of voice: [String?]) -> Fault? {
        // The silence around a short sentence is no fault.
        guard measure.spoken * 2 + Self.silentEdges >= measure.length, measure.spoken > 0 else { return .mostlySilent }
        let usual = usualPaces(of: voice)
        if measure.spoken + Self.grace < usual.lowerBound * measure.syllables { return .tooShort }
        return measure.spoken - Self.grace > usual.upperBound * measure.syllables ? .tooLong : nil
    }

    /// Remembers the pace of a clip that was taken.
    mutating func add(_ measure: Measure, of voice: [String?]) {
        let pace = measure.pace
        let place = paces[voice, default: []].partition(below: pace)
        paces[voice, default: []].insert(pace, at: place)
    }

    /// How far a clip is from what is usual: of some that are wrong, the nearest is taken.
    func oddness(_ measure: Measure, of voice: [String?]) -> Double {
        let usual = usualPaces(of: voice)
        let middle = (usual.lowerBound * usual.upperBound).squareRoot()
        return max(measure.pace / middle, middle / max(measure.pace, 1e-6))
    }

    private func usualPaces(of voice: [String?]) -> ClosedRange<Double> {
        let known = paces[voice] ?? []
        // Before a voice is known, whatever anybody speaks like is.
        guard known.count >= Self.enough else { return 0.05 / speed...0.7 / speed }
        let median = known[known.count / 2]
        return median * 0.5...median * 2
    }

    private static let enough = 5
    /// Seconds by which a clip may be off: a word alone has no pace.
    private static let grace = 0.35
    private static let silentEdges = 0.6
}

extension [Double] {
    /// Where a number belongs among sorted ones.
    fileprivate func partition(below number: Double) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
