internal import Platform
internal import Speech

/// Which recognizer there is, and how it is asked.
enum Recognizer: Sendable {
    /// `pocketsphinx_continuous` of 0.8: a line of text, then a line for each word.
    case lines
    /// `pocketsphinx` of version 5: an object of JSON for each stretch of speech.
    case objects

    /// The one that is installed; the older when there is none, since Debian has it.
    static var installed: Recognizer {
        !OfflineProgram.sphinx.isInstalled && OfflineProgram.sphinx5.isInstalled ? .objects : .lines
    }

    var program: OfflineProgram {
        switch self {
        case .lines: .sphinx
        case .objects: .sphinx5
        }
    }

    /// The arguments to hear samples of 16 kHz.
    ///
    /// Where it divides a recording at silence, 0.8 tells times that are seconds off when the recording begins with speech; a
    /// short one is heard as a whole.
    func arguments(for path: String, asWhole isShort: Bool) -> [String] {
        switch self {
        case .lines:
            ["-infile", path, "-time", "yes", "-logfn", "/dev/null"] + (isShort ? ["-remove_silence", "no"] : [])
        case .objects: ["-loglevel", "FATAL", "live", path]
        }
    }

    func makeReader() -> any UtteranceReader {
        switch self {
        case .lines: WordLines()
        case .objects: WordObjects()
        }
    }
}

/// What was said without a pause.
struct Utterance: Equatable, Sendable {
    var text: String
    var words: [Transcript.Span]

    /// The longest pause within one.
    private static let pause = Duration.milliseconds(800)

    /// The parts between pauses; the whole where the text has other words than those with times.
    var parts: [Utterance] {
        guard text.split(separator: " ").map(String.init) == words.map(\.text) else { return [self] }
        var parts: [Utterance] = []
        for word in words {
            if let last = parts.last?.words.last, word.start - last.end < Self.pause {
                parts[parts.count - 1].words.append(word)
                parts[parts.count - 1].text += " " + word.text
            } else {
                parts.append(Utterance(text: word.text, words: [word]))
            }
        }
        return parts
    }
}

/// Makes utterances of what a recognizer writes, line by line.
protocol UtteranceReader {
    /// Reads a line and returns the utterance that it completes.
    mutating func read(_ line: Substring) throws(RemoteError) -> Utterance?
    /// Returns the utterance that the end completes.
    mutating func finish() -> Utterance?
}
