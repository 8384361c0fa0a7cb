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
    func places(in sound: [Float], by recognizer: Recognizer) async throws(AudioError) -> [Place]? {
        guard let model = RecognizerModel.folder, (1..<10_000).contains(phones.count),
            let silence = try await recognizer.silenceOptions()
        else { return nil }
        var bytes: [UInt8] = []
        PCMEncoder(.signed16).encode(sound.span, appendingTo: &bytes)
        guard let file = try? TemporaryFile.holding(bytes.span, suffix: ".raw"),
            let files = RecognizerFiles(sound: file.path, dictionary: dictionaryText, order: .grammar(grammarText))
        else { return nil }
        let arguments = Self.options + ["-hmm", model] + files.arguments + silence
        let isDone = try await recognizer.run(arguments, seconds: Double(sound.count) / Double(VoiceFrame.rate))
        let line = files.takeResult()
        _ = consume file
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
            "-maxhmmpf", "-1", "-silprob", "1", "-fillprob", "0.1", "-topn", "8",
        ]
}

// MARK: - Silence that is too deep

extension ForcedAlignment {
    /// The sound with quiet noise in it, when it has none: digital silence is not what the recognizer's model calls silence.
    static func withFloor(_ samples: [Float]) -> [Float] {
        let frames = stride(from: 0, to: samples.count - 159, by: 160).map { begin in
            samples[begin..<begin + 160].reduce(0) { $0 + Double($1 * $1) } / 160
        }.sorted()
        guard let loudest = frames.last, loudest > 0 else { return samples }
        let loud = frames.suffix((frames.count + 1) / 2)
        let level = loud.reduce(0, +) / Double(loud.count)
        guard frames[frames.count / 10] < level * 3e-6 else { return samples }
        // 40 dB below the speech, and the same in every run.
        let most = Float((level * 1e-4 * 3).squareRoot())
        var state: UInt32 = 1
        return samples.map { sample in
            state = state &* 1_664_525 &+ 1_013_904_223
            return sample + most * (Float(state >> 8) / Float(1 << 23) - 1)
        }
    }
}

// MARK: - What the recognizer writes

extension ForcedAlignment {
    /// The places in a line of the recognizer; nil when it cannot be right.
    func places(inLine line: String, frameCount: Int) -> [Place]? {
        guard let words = RecognizerLine(line, frameCount: frameCount)?.words else { return nil }
        var places: [Place] = []
        for word in words where word.text.hasPrefix("w") {
            // They come in order, and none is left out, or something is wrong.
            guard Int(word.text.dropFirst().prefix { $0.isNumber }) == places.count else { return nil }
            places.append(Place(frames: word.frames, score: word.score / Double(max(word.frames.count, 1))))
        }
        return places.count == phones.count ? places : nil
    }
}
