import AudioCore
import Foundation
import Jobs
import Platform
import Speech
import Subtitles
import Synchronization
import TestSupport
import Testing

@testable import Captioning

/// An engine that says what is known to be said in a clip.
final class KnowingEngine: Transcriber {
    struct Segment: Decodable {
        let start, end: Double
        let text: String
    }

    private let segments: [Segment]
    private let givesTimes: Bool
    private let clips = Mutex<[Range<Double>]>([])
    let transcriptionLimits: EngineLimits

    init(_ segments: [Segment], limit: Duration? = .seconds(30), concurrency: Int = 3, givesTimes: Bool = false) {
        self.segments = segments
        self.givesTimes = givesTimes
        transcriptionLimits = EngineLimits(concurrentRequests: concurrency, clipDuration: limit)
    }

    /// The times of the clips that were asked for, in order.
    var asked: [Range<Double>] { clips.withLock { $0.sorted { $0.lowerBound < $1.lowerBound } } }

    func transcribe(_ clip: AudioClip, _ options: TranscriptionOptions) async throws(RemoteError) -> Transcript {
        guard case .samples(let chunk) = clip else { return Transcript(text: "") }
        let time = chunk.start.seconds..<chunk.end.seconds
        clips.withLock { $0.append(time) }
        let said = segments.filter { time.contains(($0.start + $0.end) / 2) }
        let words = said.map { part in
            Transcript.Span(
                text: part.text, start: .seconds(part.start - time.lowerBound),
                end: .seconds(part.end - time.lowerBound))
        }
        return Transcript(text: said.map(\.text).joined(separator: " "), words: givesTimes ? words : [])
    }

    func transcribeAsItComes(
        _ clip: AudioClip, _ options: TranscriptionOptions
    ) async throws(RemoteError) -> sending EngineStream<String> { throw RemoteError(.unsupported, "not here") }
}

@Suite(.serialized, .needsOptimization) struct CaptionerTests {
    private struct Truth: Decodable {
        let segments: [KnowingEngine.Segment]
    }

    /// All cues and words of a recording.
    private static func captions(
        of path: String, by engine: any Transcriber, _ settings: CaptionSettings = CaptionSettings()
    ) async throws -> Track {
        var track = Track([])
        let captioner = Captioner(engine, settings)
        try await captioner.run(on: { () async throws(AudioError) in try await AudioInput(path: path) }) { step in
            track.cues += step.cues
            track.words += step.words
        }
        return track
    }

    @Test(
        .tags(.material, .program), .needsMaterial, .needsProgram("pocketsphinx_batch"), .needsProgram("espeak-ng"),
        arguments: [("en_five", "wav"), ("zh_six", "wav"), ("mixed_en_zh", "wav"), ("long_en", "opus")])
    func `cues stand where their words are said, and nowhere else`(name: String, ending: String) async throws {
        let json = try contents(of: Material.path("composite/\(name).align.json"))
        let truth = try JSONDecoder().decode(Truth.self, from: Data(json)).segments
        let track = try await Self.captions(of: Material.path("composite/\(name).\(ending)"), by: KnowingEngine(truth))
        let plain: (String) -> String = { $0.filter { !$0.isWhitespace } }
        #expect(plain(track.cues.map(\.text).joined()) == plain(truth.map(\.text).joined()))
        for cue in track.cues {
            let segment = truth.first { plain($0.text).contains(plain(cue.text)) && $0.end > cue.start / .seconds(1) }
            // The recordings begin and end with silence of their own, and what is hard to read stays a little longer.
            let (start, end) = (segment?.start ?? 0, segment?.end ?? 0)
            #expect(cue.start / .seconds(1) > start - 0.12, "\(cue.text)")
            #expect(cue.words.last.map { $0.end / .seconds(1) < end + 0.12 } ?? false, "\(cue.text)")
        }
        let findings = SubtitleLinter(LayoutRules(language: name.hasPrefix("zh") ? "zh" : "en"))
            .findings(in: track.cues).filter { $0.rule != .tooFast && $0.rule != .badBreak }
        if name != "mixed_en_zh" { #expect(findings.isEmpty, "\(findings)") }
    }

    // MARK: - Seams

    /// A voice that never pauses, in which a word is said every half second.
    private static func endless(_ seconds: Int) -> (sound: [Float], words: [KnowingEngine.Segment]) {
        let voice = Signals.voice(seconds: 8)[48_000...]
        let sound = (0..<seconds * 16_000).map {
            voice[voice.startIndex + $0 % 80_000] * (1 + 0.2 * Float($0 / 80_000 % 3))
        }
        let words = (0..<seconds * 2).map {
            KnowingEngine.Segment(start: Double($0) / 2 + 0.05, end: Double($0) / 2 + 0.45, text: "w\($0)")
        }
        return (sound, words)
    }

    @Test func `a voice that never pauses loses no word at a cut, and says none twice`() async throws {
        let folder = ScratchFolder()
        let (sound, words) = Self.endless(75)
        try write(
            WAVWriter.file(of: sound.span, format: PCMFormat(rate: 16_000, channels: 1), encoding: .signed16),
            to: folder.file("voice.wav"))
        let engine = KnowingEngine(words, givesTimes: true)
        let track = try await Self.captions(of: folder.file("voice.wav"), by: engine)
        #expect(engine.asked.count >= 3 && engine.asked.allSatisfy { $0.upperBound - $0.lowerBound <= 30 })
        let said = track.words.map(\.text)
        #expect(Set(said).count == said.count, "a word is said twice")
        let heard = words.filter { word in engine.asked.contains { $0.contains((word.start + word.end) / 2) } }
        #expect(said == heard.map(\.text))
    }

    private static func words(_ text: String, from start: Double) -> [TimedWord] {
        text.split(separator: " ").enumerated().map { index, word in
            let begin = start + Double(index) * 0.4
            return TimedWord(text: String(word), start: .seconds(begin), end: .seconds(begin + 0.35))
        }
    }

    @Test(arguments: [
        ("we went to the old", "the old house again", 11.2, "we went to the old house again"),
        ("we went to the o", "old house again", 11.4, "we went to the old house again"),
        ("one two three", "four five six", 11.3, "one two three four five six"),
        ("no no no", "no no yes", 10.8, "no no no yes"),
    ])
    func `what two clips have of a seam is said once`(before: String, after: String, from: Double, all: String) {
        let left = Self.words(before, from: 10)
        let merged = SeamMerge.merge(left, Self.words(after, from: from), at: .seconds(11.4))
        #expect(merged.map(\.text).joined(separator: " ") == all)
    }

    // MARK: - Words of an engine

    @Test func `an engine's times go to the words as the text has them`() {
        let transcript = Transcript(
            text: "Don’t go, 好的。",
            words: [
                .init(text: " don't", start: .seconds(1), end: .seconds(2)),
                .init(text: " go", start: .seconds(2), end: .seconds(3)),
                .init(text: "好的", start: .seconds(3), end: .seconds(5)),
            ])
        let words = HeardWords.words(transcript, from: .seconds(10))
        #expect(words.map(\.text) == ["Don’t", "go,", "好", "的。"])
        #expect(words.map(\.start) == [.seconds(11), .seconds(12), .seconds(13), .seconds(14)])
        #expect(words.map(\.joinsNext) == [false, false, true, true])
        let other = Transcript(text: "something else", words: transcript.words)
        #expect(HeardWords.words(other, from: .zero).map(\.text) == ["don't", "go", "好的"])
    }

    // MARK: - Order, failures, ends

    /// Three voices of five seconds.
    private static func voices(in folder: borrowing ScratchFolder) throws -> String {
        let sound = WAVWriter.file(
            of: Signals.voice(seconds: 40).span, format: PCMFormat(rate: 16_000, channels: 1), encoding: .signed16)
        try write(sound, to: folder.file("voices.wav"))
        return folder.file("voices.wav")
    }

    private struct FailingEngine: Transcriber {
        let code: RemoteError.Code
        let transcriptionLimits = EngineLimits(concurrentRequests: 2, clipDuration: .seconds(30))

        func transcribe(_ clip: AudioClip, _ options: TranscriptionOptions) async throws(RemoteError) -> Transcript {
            guard case .samples(let chunk) = clip, chunk.start.seconds > 10, chunk.start.seconds < 25 else {
                return Transcript(text: "yes", words: [.init(text: "yes", start: .seconds(1), end: .seconds(2))])
            }
            throw RemoteError(code, "no")
        }

        func transcribeAsItComes(
            _ clip: AudioClip, _ options: TranscriptionOptions
        ) async throws(RemoteError) -> sending EngineStream<String> { throw RemoteError(code, "no") }
    }

    @Test func `a clip that is refused is told, and the others are heard`() async throws {
        let folder = ScratchFolder()
        let path = try Self.voices(in: folder)
        var steps: [CaptionStep] = []
        try await Captioner(FailingEngine(code: .contentRefused)).run(
            on: { () async throws(AudioError) in try await AudioInput(path: path) }) { steps.append($0) }
        #expect(steps.compactMap(\.failure).count == 1)
        #expect(steps.flatMap(\.words).count == 2)
        #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.end <= $1.end })
    }

    @Test(arguments: [RemoteError.Code.serviceFailed, .accountRefused, .unreachable])
    func `what is wrong with the service ends the work`(code: RemoteError.Code) async throws {
        let folder = ScratchFolder()
        let path = try Self.voices(in: folder)
        await #expect { try await Self.captions(of: path, by: FailingEngine(code: code)) } throws: { error in
            (error as? RemoteError)?.code == code
        }
    }

    @Test func `cues are a sequence, which ends the work when its reader leaves`() async throws {
        let folder = ScratchFolder()
        let path = try Self.voices(in: folder)
        let engine = KnowingEngine([4, 19, 34].map { .init(start: $0, end: $0 + 1, text: "w\($0)") }, givesTimes: true)
        let captioner = Captioner(engine)
        var cues: [Cue] = []
        for try await cue in captioner.cues(of: { () async throws(AudioError) in try await AudioInput(path: path) }) {
            cues.append(cue)
        }
        #expect(cues.map(\.text) == ["w4.0", "w19.0", "w34.0"])
        var steps = captioner.captions(of: { () async throws(AudioError) in try await AudioInput(path: path) })
            .makeAsyncIterator()
        #expect(try await steps.next() != nil)
        var last: CaptionStep?
        while let step = try await steps.next() { last = step }
        #expect(last?.end == .seconds(40))
        let plan = try await captioner.plan { () async throws(AudioError) in try await AudioInput(path: path) }
        #expect(plan.clips == 3 && plan.end == .seconds(40) && plan.sent > .seconds(15) && plan.sent < .seconds(20))
    }

    @Test func `what is said live is told after each pause, and as it is written`() async throws {
        let folder = ScratchFolder()
        let path = try Self.voices(in: folder)
        struct Writing: Transcriber {
            let transcriptionLimits = EngineLimits(concurrentRequests: 2, clipDuration: .seconds(30))

            func transcribe(_ clip: AudioClip, _ options: TranscriptionOptions) async throws(RemoteError) -> Transcript
            {
                throw RemoteError(.unsupported, "only word by word")
            }

            func transcribeAsItComes(
                _ clip: AudioClip, _ options: TranscriptionOptions
            ) async throws(RemoteError) -> sending EngineStream<String> {
                EngineStream(Pieces(["so ", "it ", "is."]))
            }
        }
        let parts = Mutex<[String]>([])
        var settings = CaptionSettings(options: TranscriptionOptions(language: "en"))
        settings.isLive = true
        settings.partial = { part in parts.withLock { $0.append(part) } }
        var cues: [Cue] = []
        let captioner = Captioner(Writing(), settings)
        for try await cue in captioner.cues(of: { () async throws(AudioError) in try await AudioInput(path: path) }) {
            cues.append(cue)
        }
        // Five clips are heard; without the programs that align, nobody can tell that two of them are no speech.
        let said = cues.map(\.text).joined(separator: " ")
        let count = Environment.program("pocketsphinx_batch") == nil ? 5 : 3
        #expect(said == Array(repeating: "so it is.", count: count).joined(separator: " "))
        #expect(parts.withLock { Set($0) } == ["so ", "so it ", "so it is."])
    }

    private final class Pieces: EngineSource {
        private var pieces: ArraySlice<String>

        init(_ pieces: [String]) { self.pieces = pieces[...] }

        func next() async throws(RemoteError) -> String? { pieces.popFirst() }
    }

    /// An engine that fails with its second clip, while the first one is still heard.
    private final class SlowFailingEngine: Transcriber {
        let transcriptionLimits = EngineLimits(concurrentRequests: 2, clipDuration: .seconds(30))
        private let failed = Latch()
        private let count = Mutex(0)

        func transcribe(_ clip: AudioClip, _ options: TranscriptionOptions) async throws(RemoteError) -> Transcript {
            let number = count.withLock { count in
                count += 1
                return count
            }
            guard number == 1 else {
                failed.open()
                throw RemoteError(.serviceFailed, "out of order")
            }
            await failed.wait()
            return Transcript(text: "yes", words: [.init(text: "yes", start: .seconds(1), end: .seconds(2))])
        }

        func transcribeAsItComes(
            _ clip: AudioClip, _ options: TranscriptionOptions
        ) async throws(RemoteError) -> sending EngineStream<String> { throw RemoteError(.unsupported, "not here") }
    }

    /// What is waited for, once.
    private final class Latch: Sendable {
        private let stream: AsyncStream<Void>
        private let end: AsyncStream<Void>.Continuation

        init() { (stream, end) = AsyncStream.makeStream() }

        func open() { end.finish() }

        func wait() async { for await _ in stream {} }
    }

    @Test func `what is on its way when the service fails is kept`() async throws {
        let folder = ScratchFolder()
        let path = try Self.voices(in: folder)
        let journal = try Journal(beside: folder.file("out.srt"))
        var steps: [CaptionStep] = []
        await #expect(throws: RemoteError.self) {
            try await Captioner(SlowFailingEngine()).run(
                on: { () async throws(AudioError) in try await AudioInput(path: path) }, journal: journal, identity: []
            ) { steps.append($0) }
        }
        #expect(journal.count == 1 && steps.flatMap(\.words).count <= 1)
        try journal.remove()
    }

    @Test func `a reader that fails, or is cancelled, ends the work`() async throws {
        let folder = ScratchFolder()
        let path = try Self.voices(in: folder)
        let engine = KnowingEngine([], givesTimes: true)
        await #expect {
            try await Captioner(engine).run(
                on: { () async throws(AudioError) in try await AudioInput(path: path) }
            ) { _ throws(RemoteError) in throw RemoteError(.unsupported, "enough") }
        } throws: { error in (error as? RemoteError)?.message == "enough" }
        let work = Task { try await Self.captions(of: path, by: engine) }
        work.cancel()
        await #expect { try await work.value } throws: { error in (error as? RemoteError)?.code == .cancelled }
    }

    @Test func `silence is asked of nobody`() async throws {
        let folder = ScratchFolder()
        let silence = [Float](repeating: 0, count: 16_000 * 20)
        try write(
            WAVWriter.file(of: silence.span, format: PCMFormat(rate: 16_000, channels: 1), encoding: .signed16),
            to: folder.file("silence.wav"))
        let engine = KnowingEngine([.init(start: 1, end: 2, text: "thanks for watching")])
        let track = try await Self.captions(of: folder.file("silence.wav"), by: engine)
        #expect(track.cues.isEmpty && engine.asked.isEmpty)
    }

    @Test func `words that an engine invents where nobody speaks are left out`() async throws {
        let folder = ScratchFolder()
        let path = try Self.voices(in: folder)
        // A clip holds the pause behind the voice too, and no more of the silence.
        let engine = KnowingEngine(
            [.init(start: 4, end: 5, text: "true"), .init(start: 7.9, end: 8.2, text: "words")], givesTimes: true)
        let track = try await Self.captions(of: path, by: engine)
        #expect(track.words.map(\.text) == ["true", "words"])
        let section = SpeechSection(
            start: MediaTime(frames: 0, rate: 1), end: MediaTime(frames: 10, rate: 1),
            speech: [.init(start: MediaTime(frames: 2, rate: 1), end: MediaTime(frames: 4, rate: 1))])
        let words = Self.words("a b c d e f g h i j k l m n o p q r s t u v w", from: 0)
        let spoken = words.spoken(in: section).map(\.text)
        #expect(spoken.first == "c" && spoken.last == "m")
    }
}
