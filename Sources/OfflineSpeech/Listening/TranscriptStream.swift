internal import Speech

/// The utterances of a clip as pieces of text, as they are heard.
final class TranscriptStream: EngineSource {
    private let clip: AudioClip
    private var heard: Heard = .notBegun
    private var isFirst = true

    private enum Heard: ~Copyable {
        case notBegun
        case listening(HeardUtterances)
        case ended
    }

    init(_ clip: AudioClip) { self.clip = clip }

    func next() async throws(RemoteError) -> String? {
        var state = Heard.ended
        swap(&state, &heard)
        switch consume state {
        case .notBegun: return try await next(of: try await HeardUtterances(clip))
        case .listening(let utterances): return try await next(of: utterances)
        case .ended: return nil
        }
    }

    private func next(of utterances: consuming HeardUtterances) async throws(RemoteError) -> String? {
        guard let utterance = try await utterances.next() else { return nil }
        heard = .listening(utterances)
        defer { isFirst = false }
        return isFirst ? utterance.text : " " + utterance.text
    }
}
