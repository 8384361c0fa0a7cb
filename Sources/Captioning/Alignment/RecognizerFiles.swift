internal import Platform

/// What the recognizer reads and writes beside the sound, in files that go away.
struct RecognizerFiles: ~Copyable {
    private let dictionary: TemporaryFile
    private let model: TemporaryFile
    private let control: TemporaryFile
    private let result: TemporaryFile
    private let options: [String]

    /// How the words of a model follow each other.
    enum Order {
        /// One after the other: a grammar.
        case grammar(String)
        /// As likely as they are: trigrams.
        case trigrams(String)
    }

    /// Frames of the sound, and the name by which their line is known.
    struct Part {
        let name: String
        let frames: Range<Int>
    }

    /// Writes them for the samples (16 bits) in a file, all of it or parts; nil when there is no room.
    init?(sound path: String, parts: [Part]? = nil, dictionary: String, order: Order) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let name = path[slash...].dropFirst()
        let stem = name.prefix { $0 != "." }
        let lines =
            parts.map { $0.map { "\(stem) \($0.frames.lowerBound) \($0.frames.upperBound) \($0.name)" } } ?? ["\(stem)"]
        let (option, text) =
            switch order {
            case .grammar(let text): ("-fsg", text)
            case .trigrams(let text): ("-lm", text)
            }
        guard let dictionary = try? TemporaryFile.holding(Array(dictionary.utf8).span, suffix: ".dict"),
            let model = try? TemporaryFile.holding(Array(text.utf8).span, suffix: ".model"),
            let control = try? TemporaryFile.holding(
                Array((lines.joined(separator: "\n") + "\n").utf8).span, suffix: ".ctl"),
            let result = try? TemporaryFile(suffix: ".seg")
        else { return nil }
        options = [
            "-adcin", "yes", "-adchdr", "0", "-cepdir", String(path[..<slash]), "-cepext",
            String(name.dropFirst(stem.count)),
            "-dict", dictionary.path, option, model.path, "-ctl", control.path, "-hypseg", result.path, "-bestpath",
            "no",
            "-cmn", "batch", "-logfn", "/dev/null",
        ]
        self.dictionary = dictionary
        self.model = model
        self.control = control
        self.result = result
    }

    /// Where they are, and what is in them.
    var arguments: [String] { options }

    /// What was written, after which all files are gone.
    consuming func takeResult() -> String {
        String(decoding: (try? OpenFile.contents(of: result.path, limit: 64 << 20)) ?? [], as: UTF8.self)
    }
}
