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

    /// Cues with their translations, and how many have none.
    struct Translated: Sendable {
        var cues: [Cue]
        var missing = 0
    }

    func translate(
        _ cues: [Cue], before: [Cue], after: [Cue], journal: Journal?, identity: [String]
    ) async throws(RemoteError) -> Translated {
        let request = TranslationRequest(
            cues.map(\.text), to: language, before: before.map(\.text), after: after.map(\.text))
        let key = JobKey(
            ["translated", language] + identity + ["\(before.count)"] + request.before + request.lines + request.after,
            [UInt8]().span)
        if let known: [String] = journal?.value(for: key), known.count == cues.count {
            return Translated(cues: zip(cues, known).map { shown($0, as: $1) })
        }
        let lines = try await self.lines(request)
        let whole = lines.compactMap(\.self)
        // What is missing may be had another time.
        if whole.count == lines.count { try journal?.keep(whole, for: key) }
        // What nobody translates stays as it was said.
        let translated = zip(cues, lines).map { cue, line in line.map { shown(cue, as: $0) } ?? cue }
        return Translated(cues: translated, missing: lines.count - whole.count)
    }

    /// A line for each that was asked for: asked again when there are others, then in halves; nil where there is none.
    private func lines(_ request: TranslationRequest) async throws(RemoteError) -> [String?] {
        var last: [String] = []
        for _ in 0..<2 {
            last = try await answer(request)
            let isWhole = zip(last, request.lines).allSatisfy { !$0.isBlank || $1.isBlank }
            if last.count == request.lines.count, isWhole { return last }
        }
        guard request.lines.count > 1 else {
            let joined = last.joined(separator: " ")
            return [joined.isBlank ? nil : joined]
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

    private func shown(_ cue: Cue, as text: String) -> Cue {
        var translated = cue
        translated.lines = lines(of: text).map { StyledLine($0) }
        if keepsOriginal { translated.lines.append(StyledLine(cue.text)) }
        translated.words = []
        return translated
    }

    /// Two languages have a line each, a wide one rather than two.
    private func lines(of text: String) -> [String] {
        let words = TextUnit.units(of: text).map { unit in
            TimedWord(text: unit.text, start: .zero, end: .zero, joinsNext: unit.space == .none)
        }
        // What has no letters, such as ‘……’, is shown as it is.
        guard !words.isEmpty, !keepsOriginal || rules.columns(of: text) > rules.columnsBesideAnother else {
            return [text]
        }
        return rules.lines(of: words)
    }
}

extension String {
    fileprivate var isBlank: Bool { allSatisfy(\.isWhitespace) }
}
