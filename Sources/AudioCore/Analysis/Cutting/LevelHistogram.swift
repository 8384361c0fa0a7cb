/// How loud the voices of a recording are: levels in steps of a quarter of a decibel, however long it is.
struct LevelHistogram {
    private var counts = Array(repeating: 0, count: 600)
    private var total = 0

    mutating func add(_ level: Float) {
        counts[min(max(Int((level + 130) * 4), 0), counts.count - 1)] += 1
        total += 1
    }

    /// The level that three quarters do not exceed; nil where nothing has been heard.
    var upperQuartile: Float? {
        guard total > 0 else { return nil }
        var below = 0
        for (index, count) in counts.enumerated() {
            below += count
            if below * 4 >= total * 3 { return Float(index) / 4 - 130 + 0.125 }
        }
        return nil
    }
}
