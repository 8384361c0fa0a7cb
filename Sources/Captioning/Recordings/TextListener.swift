internal import AudioCore
internal import Platform

/// Hears the words of a known text in a recording, to know roughly where in it each part of the text is said.
struct TextListener {
    private let model: TextModel
    private let recognizer: Recognizer
    private let folder: String
    private let silence: [String]

    /// A word that was heard, by its token.
    struct Heard: Equatable {
        let token: String
        /// Seconds from the beginning of the recording.
        let start: Double
        let end: Double
    }

    /// Prepares for a text by the phones of its units; nil when there is no recognizer.
    ///
    /// - Throws: `cancelled` alone.
    init?(_ phones: [[String]], by recognizer: Recognizer) async throws(AudioError) {
        guard let folder = RecognizerModel.folder, let silence = try await recognizer.silenceOptions() else {
            return nil
        }
        model = TextModel(phones)
        guard !model.dictionary.isEmpty else { return nil }
        self.recognizer = recognizer
        self.folder = folder
        self.silence = silence
    }

    /// A token for each unit of the text; nothing for one that cannot be heard.
    var tokens: [String] { model.tokens }

    /// How many frames one run hears: reading the model costs as much as some seconds of sound.
    private static let framesOfRun = 60_000

    /// What is heard in some sections; nil when the recognizer failed.
    ///
    /// - Throws: `cancelled`, and what is wrong with the sound's file.
    func hear(
        _ sections: [SpeechSection], in sound: SpooledSound, noting done: (Double) -> Void
    ) async throws(AudioError) -> [Heard]? {
        let runs = Self.runs(of: sections)
        let heard = try await sideBySide(
            runs.count, { index async throws(AudioError) in try await hear(runs[index], in: sound) },
            noting: { done(Double($0) / Double(runs.count)) })
        return heard.contains { $0 == nil } ? nil : heard.flatMap { $0 ?? [] }
    }

    /// Sections that are heard in one run.
    private static func runs(of sections: [SpeechSection]) -> [[SpeechSection]] {
        var runs: [[SpeechSection]] = []
        var frames = framesOfRun
        for section in sections {
            if frames >= framesOfRun {
                runs.append([])
                frames = 0
            }
            runs[runs.count - 1].append(section)
            frames += section.end.frames - section.start.frames
        }
        return runs
    }

    private func hear(_ sections: [SpeechSection], in sound: SpooledSound) async throws(AudioError) -> [Heard]? {
        let parts = sections.enumerated().map { index, section in
            RecognizerFiles.Part(name: "s\(index)", frames: section.start.frames..<section.end.frames)
        }
        guard
            let files = RecognizerFiles(
                sound: sound.path, parts: parts, dictionary: model.dictionary, order: .trigrams(model.trigrams))
        else { return nil }
        let seconds = parts.reduce(0) { $0 + Double($1.frames.count) / Double(VoiceFrame.perSecond) }
        let arguments = ["-hmm", folder, "-fwdflat", "no"] + files.arguments + silence
        guard try await recognizer.run(arguments, seconds: seconds) else { return nil }
        return Self.heard(inLines: files.takeResult(), parts)
    }

    /// Reads a line for each part; what cannot be right was not heard.
    static func heard(inLines text: String, _ parts: [RecognizerFiles.Part]) -> [Heard] {
        let numbers = Dictionary(uniqueKeysWithValues: parts.enumerated().map { ($0.element.name, $0.offset) })
        var heard = parts.map { _ in [Heard]() }
        for text in text.split(separator: "\n") {
            guard let name = text.split(separator: " ").first, let number = numbers[String(name)],
                let line = RecognizerLine(text, frameCount: parts[number].frames.count)
            else { continue }
            let begin = parts[number].frames.lowerBound
            func seconds(_ frame: Int) -> Double { Double(begin + frame) / Double(VoiceFrame.perSecond) }
            heard[number] = line.words.filter { $0.text.hasPrefix("t") }.map { word in
                Heard(
                    token: String(word.text.prefix { $0 != "(" }), start: seconds(word.frames.lowerBound),
                    end: seconds(word.frames.upperBound))
            }
        }
        return heard.flatMap { $0 }
    }
}
