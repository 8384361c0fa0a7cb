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

    /// The arguments to hear a WAVE file of 16 kHz.
    func arguments(for path: String) -> [String] {
        switch self {
        case .lines: ["-infile", path, "-time", "yes", "-logfn", "/dev/null"]
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
}

/// Makes utterances of what a recognizer writes, line by line.
protocol UtteranceReader {
    /// Reads a line and returns the utterance that it completes.
    mutating func read(_ line: Substring) throws(RemoteError) -> Utterance?
    /// Returns the utterance that the end completes.
    mutating func finish() -> Utterance?
}
