public import AudioCore
package import Jobs
public import Speech
internal import Subtitles

/// Makes captions of a recording of any length: finds the speech, has it heard clip by clip, several at once, gives each word
/// its time, and lays the words out.
///
/// ```swift
/// let captioner = Captioner(engine)
/// try await captioner.run(on: { () async throws(AudioError) in try await AudioInput(path: "film.mkv") }) { step in
///     for cue in step.cues { print(cue.start, cue.text) }
/// }
/// ```
///
/// Memory does not grow with the recording: sound is kept until it was heard, and no more clips are cut than are wanted.
public struct Captioner: Sendable {
    private let engine: any Transcriber
    private let settings: CaptionSettings

    /// Makes one that asks an engine.
    public init(_ engine: any Transcriber, _ settings: CaptionSettings = CaptionSettings()) {
        self.engine = engine
        self.settings = settings
    }

    /// Makes captions of a recording, step by step in its order.
    ///
    /// - Throws: what is wrong with the sound, and what the engine fails with; what it refuses of a clip is told in a step.
    public func run<Source: PCMSource & SendableMetatype & ~Copyable>(
        on open: @escaping @Sendable () async throws(AudioError) -> Source,
        _ take: (CaptionStep) async throws(RemoteError) -> Void
    ) async throws(RemoteError) {
        try await run(on: open, journal: nil, identity: [], take)
    }

    /// The same, where what an earlier run has finished is known.
    package func run<Source: PCMSource & SendableMetatype & ~Copyable>(
        on open: @escaping @Sendable () async throws(AudioError) -> Source, journal: Journal?, identity: [String],
        _ take: (CaptionStep) async throws(RemoteError) -> Void
    ) async throws(RemoteError) {
        let hearing = ClipHearing(engine: engine, identity: identity, journal: journal)
        let results = OrderedResults<HeardClip>()
        let work = Task { [settings, engine] in
            do throws(RemoteError) {
                try await Self.hear(open, hearing, settings, engine.transcriptionLimits, results)
            } catch {
                results.fail(error)
            }
        }
        let failure = await withTaskCancellationHandler {
            await Self.assemble(results, CaptionAssembly(settings), take)
        } onCancel: {
            work.cancel()
        }
        // Nothing of the work outlives the run.
        work.cancel()
        await work.value
        if let failure { throw failure }
    }

    /// Takes what was heard in its order; returns what ended it too early.
    private static func assemble(
        _ results: OrderedResults<HeardClip>, _ assembly: CaptionAssembly,
        _ take: (CaptionStep) async throws(RemoteError) -> Void
    ) async -> RemoteError? {
        var assembly = assembly
        do throws(RemoteError) {
            while let heard = try await results.next() { try await take(assembly.add(heard)) }
            try await take(assembly.finish())
            return nil
        } catch {
            return error
        }
    }

    /// Reads the recording and has its clips heard, as many at once as the engine takes.
    private static func hear<Source: PCMSource & SendableMetatype & ~Copyable>(
        _ open: @escaping @Sendable () async throws(AudioError) -> Source, _ hearing: ClipHearing,
        _ settings: CaptionSettings, _ limits: EngineLimits, _ results: OrderedResults<HeardClip>
    ) async throws(RemoteError) {
        // Some wait for a processor while others are heard.
        let held = RequestGate(limit: settings.givesContext ? 1 : limits.concurrentRequests + 4)
        let context = SpokenContext(settings.options)
        await withTaskGroup { group in
            do throws(RemoteError) {
                var reader = try await translated { () async throws(AudioError) in
                    try ClipReader(try await open(), limit: limits.clipDuration, from: settings.start)
                }
                var count = 0
                while true {
                    // A place is taken before the sound is read, so that no more is kept than can be heard.
                    let place = try await held.enter()
                    guard let clip = try await next(&reader) else { break }
                    count += 1
                    group.addTask {
                        defer { place.leave() }
                        await Self.hear(clip, hearing, settings.givesContext ? context : nil, settings, results)
                    }
                }
                results.finish(count: count)
            } catch {
                results.fail(error)
                group.cancelAll()
            }
        }
    }

    private static func hear(
        _ clip: SpokenClip, _ hearing: ClipHearing, _ context: SpokenContext?, _ settings: CaptionSettings,
        _ results: OrderedResults<HeardClip>
    ) async {
        do throws(RemoteError) {
            let heard = try await hearing.hear(clip, context?.options ?? settings.options)
            context?.add(heard.words.written)
            results.add(heard, at: clip.index)
        } catch {
            results.fail(error)
        }
    }

    private static func next<Source: PCMSource & SendableMetatype & ~Copyable>(
        _ reader: inout ClipReader<Source>
    ) async throws(RemoteError) -> SpokenClip? {
        do throws(AudioError) {
            return try await reader.next()
        } catch {
            throw RemoteError(error)
        }
    }

    private static func translated<Result: ~Copyable>(
        _ body: () async throws(AudioError) -> Result
    ) async throws(RemoteError) -> Result {
        do throws(AudioError) {
            return try await body()
        } catch {
            throw RemoteError(error)
        }
    }
}
