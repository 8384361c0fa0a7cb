package import AudioCore

extension AudioClip {
    /// Lends the sound of a clip piece by piece, in a format of the reader's.
    ///
    /// - Throws: `noAudio` for a clip without sound, what is wrong with the file, and what the reader throws.
    package func read(
        as format: PCMFormat, _ body: (PCMChunk<Float>) throws(AudioError) -> Void
    ) async throws(AudioError) {
        switch self {
        case .file(let path): try await Self.read(AudioInput(path: path), as: format, body)
        case .bytes(let bytes): try await Self.read(AudioInput(bytes: bytes), as: format, body)
        case .samples(let chunk): try await Self.read(OneChunk(chunk), as: format, body)
        }
    }

    /// Opens a clip that is a sound file; nothing for one that is samples.
    package func input() async throws(AudioError) -> AudioInput? {
        switch self {
        case .file(let path): try await AudioInput(path: path)
        case .bytes(let bytes): try await AudioInput(bytes: bytes)
        case .samples: nil
        }
    }

    private static func read(
        _ input: consuming some PCMSource & ~Copyable, as format: PCMFormat,
        _ body: (PCMChunk<Float>) throws(AudioError) -> Void
    ) async throws(AudioError) {
        var source = try ConvertedSource(input, to: format)
        var hasSound = false
        while let chunk = try await source.next() {
            hasSound = true
            try body(chunk)
        }
        guard hasSound else { throw AudioError(.noAudio, "the clip has no sound") }
    }
}

/// Samples as a source.
package struct OneChunk: PCMSource {
    private var chunk: PCMChunk<Float>?
    package let format: PCMFormat

    package init(_ chunk: PCMChunk<Float>) {
        self.chunk = chunk.samples.isEmpty ? nil : chunk
        format = chunk.format
    }

    package mutating func next() throws(AudioError) -> PCMChunk<Float>? { chunk.take() }
}
