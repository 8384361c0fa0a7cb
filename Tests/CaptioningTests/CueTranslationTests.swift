import Jobs
import Speech
import Subtitles
import Synchronization
import TestSupport
import Testing

@testable import Captioning

/// A translator that shouts, and counts badly as often as it is told.
private final class ShoutingTranslator: Translator {
    let translationLimits = EngineLimits(concurrentRequests: 1)
    private let asked = Mutex<[TranslationRequest]>([])
    private let answer: @Sendable (TranslationRequest, Int) -> [String]

    init(_ answer: @escaping @Sendable (TranslationRequest, Int) -> [String] = { request, _ in shout(request) }) {
        self.answer = answer
    }

    static func shout(_ request: TranslationRequest) -> [String] { request.lines.map { $0.uppercased() } }

    var requests: [TranslationRequest] { asked.withLock { $0 } }

    func translate(_ request: TranslationRequest) async throws(RemoteError) -> [String] {
        let number = asked.withLock { asked in
            asked.append(request)
            return asked.count
        }
        return answer(request, number)
    }
}

struct CueTranslationTests {
    private static func cues(_ count: Int) -> [Cue] {
        (0..<count).map { Cue(start: .seconds($0 * 3), end: .seconds($0 * 3 + 2), lines: ["line \($0)", "goes on"]) }
    }

    private static func translation(
        _ translator: ShoutingTranslator, keepsOriginal: Bool = false
    ) -> CueTranslation {
        CueTranslation(by: translator, to: "en", rules: LayoutRules(language: "en"), keepsOriginal: keepsOriginal)
    }

    @Test func `every cue keeps its time and gets a text of its own, with what is said around it told`() async throws {
        let translator = ShoutingTranslator()
        let translated = try await Self.translation(translator).translate(Self.cues(40))
        #expect(translated.map(\.start) == Self.cues(40).map(\.start))
        #expect(translated.map(\.end) == Self.cues(40).map(\.end))
        #expect(translated.map(\.text) == (0..<40).map { "LINE \($0) GOES ON" })
        let requests = translator.requests
        #expect(requests.map(\.lines.count) == [16, 16, 8])
        #expect(requests[1].before == ["line 13 goes on", "line 14 goes on", "line 15 goes on"])
        #expect(requests[0].after.first == "line 16 goes on" && requests[2].after.isEmpty)
    }

    @Test func `lines that are missing are asked for again, then in halves`() async throws {
        // Whatever is longer than three lines comes one line short.
        let translator = ShoutingTranslator { request, _ in
            let lines = request.lines.map { $0.uppercased() }
            return lines.count > 3 ? Array(lines.dropLast()) : lines
        }
        let translated = try await Self.translation(translator).translate(Self.cues(10))
        #expect(translated.map(\.text) == (0..<10).map { "LINE \($0) GOES ON" })
        #expect(translator.requests.prefix(2).map(\.lines.count) == [10, 10])
        let once = ShoutingTranslator { request, number in
            number == 1 ? [] : request.lines.map { $0.uppercased() }
        }
        #expect(try await Self.translation(once).translate(Self.cues(5)).last?.text == "LINE 4 GOES ON")
        #expect(once.requests.count == 2)
    }

    @Test func `what a translator refuses stays as it was said`() async throws {
        struct Refusing: Translator {
            let translationLimits = EngineLimits(concurrentRequests: 1)

            func translate(_ request: TranslationRequest) async throws(RemoteError) -> [String] {
                guard !request.lines.contains(where: { $0.contains("line 2") }) else {
                    throw RemoteError(.contentRefused, "no")
                }
                return request.lines.map { $0.uppercased() }
            }
        }
        let translation = CueTranslation(by: Refusing(), to: "en", rules: LayoutRules(language: "en"))
        let texts = try await translation.translate(Self.cues(4)).map(\.text)
        #expect(texts == ["LINE 0 GOES ON", "LINE 1 GOES ON", "line 2 goes on", "LINE 3 GOES ON"])
    }

    @Test func `what has no letters is a line too, and what is missing is counted`() async throws {
        let dots = ShoutingTranslator { request, _ in request.lines.map { _ in "……" } }
        #expect(try await Self.translation(dots).translate(Self.cues(2)).map(\.text) == ["……", "……"])
        let both = try await Self.translation(dots, keepsOriginal: true).translate(Self.cues(1))
        #expect(both[0].lines.map(\.text) == ["……", "line 0 goes on"])
        let silent = CueTranslationStream(
            Self.translation(ShoutingTranslator { request, _ in request.lines.map { $0.contains("1") ? " " : "x" } }),
            journal: nil, identity: [])
        let texts = try await (silent.add(Self.cues(3)) + silent.finish()).map(\.text)
        #expect(texts == ["x", "line 1 goes on", "x"] && silent.missing == 1)
    }

    @Test func `a line that comes as two is one`() async throws {
        let translator = ShoutingTranslator { _, _ in ["one", "two"] }
        #expect(try await Self.translation(translator).translate(Self.cues(1)).map(\.text) == ["one two"])
    }

    @Test func `two languages have a line each, and long lines are divided`() async throws {
        let both = try await Self.translation(ShoutingTranslator(), keepsOriginal: true).translate(Self.cues(1))
        #expect(both[0].lines.map(\.text) == ["LINE 0 GOES ON", "line 0 goes on"])
        let long = ShoutingTranslator { _, _ in ["this is a line that does not fit into one, but well into two of them"]
        }
        let wide = ShoutingTranslator { _, _ in ["这是一行放不进屏幕的中文字幕，因为它实在是太长了"] }
        let chinese = CueTranslation(
            by: wide, to: "zh", rules: LayoutRules(language: "zh"), keepsOriginal: true)
        let lines = try await chinese.translate(Self.cues(1))[0].lines.map(\.text)
        #expect(lines == ["这是一行放不进屏幕的中文字幕，", "因为它实在是太长了", "line 0 goes on"])
        let divided = try await Self.translation(long).translate(Self.cues(1))
        #expect(
            divided[0].lines.map(\.text) == ["this is a line that does not fit into one,", "but well into two of them"])
        let endless = ShoutingTranslator { _, _ in [String(repeating: "word ", count: 40)] }
        #expect(try await Self.translation(endless).translate(Self.cues(1))[0].lines.count == 2)
    }

    @Test func `what was translated is not asked for again`() async throws {
        let folder = ScratchFolder()
        let (first, second) = (ShoutingTranslator(), ShoutingTranslator())
        for translator in [first, second] {
            let journal = try Journal(beside: folder.file("out.srt"))
            let stream = CueTranslationStream(Self.translation(translator), journal: journal, identity: ["x"])
            var translated: [Cue] = []
            // However the cues come, the windows are the same.
            let cues = Self.cues(20)
            let cut = translator === first ? 7 : 19
            translated += try await stream.add(Array(cues[..<cut]))
            translated += try await stream.add(Array(cues[cut...]))
            translated += try await stream.finish()
            #expect(translated.count == 20)
            journal.release()
        }
        #expect(first.requests.count == 2 && second.requests.isEmpty)
        try Journal(beside: folder.file("out.srt")).remove()
    }
}
