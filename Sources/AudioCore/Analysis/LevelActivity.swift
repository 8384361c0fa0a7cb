#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// Where a short clip is loud, by its own range of levels: enough where it is known that somebody speaks.
package enum LevelActivity {
    /// Whether each 10 ms of sound at 16 kHz is loud.
    package static func frames(_ samples: [Float]) -> [Bool] {
        let levels = SlidingWindow.mean(levels(samples), radius: 2)
        guard !levels.isEmpty else { return [] }
        let sorted = levels.sorted()
        let high = sorted[min(sorted.count * 95 / 100, sorted.count - 1)]
        let low = max(sorted[sorted.count * 5 / 100], high - 60)
        let threshold = low + max(6, 0.35 * (high - low))
        let loud = runs(levels.map { $0 > threshold })
        let joined = loud.reduce(into: [Range<Int>]()) { runs, run in
            // A pause of less than 120 ms belongs to the speech.
            if let last = runs.last, run.lowerBound - last.upperBound < 12 {
                runs[runs.count - 1] = last.lowerBound..<run.upperBound
            } else {
                runs.append(run)
            }
        }
        var isLoud = Array(repeating: false, count: levels.count)
        for run in joined where run.count >= 4 {
            for frame in max(0, run.lowerBound - 2)..<min(levels.count, run.upperBound + 2) { isLoud[frame] = true }
        }
        return isLoud
    }

    private static func levels(_ samples: [Float]) -> [Float] {
        (0..<samples.count / 160).map { frame in
            let window = samples[max(0, frame * 160 - 120)..<min(samples.count, frame * 160 + 280)]
            return 10 * log10(window.reduce(0) { $0 + $1 * $1 } / Float(window.count) + 1e-10)
        }
    }

    private static func runs(_ flags: [Bool]) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        var start: Int?
        for (frame, flag) in flags.enumerated() {
            if flag, start == nil { start = frame }
            if !flag, let begin = start.take() { runs.append(begin..<frame) }
        }
        if let start { runs.append(start..<flags.count) }
        return runs
    }
}
