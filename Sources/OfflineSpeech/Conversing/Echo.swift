internal import Speech

/// An answer that repeats what was said, first in text and then aloud.
final class Echo: EngineSource {
    private let request: VoiceRequest
    private let engine: OfflineEngine
    private var state = State.notBegun

    private enum State {
        case notBegun
        case speaking(any EngineSource<SpeechChunk>)
        case ended
    }

    init(_ request: VoiceRequest, _ engine: OfflineEngine) {
        self.request = request
        self.engine = engine
    }

    func next() async throws(RemoteError) -> VoiceEvent? {
        switch state {
        case .notBegun:
            state = .ended
            let words = try await words()
            state = .speaking(SentenceSpeech(SpeechRequest(words)))
            return .text(words)
        case .speaking(let speech):
            state = .ended
            guard let chunk = try await speech.next() else { return nil }
            state = .speaking(speech)
            return .audio(chunk)
        case .ended: return nil
        }
    }

    /// What is said back: an engine that only repeats says that it does.
    private func words() async throws(RemoteError) -> String {
        guard case .user(let text, let clip)? = request.turns.last(where: \.isUsers) else {
            throw RemoteError(.invalidRequest, "a conversation needs something that the user says")
        }
        var heard = text ?? ""
        if let clip {
            heard += (heard.isEmpty ? "" : " ") + (try await engine.transcribe(clip, TranscriptionOptions())).text
        }
        guard heard.contains(where: { !$0.isWhitespace }) else {
            return "I heard no words. Without an account I can only repeat what I hear."
        }
        return Script(of: heard) == .han
            ? "没有账号，我只能重复听到的话：\(heard)" : "Without an account I can only repeat what I hear: \(heard)"
    }
}
