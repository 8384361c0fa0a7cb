internal import AudioCore

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Tells whether a clip can be what was asked for, by how long that voice takes for a syllable and by how much of it is speech.
struct Plausibility {
    /// What is known of a clip.
    struct Measure {
        /// Seconds in which somebody speaks.
        let spoken: Double
        /// Seconds of the whole clip.
        let length: Double
        let syllables: Double
        /// Whether it is as loud from beginning to end as only a tone or a hiss is.
        let isSteady: Bool

        /// Measures a clip.
        init(_ samples: [Int16], rate: Int, syllables: Double) throws(AudioError) {
            var resampler = try Resampler(from: rate, to: VoiceFrame.rate, channels: 1)
            let chunk = PCMChunk(
                format: PCMFormat(rate: rate, channels: 1), start: MediaTime(frames: 0, rate: rate), samples: samples)
            var sound: [Float] = []
            try resampler.convert(chunk.floats().samples.span, appendingTo: &sound)
            try resampler.finish(appendingTo: &sound)
            let isLoud = LevelActivity.frames(sound)
            spoken = Double(isLoud.count(where: \.self)) / Double(VoiceFrame.perSecond)
            isSteady = SteadySound.is(sound, where: isLoud)
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
        case steady = "a steady tone or noise, and no speech"
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
        guard !measure.isSteady else { return .steady }
        let usual = usualPaces(of: voice)
        if measure.spoken < usual.lowerBound * measure.syllables { return .tooShort }
        return measure.spoken - Self.grace > usual.upperBound * measure.syllables ? .tooLong : nil
    }

    /// Remembers the pace of a clip that was taken, whether it was usual or not: a voice whose first clips were odd would else be
    /// measured by them for ever.
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
        guard known.count >= Self.enough else { return 0.06 / speed...0.6 / speed }
        let median = known[known.count / 2]
        return median * 0.5...median * 2
    }

    private static let enough = 5
    /// Seconds by which a clip may be longer: a word alone has no pace.
    private static let grace = 0.35
    private static let silentEdges = 0.6
}

/// Tells a tone or a hiss from speech, which is never as loud in one syllable's end as in its middle.
private enum SteadySound {
    /// Samples of 20 ms: two periods of the slowest hum.
    private static let window = 320
    /// Fewer windows may be one vowel.
    private static let fewest = 20
    /// Decibels by which the level of a hiss changes from window to window, and more; words change by five and more.
    private static let change: Float = 1

    static func `is`(_ sound: [Float], where isLoud: [Bool]) -> Bool {
        let levels = stride(from: 0, to: sound.count - window, by: window).compactMap { start -> Float? in
            // The first and the last of what is loud are half of the silence around it.
            let frames = max(start / 160 - 3, 0)..<min(start / 160 + 5, isLoud.count)
            guard !frames.isEmpty, isLoud[frames].allSatisfy(\.self) else { return nil }
            return 10 * log10(sound[start..<start + window].reduce(0) { $0 + $1 * $1 } / Float(window) + 1e-10)
        }
        guard levels.count >= fewest else { return false }
        let mean = levels.reduce(0, +) / Float(levels.count)
        let variance = levels.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(levels.count)
        return variance.squareRoot() < change
    }
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
