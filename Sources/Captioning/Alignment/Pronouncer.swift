internal import AudioCore
internal import Platform
internal import Synchronization

/// Finds out how units are said, by espeak-ng, and remembers it.
final class Pronouncer: Sendable {
    /// How a unit is asked for.
    struct Reading: Hashable, Sendable {
        let voice: String
        let text: String
    }

    private let programs: HelperPrograms
    private let known = Mutex<[Reading: [String]]>([:])
    private static let mostKnown = 50_000

    init(_ programs: HelperPrograms) { self.programs = programs }

    /// The phones of each unit; an empty list for one that nobody can say, nil when nobody is there to ask.
    ///
    /// - Throws: `cancelled` alone.
    func phones(of units: [TextUnit], language: String?) async throws(AudioError) -> [[String]]? {
        let readings = Self.readings(of: units, language: language)
        // Kept here too, since another clip may make room in what is remembered.
        var answers = known.withLock { known in
            Dictionary(
                uniqueKeysWithValues: Set(readings).compactMap { reading in known[reading].map { (reading, $0) } })
        }
        for voice in Set(readings.map(\.voice)).sorted() {
            let missing = Set(readings.filter { $0.voice == voice && answers[$0] == nil }.map(\.text)).sorted()
            guard let learnt = try await learn(missing, voice) else { return nil }
            answers.merge(learnt) { $1 }
        }
        remember(answers)
        return readings.map { answers[$0] ?? [] }
    }

    /// Asks for several texts at once: each is a paragraph, which is answered by a line.
    private func learn(_ texts: [String], _ voice: String) async throws(AudioError) -> [Reading: [String]]? {
        guard !texts.isEmpty else { return [:] }
        guard let answer = try await ask(texts, voice) else { return nil }
        var lines = answer
        if lines.count != texts.count {
            // One of them has made several lines: each is asked for by itself.
            lines = []
            for text in texts {
                guard let answer = try await ask([text], voice) else { return nil }
                lines.append(answer.joined(separator: " "))
            }
        }
        let table = voice == Self.mandarin ? PhoneTable.mandarin : .general
        let answers = zip(texts, lines).map { (Reading(voice: voice, text: $0), table.phones(of: $1)) }
        return Dictionary(uniqueKeysWithValues: answers)
    }

    private func remember(_ answers: [Reading: [String]]) {
        known.withLock { known in
            if known.count > Self.mostKnown { known = [:] }
            known.merge(answers) { $1 }
        }
    }

    private func ask(_ texts: [String], _ voice: String) async throws(AudioError) -> [String]? {
        let paragraphs = texts.joined(separator: "\n\n") + "\n"
        guard let file = try? TemporaryFile.holding(Array(paragraphs.utf8).span, suffix: ".txt") else { return nil }
        let arguments = ["-q", "--ipa", "-v", voice, "-f", file.path]
        let output = try await programs.output(of: .espeak, arguments, within: .seconds(20))
        _ = consume file
        guard let output else { return nil }
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Characters of Mandarin, which the voice `cmn` of espeak-ng 1.51 reads as names of letters.
    static let mandarin = "cmn-latn-pinyin"

    /// In which voice each unit is asked for: digits in the language around them.
    static func readings(of units: [TextUnit], language: String?) -> [Reading] {
        let han = language?.hasPrefix("yue") == true ? "yue" : mandarin
        let isHan = units.contains { $0.script == .han } && !units.contains { $0.script == .kana }
        let letters = voice(forLettersOf: language)
        return units.map { unit in
            let voice =
                switch unit.script {
                case .han: isHan ? han : "ja"
                case .kana: "ja"
                case .hangul: "ko"
                case .digits: isHan ? han : letters
                case .letters: letters
                }
            return Reading(voice: voice, text: unit.spoken)
        }
    }

    /// Letters among characters are most often English.
    private static func voice(forLettersOf language: String?) -> String {
        let tag = (language ?? "en").lowercased().replacing("_", with: "-")
        let isPlain = tag.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || $0 == "-") }
        let others = ["en", "zh", "cmn", "yue", "ja", "ko"]
        guard isPlain, let main = tag.split(separator: "-").first, !others.contains(String(main)) else {
            return "en-us"
        }
        return tag
    }
}
