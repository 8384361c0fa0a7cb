public import AudioCore
package import Jobs
public import Speech
public import Subtitles

/// Makes captions of a recording of any length: finds the speech, has it heard clip by clip, several at once, gives each word
/// its time, and lays the words out.
///
/// ```swift
/// let captioner = Captioner(engine)
/// let cues = captioner.cues { () async throws(AudioError) in try await AudioInput(path: "film.mkv") }
/// for try await cue in cues { print(cue.start, cue.text) }
/// ```
///
/// Memory does not grow with the recording: sound is kept until it was heard, and no more clips are cut than are wanted.
public struct Captioner: Sendable {
    let engine: any Transcriber
    let settings: CaptionSettings

    /// Makes one that asks an engine.
    public init(_ engine: any Transcriber, _ settings: CaptionSettings = CaptionSettings()) {
        self.engine = engine
        self.settings = settings
    }

    /// The cues of a recording, each as soon as it cannot change any more; a recording may still arrive.
    ///
    /// What the engine refuses of a clip leaves a hole; ``captions(of:)`` tells of it. A reader that leaves ends the work.
    public func cues<Source: PCMSource & SendableMetatype & ~Copyable>(
        of open: @escaping @Sendable () async throws(AudioError) -> Source
    ) -> EngineStream<Cue> {
        EngineStream(CueReader(run(open, journal: nil, identity: [])))
    }

    /// What becomes known of a recording with each clip, in its order.
    ///
    /// - Throws: while it is read, what is wrong with the sound and what the engine fails with.
    public func captions<Source: PCMSource & SendableMetatype & ~Copyable>(
        of open: @escaping @Sendable () async throws(AudioError) -> Source
    ) -> EngineStream<CaptionStep> {
        EngineStream(run(open, journal: nil, identity: []))
    }

    /// Makes captions step by step where what an earlier run has finished is known; nothing of the work outlives the call.
    ///
    /// When the engine fails, what is on its way is still waited for, so that it is in the journal.
    package func run<Source: PCMSource & SendableMetatype & ~Copyable>(
        on open: @escaping @Sendable () async throws(AudioError) -> Source, journal: Journal? = nil,
        identity: [String] = [], _ take: (CaptionStep) async throws(RemoteError) -> Void
    ) async throws(RemoteError) {
        let run = run(open, journal: journal, identity: identity)
        let failure: RemoteError?
        do throws(RemoteError) {
            while let step = try await run.next() { try await take(step) }
            failure = nil
        } catch {
            failure = error
        }
        await run.stop()
        if let failure { throw failure }
    }

    private func run<Source: PCMSource & SendableMetatype & ~Copyable>(
        _ open: @escaping @Sendable () async throws(AudioError) -> Source, journal: Journal?, identity: [String]
    ) -> CaptionRun {
        let work = CaptionWork(
            hearing: ClipHearing(
                engine: engine, identity: identity, journal: journal, partial: settings.partial,
                aligner: TextAligner(ways: settings.alignsWords ? Set(Timing.allCases) : [])),
            settings: settings, limits: engine.transcriptionLimits)
        return CaptionRun(CaptionAssembly(settings)) { results in await work.hear(open, results) }
    }
}

/// One recording while captions are made of it; the work begins with the first step that is asked for, and goes with the run.
final class CaptionRun: EngineSource {
    private let results = OrderedResults<HeardClip>()
    private let begin: @Sendable (OrderedResults<HeardClip>) async -> Duration
    private var assembly: CaptionAssembly
    private var work: Task<Duration, Never>?
    private var isOver = false

    init(_ assembly: CaptionAssembly, _ begin: @escaping @Sendable (OrderedResults<HeardClip>) async -> Duration) {
        self.assembly = assembly
        self.begin = begin
    }

    deinit { work?.cancel() }

    /// The next step; the last one has what is left.
    func next() async throws(RemoteError) -> CaptionStep? {
        guard !isOver else { return nil }
        let work = work ?? Task { [begin, results] in await begin(results) }
        self.work = work
        let heard = await withTaskCancellationHandler {
            await nextResult()
        } onCancel: {
            work.cancel()
        }
        if let heard = try heard.get() { return assembly.add(heard) }
        isOver = true
        return assembly.finish(at: await work.value)
    }

    private func nextResult() async -> Result<HeardClip?, RemoteError> {
        do throws(RemoteError) {
            return .success(try await results.next())
        } catch {
            isOver = true
            return .failure(error)
        }
    }

    /// Ends the work, and waits until nothing of it is left.
    func stop() async {
        work?.cancel()
        _ = await work?.value
    }
}

/// Cues out of the steps of a run.
private final class CueReader: EngineSource {
    private let run: CaptionRun
    private var ready: ArraySlice<Cue> = []

    init(_ run: CaptionRun) { self.run = run }

    func next() async throws(RemoteError) -> Cue? {
        while ready.isEmpty {
            guard let step = try await run.next() else { return nil }
            ready = step.cues[...]
        }
        return ready.popFirst()
    }
}
