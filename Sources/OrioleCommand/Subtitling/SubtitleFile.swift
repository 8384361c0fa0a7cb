internal import AudioCore
internal import Platform
internal import Subtitles

/// One file of subtitles while it is written: cue by cue, under a hidden name until it is whole.
final class SubtitleFile {
    let format: SubtitleFormat
    private var writer: CueWriter
    private var file: Optional<OutputFile>
    private let isPrinted: Bool

    /// Begins a file in the folder of its job, or prints it where there is none.
    init(_ format: SubtitleFormat, in folder: String?, language: String?, showsWords: Bool) throws(CommandError) {
        self.format = format
        writer = CueWriter(format, language: language, showsWords: showsWords)
        isPrinted = folder == nil
        do throws(SystemError) {
            file = try folder.map { folder throws(SystemError) in try OutputFile("\(folder)/\(format.rawValue)") }
        } catch {
            throw CommandError(AudioError(error))
        }
        try write(writer.begin())
    }

    func add(_ cues: [Cue]) throws(CommandError) {
        for cue in cues { try write(writer.add(cue)) }
    }

    /// Ends the file and gives it its name.
    func finish(_ track: Track, as path: String) throws(CommandError) {
        try write(writer.finish(track))
        guard let whole = file.take() else { return }
        do throws(SystemError) { try whole.commit(as: path) } catch { throw CommandError(AudioError(error)) }
    }

    private func write(_ text: String) throws(CommandError) {
        guard !text.isEmpty else { return }
        guard !isPrinted else { return try Terminal.write(text) }
        let bytes = Array(text.utf8)
        do throws(SystemError) { try file?.write(bytes.span) } catch { throw CommandError(AudioError(error)) }
    }
}
