import AudioCore
import Speech
import Synchronization
import TestSupport
import Testing

@testable import Audiobooks

@Suite(.neverHangs) struct NarrationTests {
    private static let text = [
        Paragraph(.heading(level: 1), "The first chapter"),
        Paragraph(.text, "It was a dark and stormy night. The rain fell in torrents, and nobody saw it. She waited."),
        Paragraph(.text, "今天天气很好，我们去公园散步。他来了！"), .sceneBreak,
        Paragraph(.text, "Another paragraph follows here. It has two sentences."),
    ]

    private static func script(
        _ chapters: Int = 2, _ change: (inout ScriptSettings) -> Void = { _ in }
    ) -> Script {
        var settings = ScriptSettings()
        change(&settings)
        let made = (1...chapters).map { number in
            Chapter(
                title: "Chapter \(number)",
                paragraphs: text + [
                    Paragraph(.text, "This is number \(number) of them, and it goes on for quite a while.")
                ])
        }
        return Script(made, language: "en", settings)
    }

    private static func narrate(
        _ script: Script, by engine: FakeSpeaker, in folder: borrowing ScratchFolder
    ) async throws -> (Narration, Recording) {
        let recording = try Recording(beside: folder.file("book.wav"))
        return (try await recording.narrate(script, by: engine), recording)
    }

    private static func samples(_ narration: Narration, _ recording: Recording) async throws -> [Float] {
        var source = recording.sound(of: narration)
        var samples: [Float] = []
        while let chunk = try await source.next() { samples += chunk.samples }
        return samples
    }

    @Test func `sentences and pauses are the whole, to the sample`() async throws {
        let folder = ScratchFolder()
        let script = Self.script()
        let (narration, recording) = try await Self.narrate(script, by: FakeSpeaker(), in: folder)
        defer { try? recording.remove() }
        #expect(narration.sentences.map(\.text) == script.sentences.map(\.text))
        let samples = try await Self.samples(narration, recording)
        #expect(samples.count == narration.frameCount)
        #expect(narration.pieces.reduce(0) { $0 + $1.frameCount } == narration.frameCount)
        let ends = narration.sentences.map(\.frames)
        #expect(zip(ends, ends.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound })
        // Between sentences there is what the text asks for, and it is silent.
        let pauses = zip(ends, ends.dropFirst()).map { $0.upperBound..<$1.lowerBound }
        #expect(pauses.prefix(4).map(\.count) == [28_800, 9_600, 9_600, 19_200])
        #expect(pauses.allSatisfy { samples[$0].allSatisfy { $0 == 0 } })
        #expect(narration.chapters.map(\.title) == ["Chapter 1", "Chapter 2"])
        #expect(narration.chapters[0].frames.upperBound == narration.chapters[1].frames.lowerBound)
        #expect(narration.faults.isEmpty)
    }

    @Test func `a sentence that was asked for with others is where it is said`() async throws {
        let folder = ScratchFolder()
        let together = try await Self.narrate(Self.script(1), by: FakeSpeaker(), in: folder)
        try together.1.remove()
        let alone = try await Self.narrate(
            Self.script(1) { $0.packsSentences = false }, by: FakeSpeaker(), in: folder)
        try alone.1.remove()
        #expect(together.0.sentences.count == alone.0.sentences.count)
        for (own, other) in zip(together.0.sentences, alone.0.sentences) {
            #expect(abs(own.frames.count - other.frames.count) <= 960, "\(own.text)")
            #expect(!own.isGuessed)
        }
    }

    @Test func `where nobody pauses the end is a guess, and says so`() throws {
        let samples = SpokenTone.samples("aeaeaeaeae") + SpokenTone.samples("banana banana").dropFirst(3_600)
        let edges = SoundEdges([Int16](samples.filter { $0 != 0 }), rate: SpokenTone.rate)
        let parts = try #require(ClipDivision.parts(of: edges, syllables: [1, 6]))
        #expect(parts.map(\.endsInPause) == [false, true])
        #expect(parts[0].frames.upperBound == parts[1].frames.lowerBound)
        #expect(ClipDivision.parts(of: SoundEdges([0, 0, 0], rate: 24_000), syllables: [1]) == nil)
    }

    /// Bursts behind each other without a pause that the text would have.
    private static func joined(_ texts: [String]) -> SoundEdges {
        let samples = texts.map { text in
            let edges = SoundEdges(SpokenTone.samples(text), rate: SpokenTone.rate)
            return SpokenTone.samples(text)[edges.frames(edges.steps?.lowerBound ?? 0, edges.steps?.upperBound ?? 0)]
        }
        return SoundEdges([Int16](samples.joined()), rate: SpokenTone.rate)
    }

    @Test func `where one pause is missing, the others tell where the rest is`() throws {
        let counts = [8, 7, 9, 6]
        let sentence = { (count: Int) in String(repeating: "ba ", count: count).dropLast() + "." }
        let together = "\(sentence(8)) \(sentence(7))"
        // Nobody pauses between the third and the fourth.
        let edges = Self.joined([together + " " + sentence(9), String(sentence(6))])
        let parts = try #require(ClipDivision.parts(of: edges, syllables: counts.map(Double.init)))
        #expect(parts.map(\.endsInPause) == [true, true, false, true])
        for (part, count) in zip(parts, counts) {
            let seconds = Double(part.frames.count) / Double(SpokenTone.rate)
            #expect(abs(seconds - Double(count) * SpokenTone.syllable) < 0.25, "\(count)")
        }
        #expect(parts[2].frames.upperBound == parts[3].frames.lowerBound)
    }

    @Test func `a pause inside a sentence is no end where none belongs`() throws {
        // A long pause behind the second syllable, and none where the first sentence ends.
        let edges = Self.joined(["ba ba. ba ba ba ba ba ba ba ba", "ba ba ba ba ba ba ba ba ba ba"])
        let parts = try #require(ClipDivision.parts(of: edges, syllables: [10, 10]))
        #expect(parts.map(\.endsInPause) == [false, true])
        #expect(abs(Double(parts[1].frames.count) / Double(SpokenTone.rate) - 1) < 0.25)
    }

    @Test func `sound that goes on does not fade where a sentence is guessed to end`() {
        var narration = Narration(format: PCMFormat(rate: 24_000, channels: 1))
        let script = Self.script(1)
        narration.add(100..<200, 0, of: script, isGuessed: true)
        narration.add(200..<300, 1, of: script, isGuessed: false)
        narration.add(400..<500, 2, of: script, isGuessed: false)
        #expect(narration.pieces == [.sound(100..<300), .sound(400..<500)])
        #expect(narration.sentences.map(\.frames) == [0..<100, 100..<200, 200..<300])
    }

    @Test func `a sentence that nobody says has its place all the same`() async throws {
        let folder = ScratchFolder()
        let silent = try Pronunciations(reading: "Hmm =")
        let chapter = Chapter(
            title: "A",
            paragraphs: [Paragraph(.text, "Hmm. Then she came home."), Paragraph(.text, "He was late. Hmm.")])
        var settings = ScriptSettings()
        settings.pronunciations = silent
        let script = Script([chapter], language: "en", settings)
        let (narration, recording) = try await Self.narrate(script, by: FakeSpeaker(), in: folder)
        try recording.remove()
        #expect(narration.sentences.map(\.text) == ["Hmm.", "Then she came home.", "He was late.", "Hmm."])
        #expect(narration.sentences.map(\.frames.isEmpty) == [true, false, false, true])
        #expect(narration.spoken.map(\.sentences) == [1..<2, 2..<3])
    }

    @Test func `the longest pauses where sentences should end divide a clip`() throws {
        var random = SplitMix64(5)
        for _ in 0..<10 {
            let counts = (0..<4).map { _ in Int.random(in: 3...14, using: &random) }
            let text = counts.map { count in (0..<count).map { $0 % 4 == 3 ? "ba, " : "ba " }.joined() + "." }.joined(
                separator: " ")
            let edges = SoundEdges(SpokenTone.samples(text), rate: SpokenTone.rate)
            let parts = try #require(ClipDivision.parts(of: edges, syllables: counts.map(Double.init)))
            let truth = counts.map { Double($0) * SpokenTone.syllable + Double($0 / 4) * 0.12 }
            for (part, seconds) in zip(parts, truth) {
                #expect(abs(Double(part.frames.count) / 24_000 - seconds) < 0.25, "\(counts)")
            }
        }
    }

    @Test func `requests go out together, up to the limit, and answers come in order`() async throws {
        let folder = ScratchFolder()
        let engine = FakeSpeaker(concurrentRequests: 3)
        let script = Self.script(6)
        let (narration, recording) = try await Self.narrate(script, by: engine, in: folder)
        try recording.remove()
        #expect(narration.sentences.map(\.text) == script.sentences.map(\.text))
        #expect(engine.texts.count == script.requestCount && engine.mostInFlight > 1)
        #expect(folder.names.isEmpty)
    }

    @Test(arguments: [FakeSpeaker.Fault.silent, .humming, .hissing, .cutShort, .dragging])
    func `what cannot be the text is asked for again`(fault: FakeSpeaker.Fault) async throws {
        let folder = ScratchFolder()
        let engine = FakeSpeaker(faults: ["number 2": (fault, 2)])
        let script = Self.script(3)
        let (narration, recording) = try await Self.narrate(script, by: engine, in: folder)
        try recording.remove()
        #expect(engine.texts.count { $0.contains("number 2") } == 3 && narration.faults.isEmpty)
        let good = try await Self.narrate(script, by: FakeSpeaker(), in: folder)
        try good.1.remove()
        #expect(narration.sentences == good.0.sentences)
    }

    @Test func `a voice whose first clips were odd is not measured by them for ever`() throws {
        func measure(slowness: Double) throws -> Plausibility.Measure {
            try Plausibility.Measure(
                SpokenTone.samples("ba ba ba ba ba ba ba ba ba ba.", slowness: slowness), rate: SpokenTone.rate,
                syllables: 10)
        }
        var plausibility = Plausibility(speed: 1)
        let (odd, usual) = (try measure(slowness: 4), try measure(slowness: 1))
        for _ in 0..<6 { plausibility.add(odd, of: ["a"]) }
        #expect(plausibility.fault(usual, of: ["a"]) == .tooShort && plausibility.fault(odd, of: ["a"]) == nil)
        for _ in 0..<7 { plausibility.add(usual, of: ["a"]) }
        #expect(plausibility.fault(usual, of: ["a"]) == nil && plausibility.fault(odd, of: ["a"]) == .tooLong)
        // Another voice has its own pace.
        #expect(plausibility.fault(odd, of: ["b"]) == nil)
    }

    @Test func `after three times it is told, with its chapter and time, and another run asks for it alone`()
        async throws
    {
        let folder = ScratchFolder()
        let engine = FakeSpeaker(faults: ["number 2": (.dragging, 3)])
        let script = Self.script(3)
        let (narration, recording) = try await Self.narrate(script, by: engine, in: folder)
        let fault = try #require(narration.faults.first)
        #expect(
            narration.faults.count == 1 && fault.chapter == "Chapter 2"
                && fault.text == "This is number 2 of them, and it goes on for quite a while.")
        #expect(fault.reason == "too long" && fault.time.frames == narration.sentences[17].frames.lowerBound)
        try recording.giveUp(narration)
        let asked = engine.texts.count
        let again = try await recording.narrate(script, by: engine)
        #expect(
            again.faults.isEmpty
                && Array(engine.texts.dropFirst(asked)) == [
                    "This is number 2 of them, and it goes on for quite a while."
                ])
        try recording.remove()
    }

    @Test func `what is refused leaves its place empty and is told`() async throws {
        let folder = ScratchFolder()
        let engine = FakeSpeaker(faults: ["number 1": (.refused, 1)])
        let script = Self.script(2)
        let (narration, recording) = try await Self.narrate(script, by: engine, in: folder)
        try recording.remove()
        #expect(narration.faults.map(\.reason) == ["sensitive words"])
        #expect(narration.sentences.map(\.text) == script.sentences.map(\.text))
        #expect(
            narration.sentences.filter(\.frames.isEmpty).map(\.text) == [
                "This is number 1 of them, and it goes on for quite a while."
            ])
    }

    @Test func `what was spoken is not asked for again, whatever ended the run`() async throws {
        let folder = ScratchFolder()
        let script = Self.script(4)
        let whole = try await Self.narrate(script, by: FakeSpeaker(), in: folder)
        let truth = try await Self.samples(whole.0, whole.1)
        try whole.1.remove()
        let engine = FakeSpeaker(faults: ["number 3": (.down, 9)])
        await #expect(throws: RemoteError.self) { try await Self.narrate(script, by: engine, in: folder) }
        let known = Set(engine.texts.filter { !$0.contains("number 3") })
        let second = FakeSpeaker()
        let (narration, recording) = try await Self.narrate(script, by: second, in: folder)
        #expect(known.isDisjoint(with: second.texts) && second.texts.contains { $0.contains("number 3") })
        #expect(try await Self.samples(narration, recording) == truth)
        #expect(throws: BookError.self) { try Recording(beside: folder.file("book.wav")) }
        try recording.remove()
    }

    @Test func `a recording that is gone keeps nobody away, though a task may still hold its sound`() throws {
        let folder = ScratchFolder()
        var recording: Recording? = try Recording(beside: folder.file("book.wav"))
        let held = try #require(recording?.store)
        #expect(throws: BookError.self) { try Recording(beside: folder.file("book.wav")) }
        recording = nil
        let again = try Recording(beside: folder.file("book.wav"))
        withExtendedLifetime(held) {}
        try again.remove()
    }

    @Test func `a sentence that changes is all that is asked for`() async throws {
        let folder = ScratchFolder()
        var chapter = Chapter(title: "A", paragraphs: Self.text)
        let first = try await Self.narrate(Script([chapter], language: "en"), by: FakeSpeaker(), in: folder)
        chapter.paragraphs[4] = Paragraph(.text, "Another paragraph follows there. It has two sentences.")
        let engine = FakeSpeaker()
        let second = try await first.1.narrate(Script([chapter], language: "en"), by: engine)
        #expect(engine.texts == [chapter.paragraphs[4].text] && second.sentences.count == first.0.sentences.count)
        try first.1.remove()
    }

    @Test func `a journal without its sound is not believed`() async throws {
        let folder = ScratchFolder()
        let script = Self.script(1)
        _ = try await Self.narrate(script, by: FakeSpeaker(), in: folder)
        // Another file of the same length, with other sound in it.
        let count = try contents(of: folder.file("book.wav.oriole/sound.pcm")).count
        try write([UInt8](repeating: 7, count: count), to: folder.file("book.wav.oriole/sound.pcm"))
        let engine = FakeSpeaker()
        let (_, recording) = try await Self.narrate(script, by: engine, in: folder)
        #expect(engine.texts.count == script.requestCount)
        try recording.remove()
    }
}
