internal import Jobs
internal import Synchronization

/// Shows how far a work is that tells its share, from wherever it is told.
final class ProgressMeter: Sendable {
    private let progress: Mutex<Progress>

    init(_ label: String, form: Progress.Form) {
        progress = Mutex(Progress(label, total: 100, unit: "%", form: form))
    }

    func show(_ share: Double) { progress.withLock { Terminal.show($0.tell(done: share * 100)) } }

    func finish() { progress.withLock { Terminal.show($0.finish()) } }
}
