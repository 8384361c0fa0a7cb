internal import AudioCore
internal import Captioning
internal import Jobs
internal import Speech

/// What a run would ask, and what that would cost.
struct SubtitlePlan {
    private let engines: Engines
    private var files = 0
    private var unreadable = 0
    private var clips = 0
    /// Seconds of all recordings, and of the clips that would be sent.
    private var (seconds, speech) = (0.0, 0.0)

    /// Listens for speech, which costs nothing but time; a file that cannot be read is told when there are others.
    init(
        _ media: [String], _ wishes: SubtitleWishes, _ engines: Engines, reportsJSON: Bool
    ) async throws(CommandError) {
        self.engines = engines
        let captioner = Captioner(engines.hearing, wishes.settings)
        for path in media {
            do throws(CommandError) {
                let plan = try await withEngineErrors { () async throws(RemoteError) in
                    try await captioner.plan { () async throws(AudioError) in try await wishes.open(path) }
                }
                add(plan, from: wishes.from)
            } catch {
                guard media.count > 1 else { throw error }
                Terminal.report(error, of: path, asJSON: reportsJSON)
                unreadable += 1
            }
        }
    }

    private mutating func add(_ plan: CaptionPlan, from start: Duration) {
        files += 1
        clips += plan.clips
        seconds += max(.zero, plan.end - start) / .seconds(1)
        speech += plan.sent / .seconds(1)
    }

    /// Prints it.
    func tell(prices: PriceTable, isTranslated: Bool, asJSON: Bool) throws(CommandError) {
        let cost = prices.cost(of: speech / 60, .minute, model: engines.hearingModel)
        let isFree = engines.name == .offline
        let report = Report(
            engine: engines.name.rawValue, files: files, unreadable: unreadable, clips: clips, seconds: seconds,
            speech: speech, cost: isFree ? "nothing" : cost?.description ?? "unknown",
            notCounted: isTranslated && !isFree ? "the translation" : nil)
        try Terminal.print(asJSON ? Terminal.json(report) : report.text)
        guard unreadable == 0 else {
            throw CommandError(.failed, "\(counted(unreadable, "file")) cannot be read")
        }
    }

    private struct Report: Encodable {
        let engine: String
        let files: Int
        let unreadable: Int
        let clips: Int
        let seconds: Double
        let speech: Double
        let cost: String
        /// What costs too, and nobody knows before how much.
        let notCounted: String?

        var text: String {
            let minutes = [seconds, speech].map { ($0 / 6).rounded(.up) / 10 }
            return "engine \(engine): \(counted(files, "file")), \(minutes[0]) minutes; "
                + "\(counted(clips, "clip")) with \(minutes[1]) minutes would be sent; cost: \(cost)"
                + (notCounted.map { ", without \($0)" } ?? "")
        }
    }
}
