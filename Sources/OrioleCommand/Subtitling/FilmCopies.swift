internal import AudioCore
internal import Subtitles

/// Copies of a film with its subtitles in them, which are gathered while they are written.
struct FilmCopies {
    private let media: String
    private let places: SubtitlePlaces
    private var copies: [Copy]

    private struct Copy {
        let isBurned: Bool
        var writer: CueWriter
        var text: String

        init(isBurned: Bool, showsWords: Bool) {
            self.isBurned = isBurned
            writer = CueWriter(isBurned ? .ass : .srt, showsWords: showsWords)
            text = writer.begin()
        }
    }

    init(of media: String, at places: SubtitlePlaces, _ wishes: SubtitleWishes) {
        (self.media, self.places) = (media, places)
        copies = [(wishes.embeds, false), (wishes.burns, true)].filter(\.0).map { _, isBurned in
            Copy(isBurned: isBurned, showsWords: wishes.showsWords)
        }
    }

    /// Refuses, before anything costs money, what ffmpeg cannot read, and what has no picture that could be drawn on.
    func check() async throws(CommandError) {
        guard !copies.isEmpty else { return }
        let media = media
        let probe = try await withCommandErrors { () async throws(AudioError) in try await MediaProbe(path: media) }
        guard !probe.hasPicture, copies.contains(where: \.isBurned) else { return }
        throw CommandError(
            .wrongUse, "\(media) has no picture that subtitles could be drawn into",
            hint: "--format srt for a file beside it")
    }

    mutating func add(_ cues: [Cue]) {
        for index in copies.indices {
            for cue in cues { copies[index].text += copies[index].writer.add(cue) }
        }
    }

    /// Makes the copies, and returns their names.
    mutating func finish(language: String?) async throws(CommandError) -> [String] {
        var made: [String] = []
        let ending = SubtitledCopy.ending(for: media)
        for index in copies.indices {
            let isBurned = copies[index].isBurned
            let text = copies[index].text + copies[index].writer.finish()
            let (media, output) = (media, places.copy(isBurned ? "burned" : "subtitled", ending: ending))
            try await withCommandErrors { () async throws(AudioError) in
                isBurned
                    ? try await SubtitledCopy.burn(text, into: media, at: output)
                    : try await SubtitledCopy.embed(text, language: language, into: media, at: output)
            }
            made.append(output)
        }
        return made
    }
}
