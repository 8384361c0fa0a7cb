internal import AudioCore
internal import Speech
internal import Subtitles

/// Reads a recording and has its clips heard, as many at once as the engine takes.
struct CaptionWork: Sendable {
    let hearing: ClipHearing
    let settings: CaptionSettings
    let limits: EngineLimits

    /// Some clips wait for a processor while others are heard.
    private static let waiting = 4

    /// Does all of it, and returns where the recording ends.
    func hear<Source: PCMSource & SendableMetatype & ~Copyable>(
        _ open: @escaping @Sendable () async throws(AudioError) -> Source, _ results: OrderedResults<HeardClip>
    ) async -> Duration {
        var end = Duration.zero
        do throws(RemoteError) {
            end = try await hear(from: open, results)
        } catch {
            results.fail(error)
        }
        results.end()
        return end
    }

    private func hear<Source: PCMSource & SendableMetatype & ~Copyable>(
        from open: @escaping @Sendable () async throws(AudioError) -> Source, _ results: OrderedResults<HeardClip>
    ) async throws(RemoteError) -> Duration {
        let held = RequestGate(limit: settings.givesContext ? 1 : limits.concurrentRequests + Self.waiting)
        let context = settings.givesContext ? SpokenContext(settings.options) : nil
        let reading: Result<Duration, RemoteError> = await withTaskGroup { group in
            do throws(RemoteError) {
                var reader = try await withRemoteErrors { () async throws(AudioError) in
                    try ClipReader(try await open(), settings, limits)
                }
                for index in 0... {
                    // A place is taken before the sound is read, so that no more is kept than can be heard.
                    let place = try await held.enter()
                    // What the engine cannot do for one clip it cannot do for the next.
                    guard !results.isFailing, let clip = try await Self.next(&reader) else { break }
                    group.addTask {
                        defer { place.leave() }
                        await hear(clip, index, context, results)
                    }
                }
                return .success(reader.end)
            } catch {
                // What cannot be read does not take away what was.
                return .failure(error)
            }
        }
        return try reading.get()
    }

    private func hear(
        _ clip: SpokenClip, _ index: Int, _ context: SpokenContext?, _ results: OrderedResults<HeardClip>
    ) async {
        do throws(RemoteError) {
            let heard = try await hearing.hear(clip, context?.options ?? settings.options)
            context?.add(heard.words.written)
            results.add(heard, at: index)
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
}

/// Tells failures of sound as those of an engine.
func withRemoteErrors<Result: ~Copyable>(
    _ body: () async throws(AudioError) -> Result
) async throws(RemoteError) -> Result {
    do throws(AudioError) {
        return try await body()
    } catch {
        throw RemoteError(error)
    }
}
