internal import Jobs
public import Speech
public import Subtitles

/// Translates cues: each keeps its time, and gets a text of its own.
public struct CueTranslation: Sendable {
    let translator: any Translator
    private let language: String
    private let rules: LayoutRules
    private let keepsOriginal: Bool

    /// How many cues are translated at once, and how many around them are told.
    static let (window, around) = (16, 3)

    /// Makes a translation into a language, with the original below it where that is wanted.
    public init(by translator: any Translator, to language: String, rules: LayoutRules, keepsOriginal: Bool = false) {
        self.translator = translator
        self.language = language
        self.rules = rules
        self.keepsOriginal = keepsOriginal
    }

    /// Translates cues that follow each other.
    public func translate(_ cues: [Cue]) async throws(RemoteError) -> [Cue] {
        let stream = CueTranslationStream(self, journal: nil, identity: [])
        return try await stream.add(cues) + stream.finish()
    }

    /// The cues with their translations.
    func translate(
        _ cues: [Cue], before: [Cue], after: [Cue], journal: Journal?, identity: [String]
    ) async throws(RemoteError) -> [Cue] {
        let request = TranslationRequest(
            cues.map(\.text), to: language, before: before.map(\.text), after: after.map(\.text))
        let key = JobKey(
            ["translated", language] + identity + ["\(before.count)"] + request.before + request.lines + request.after,
            [UInt8]().span)
        let lines: [String]
        if let known: [String] = journal?.value(for: key), known.count == cues.count {
            lines = known
        } else {
            lines = try await self.lines(request)
            try journal?.keep(lines, for: key)
        }
        return zip(cues, lines).map { shown($0, as: $1) }
    }

    /// As many lines as were asked for: asked again when there are others, then in halves.
    private func lines(_ request: TranslationRequest) async throws(RemoteError) -> [String] {
        var last: [String] = []
        for _ in 0..<2 {
            last = try await answer(request)
            let isWhole = zip(last, request.lines).allSatisfy { !$0.isEmpty || $1.isEmpty }
            if last.count == request.lines.count, isWhole { return last }
        }
        guard request.lines.count > 1 else {
            // What nobody translates stays as it was said.
            let joined = last.joined(separator: " ")
            return joined.isEmpty ? request.lines : [joined]
        }
        let half = request.lines.count / 2
        var (first, second) = (request, request)
        first.lines = Array(request.lines[..<half])
        second.lines = Array(request.lines[half...])
        first.after = Array((second.lines + request.after).prefix(Self.around))
        second.before = Array((request.before + first.lines).suffix(Self.around))
        return try await lines(first) + lines(second)
    }

    /// What the engine answers; nothing where it refuses these very lines.
    private func answer(_ request: TranslationRequest) async throws(RemoteError) -> [String] {
        do throws(RemoteError) {
            return try await translator.translate(request)
        } catch {
            guard [.contentRefused, .malformedAnswer].contains(error.code) else { throw error }
            return []
        }
    }

    /// Two languages have a line each, a wide one rather than two; a picture has room for a third more than is read at once.
    private func lines(of words: [TimedWord]) -> [String] {
        guard keepsOriginal else { return rules.lines(of: words) }
        let line = words.written
        return rules.columns(of: line) <= rules.columns * 4 / 3 ? [line] : rules.lines(of: words)
    }

    private func shown(_ cue: Cue, as text: String) -> Cue {
        var translated = cue
        let words = TextUnit.units(of: text).map { unit in
            TimedWord(text: unit.text, start: .zero, end: .zero, joinsNext: unit.space == .none)
        }
        translated.lines = lines(of: words).map { StyledLine($0) }
        if keepsOriginal { translated.lines.append(StyledLine(cue.text)) }
        translated.words = []
        return translated
    }
}
