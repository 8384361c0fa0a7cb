internal import Platform

/// AAC in its own frames (ADTS), which no library here makes: left to ffmpeg.
package enum AACFile {
    /// Finds the program.
    ///
    /// - Throws: `missingProgram`.
    package static func check() throws(AudioError) { _ = try FFmpeg.program() }

    /// The sound of a file, at 64 kbit/s.
    package static func bytes(of path: String) async throws(AudioError) -> [UInt8] {
        var child = try FFmpeg.transcoder(of: path, to: ["-c:a", "aac", "-b:a", "64k", "-f", "adts"])
        var bytes: [UInt8] = []
        while try await FFmpeg.read(&child, appendingTo: &bytes) {}
        let end = try await FFmpeg.end(child)
        guard end.isSuccess else {
            throw AudioError(.malformedInput, "ffmpeg made no AAC: \(FFmpeg.lastLine(of: end.errors))")
        }
        return bytes
    }
}
