internal import AudioCore

/// How an answer in sound and words is told while it comes, and at its end.
struct AnswerTalk {
    /// Where the sound goes.
    let path: String
    let isQuiet: Bool
    let printsJSON: Bool

    /// The words go where data goes as they come, unless the sound or an object is to be there.
    func tell(_ words: String) throws(CommandError) {
        if !printsJSON && path != "-" { try Terminal.printWhileRead(words) }
    }

    /// Says something beside the answer.
    func note(_ text: String) {
        if !isQuiet && !printsJSON { Terminal.say(text) }
    }

    /// Ends the sound and returns how long it is.
    func end(_ writer: consuming SpeechWriter) throws(CommandError) -> MediaTime {
        let length: MediaTime?
        do throws(AudioError) { length = try writer.finish() } catch { throw CommandError(error) }
        guard let length else { throw CommandError(.serviceFailed, "the answer has no sound", hint: "try again") }
        return length
    }

    /// Tells all of it, or what has not been told; the last line may have ended already.
    func finish(
        _ answer: some Encodable, words: String, _ length: MediaTime, lineIsOpen: Bool = true
    ) throws(CommandError) {
        if printsJSON {
            return path == "-" ? Terminal.say(Terminal.json(answer)) : try Terminal.print(Terminal.json(answer))
        }
        guard path != "-" else {
            if !isQuiet { Terminal.say(words) }
            return
        }
        if lineIsOpen { try Terminal.printWhileRead("\n") }
        if !isQuiet { Terminal.say("\(path): \(length)") }
    }
}
