internal import Platform

/// A copy of a film with subtitles in it, made by ffmpeg.
package enum SubtitledCopy {
    /// The kind of file that a copy of a film is: its own where that holds text, else Matroska.
    package static func ending(for film: String) -> String {
        let ending = film.split(separator: "/").last?.split(separator: ".").last?.lowercased() ?? ""
        return ["mp4", "m4v", "mov"].contains(ending) ? ending : "mkv"
    }

    /// Copies a film, picture and sound as they are, with subtitles (SRT) that can be switched on.
    package static func embed(
        _ subtitles: String, language: String?, into film: String, at output: String
    ) async throws(AudioError) {
        let isMatroska = ending(for: output) == "mkv"
        let file = try withAudioErrors { () throws(SystemError) in
            try TemporaryFile.holding(Array(subtitles.utf8).span, suffix: ".srt")
        }
        let maps = ["0:v?", "0:a?", "1:0", "0:s?", "0:t?"].flatMap { ["-map", $0] }
        let name = language.map { ["-metadata:s:s:0", "language=\(Languages.threeLetters(of: $0))"] } ?? []
        try await FFmpeg.write(
            inputs: [film, file.path], maps + ["-c", "copy", "-c:s:0", isMatroska ? "srt" : "mov_text"] + name,
            format: isMatroska ? "matroska" : "mp4", to: output)
        // The file goes with the value: not before ffmpeg has read it.
        _ = consume file
    }

    /// Copies a film with subtitles (ASS) drawn into its picture; the sound stays as it is.
    package static func burn(_ subtitles: String, into film: String, at output: String) async throws(AudioError) {
        try await Fonts.check(subtitles)
        // Its name has no signs that mean something within a filter.
        let file = try withAudioErrors { () throws(SystemError) in
            try TemporaryFile.holding(Array(subtitles.utf8).span, suffix: ".ass")
        }
        let arguments = ["-map", "0:v:0", "-map", "0:a?", "-vf", "subtitles=\(file.path)", "-c:a", "copy"]
        let picture = ["-c:v", "libx264", "-crf", "18", "-preset", "medium", "-pix_fmt", "yuv420p"]
        try await FFmpeg.write(
            inputs: [film], arguments + picture, format: ending(for: output) == "mkv" ? "matroska" : "mp4", to: output)
        _ = consume file
    }
}
