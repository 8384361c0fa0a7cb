internal import AudioCore
internal import Platform

/// Aligns units to their sound with the recognizer: a grammar of these units alone, in this order, and no pruning.
///
/// Each unit is a word of its own (`w0000`, `w0001`, …), so that repeated words need no care. Silence and noise between them
/// are the recognizer's own. What was tried and measured is in decision 11.
struct ForcedAlignment {
    /// A unit's place, in frames of 10 ms, and how well the sound fits it.
    struct Place: Equatable {
        var frames: Range<Int>
        /// The logarithm of the likelihood, for each frame.
        let score: Double
    }

    private let phones: [[String]]

    /// Prepares units by their phones; one that nobody can say is silence.
    init(_ phones: [[String]]) { self.phones = phones.map { $0.isEmpty ? ["SIL"] : $0 } }

    /// The places of all units; nil when they cannot be found.
    ///
    /// - Throws: `cancelled` alone.
    func places(in sound: [Int16], by recognizer: Recognizer) async throws(AudioError) -> [Place]? {
        guard let model = RecognizerModel.folder, (1..<10_000).contains(phones.count),
            let silence = try await recognizer.silenceOptions()
        else { return nil }
        guard let files = AlignmentFiles(sound, dictionary: dictionaryText, grammar: grammarText) else { return nil }
        let arguments = Self.options + ["-hmm", model] + files.arguments + silence
        let isDone = try await recognizer.run(arguments, seconds: Double(sound.count) / Double(VoiceFrame.rate))
        let line = files.takeResult()
        return isDone ? places(inLine: line, frameCount: sound.count / 160) : nil
    }

    private var dictionaryText: String {
        phones.enumerated().map { "\(Self.name($0.offset)) \($0.element.joined(separator: " "))\n" }.joined()
    }

    private var grammarText: String {
        let count = phones.count
        let steps = (0..<count).map { "TRANSITION \($0) \($0 + 1) 1.0 \(Self.name($0))\n" }.joined()
        return "FSG_BEGIN a\nNUM_STATES \(count + 1)\nSTART_STATE 0\nFINAL_STATE \(count)\n\(steps)FSG_END\n"
    }

    private static func name(_ index: Int) -> String { "w" + String(10_000 + index).dropFirst() }

    /// Full search: pruned, it loses whole clips in noise.
    private static let options =
        ["-beam", "-wbeam", "-pbeam", "-lpbeam", "-lponlybeam"].flatMap { [$0, "0"] } + [
            "-adcin", "yes", "-adchdr", "0", "-cepext", AlignmentFiles.suffix, "-bestpath", "no", "-cmn", "batch",
            "-maxhmmpf", "-1", "-silprob", "1", "-fillprob", "0.1", "-topn", "8", "-logfn", "/dev/null",
        ]
}

// MARK: - What the recognizer writes

extension ForcedAlignment {
    /// Reads `name S n T n A n L n`, then `begin score language word` for each word, and the end of the last.
    func places(inLine line: String, frameCount: Int) -> [Place]? {
        let fields = line.split(whereSeparator: \.isWhitespace)
        guard let label = fields.firstIndex(of: "L"), fields.count > label + 3, let end = Int(fields[fields.count - 1])
        else { return nil }
        var places: [Place] = []
        var index = label + 2
        while index + 4 < fields.count {
            guard let begin = Int(fields[index]), let score = Double(fields[index + 1]) else { return nil }
            let next = index + 4 < fields.count - 1 ? Int(fields[index + 4]) : end
            guard let next, next >= begin, next <= frameCount + 10 else { return nil }
            if fields[index + 3].hasPrefix("w") {
                // They come in order, and none is left out, or something is wrong.
                let number = Int(fields[index + 3].dropFirst().prefix { $0.isNumber })
                guard number == places.count else { return nil }
                places.append(Place(frames: begin..<next, score: score / Double(max(next - begin, 1))))
            }
            index += 4
        }
        return places.count == phones.count ? places : nil
    }
}

/// What the recognizer reads and writes, in files that go away.
private struct AlignmentFiles: ~Copyable {
    private let samples: TemporaryFile
    private let dictionary: TemporaryFile
    private let grammar: TemporaryFile
    private let control: TemporaryFile
    private let result: TemporaryFile

    /// How the name of the samples ends.
    static let suffix = ".raw"

    /// Writes them; nil when there is no room.
    init?(_ sound: [Int16], dictionary: String, grammar: String) {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(sound.count * 2)
        for sample in sound {
            bytes.append(UInt8(truncatingIfNeeded: sample))
            bytes.append(UInt8(truncatingIfNeeded: sample >> 8))
        }
        guard let samples = TemporaryFile(suffix: Self.suffix, holding: bytes),
            let dictionary = TemporaryFile(suffix: ".dict", holding: Array(dictionary.utf8)),
            let grammar = TemporaryFile(suffix: ".fsg", holding: Array(grammar.utf8)),
            let control = TemporaryFile(
                suffix: ".ctl", holding: Array((Self.parts(of: samples.path).name + "\n").utf8)),
            let result = TemporaryFile(suffix: ".seg", holding: [])
        else { return nil }
        self.samples = samples
        self.dictionary = dictionary
        self.grammar = grammar
        self.control = control
        self.result = result
    }

    /// Where they are.
    var arguments: [String] {
        [
            "-cepdir", Self.parts(of: samples.path).folder, "-dict", dictionary.path, "-fsg", grammar.path, "-ctl",
            control.path, "-hypseg", result.path,
        ]
    }

    /// What was written, after which all files are gone.
    consuming func takeResult() -> String {
        String(decoding: (try? OpenFile.contents(of: result.path, limit: 1 << 20)) ?? [], as: UTF8.self)
    }

    /// The folder of a path, and the name in it without its ending.
    private static func parts(of path: String) -> (folder: String, name: String) {
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        return (String(path[..<slash]), String(path[slash...].dropFirst().prefix { $0 != "." }))
    }
}
