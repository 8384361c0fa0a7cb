internal import Platform

/// A file of sound with chapters, a cover and tags, made by ffmpeg.
package enum ChapteredSound {
    /// The kinds of files.
    package enum Kind: Sendable {
        /// AAC in MPEG-4.
        case m4b
        /// MPEG layer III with ID3 tags.
        case mp3
        /// Free Lossless Audio Codec.
        case flac
    }

    /// What a file says about its sound.
    package struct Facts: Sendable {
        /// Names as ffmpeg knows them, with their values, in order.
        package var tags: [(name: String, value: String)] = []
        /// The chapters in order, in frames at a rate.
        package var chapters: [(title: String, start: MediaTime, end: MediaTime)] = []
        package var cover: CoverPicture?

        package init() {}
    }

    /// Finds the program.
    ///
    /// - Throws: `missingProgram`.
    package static func check() throws(AudioError) { _ = try FFmpeg.program() }

    /// Codes a WAVE file; the same sound and facts give the same bytes.
    package static func write(
        _ sound: String, as kind: Kind, bitrate: Int?, _ facts: Facts, to output: String
    ) async throws(AudioError) {
        let notes = try kept(Array(notes(facts).utf8), ".ffmetadata")
        if let cover = facts.cover {
            // By another name ffmpeg would take it for one of a row of pictures, which it finds in ways of its own.
            let picture = try kept(cover.bytes, ".cover")
            let arguments = ["-map", "2:v", "-c:v", "copy", "-disposition:v:0", "attached_pic"]
            let names = ["-metadata:s:v", "title=Cover", "-metadata:s:v", "comment=Cover (front)"]
            try await write([sound, notes.path, picture.path], as: kind, bitrate, arguments + names, to: output)
            _ = consume picture
        } else {
            try await write([sound, notes.path], as: kind, bitrate, [], to: output)
        }
        // The files go with the values: not before ffmpeg has read them.
        _ = consume notes
    }

    private static func write(
        _ inputs: [String], as kind: Kind, _ bitrate: Int?, _ cover: [String], to output: String
    ) async throws(AudioError) {
        let maps = ["-map", "0:a", "-map_metadata", "1", "-map_chapters", "1"]
        // Nothing of the program's version and of the hour goes into the file.
        let sameness = ["-fflags", "+bitexact", "-flags:a", "+bitexact"]
        try await FFmpeg.write(
            inputs: inputs, maps + cover + sameness + coding(kind, bitrate), format: format(kind), to: output)
    }

    private static func coding(_ kind: Kind, _ bitrate: Int?) -> [String] {
        switch kind {
        case .m4b: ["-c:a", "aac", "-b:a", "\(bitrate ?? 64_000)", "-movflags", "+faststart"]
        case .mp3: ["-c:a", "libmp3lame", "-b:a", "\(bitrate ?? 64_000)", "-id3v2_version", "3"]
        case .flac: ["-c:a", "flac"]
        }
    }

    private static func format(_ kind: Kind) -> String {
        switch kind {
        case .m4b: "ipod"
        case .mp3: "mp3"
        case .flac: "flac"
        }
    }

    /// The tags and the chapters as ffmpeg reads them.
    private static func notes(_ facts: Facts) -> String {
        var text = ";FFMETADATA1\n"
        for (name, value) in facts.tags { text += "\(name)=\(escaped(value))\n" }
        for (title, start, end) in facts.chapters {
            text += "[CHAPTER]\nTIMEBASE=1/\(start.rate)\nSTART=\(start.frames)\nEND=\(end.frames)\n"
            text += "title=\(escaped(title))\n"
        }
        return text
    }

    private static func escaped(_ text: String) -> String {
        text.unicodeScalars.reduce(into: "") { text, scalar in
            if "=;#\\\n".unicodeScalars.contains(scalar) { text += "\\" }
            if scalar != "\0", scalar != "\r" { text.unicodeScalars.append(scalar) }
        }
    }

    private static func kept(_ bytes: [UInt8], _ ending: String) throws(AudioError) -> TemporaryFile {
        try withAudioErrors { () throws(SystemError) in
            try TemporaryFile.holding(bytes.span, suffix: ending)
        }
    }
}
