internal import AudioCore

/// A line on the terminal that says how far the work is; nothing where nobody watches.
struct Progress {
    private let label: String
    private let total: Double?
    private let isShown: Bool
    private let started = ContinuousClock.now
    private var shown = ContinuousClock.now

    init(_ label: String, total frames: Int?, rate: Int, isShown: Bool) {
        self.label = label
        total = frames.map { Double($0) / Double(rate) }
        self.isShown = isShown && Terminal.isInteractive
    }

    /// Shows where the work is, ten times a second at most.
    mutating func update(_ done: MediaTime) {
        let now = ContinuousClock.now
        guard isShown, now - shown > .milliseconds(100) else { return }
        shown = now
        let speed = Int(done.seconds / max((now - started) / .seconds(1), 1e-3))
        let share = total.map { " (\(Int(min(done.seconds / $0, 1) * 100)) %)" } ?? ""
        Terminal.show("\(label) \(done)\(share), \(speed) × real time")
    }

    /// Clears the line.
    func finish() {
        if isShown { Terminal.show("") }
    }
}
