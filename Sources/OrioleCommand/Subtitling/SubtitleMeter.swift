internal import Jobs
internal import Synchronization

/// Tells how far a run is, whichever of its recordings are heard.
final class SubtitleMeter: Sendable {
    private let state: Mutex<State>
    private let prices: PriceTable
    private let model: String

    private struct State {
        var progress: Progress
        /// Seconds that are done of each recording, and seconds of sound that were sent for it.
        var files: [String: (done: Double, sent: Double)] = [:]
    }

    /// Makes one for some recordings, of which one alone may tell its length.
    init(count: Int, length: Double?, prices: PriceTable, model: String, form: Progress.Form) {
        let label = count == 1 ? "hearing" : "hearing \(count) files"
        state = Mutex(State(progress: Progress(label, total: length, form: form)))
        (self.prices, self.model) = (prices, model)
    }

    func tell(_ media: String, done: Double, sent: Double) {
        state.withLock { state in
            state.files[media] = (done, sent)
            let sums = state.files.values.reduce((done: 0.0, sent: 0.0)) { ($0.done + $1.done, $0.sent + $1.sent) }
            Terminal.show(state.progress.tell(done: sums.done, money: cost(of: sums.sent)?.description))
        }
    }

    func finish() { state.withLock { Terminal.show($0.progress.finish()) } }

    /// What so many seconds of sound cost; nil where no price is known.
    func cost(of seconds: Double) -> Cost? { prices.cost(of: seconds / 60, .minute, model: model) }
}
