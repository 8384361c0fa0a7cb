extension SpeechSynthesizer {
    /// All of a speech; since nothing of it has been heard, it is asked for again when it breaks off.
    package func whole(_ request: SpeechRequest) async throws(RemoteError) -> [SpeechChunk] {
        try await RetryPolicy(attempts: 3).run { _ throws(RemoteError) in
            var chunks: [SpeechChunk] = []
            do throws(RemoteError) {
                var reader = try speak(request).makeAsyncIterator()
                while let chunk = try await reader.next() { chunks.append(chunk) }
            } catch {
                // Until its first sound, the engine has tried again by itself.
                var error = error
                error.mayRetry = error.mayRetry && !chunks.isEmpty
                throw error
            }
            return chunks
        }
    }
}
