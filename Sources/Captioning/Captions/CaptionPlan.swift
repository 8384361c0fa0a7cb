public import AudioCore
public import Speech
internal import Subtitles

/// What an engine would be asked for the captions of a recording.
public struct CaptionPlan: Hashable, Sendable {
    /// How many clips it would hear.
    public var clips = 0
    /// How much sound they have together, which is what costs.
    public var sent = Duration.zero
    /// Where the recording ends.
    public var end = Duration.zero
}

extension Captioner {
    /// Listens for speech and cuts it as ``captions(of:)`` would, and asks nobody.
    public func plan<Source: PCMSource & SendableMetatype & ~Copyable>(
        of open: @escaping @Sendable () async throws(AudioError) -> Source
    ) async throws(RemoteError) -> CaptionPlan {
        try await withRemoteErrors { () async throws(AudioError) in
            var reader = try ClipReader(try await open(), settings, engine.transcriptionLimits)
            var plan = CaptionPlan()
            while let clip = try await reader.next() {
                plan.clips += 1
                plan.sent += clip.length
            }
            plan.end = reader.end
            return plan
        }
    }
}
