import AudioCore
import Foundation
import Subtitles
import TestSupport
import Testing

@_spi(Measuring) @testable import Captioning

/// Words and their times, with the programs that are installed, and with others in their place.
@Suite(.tags(.program), .neverHangs)
struct TextAlignerTests {
    private static let format = PCMFormat(rate: 16_000, channels: 1)

    static func chunk(_ samples: [Float], at seconds: Int = 0) -> PCMChunk<Float> {
        PCMChunk(format: format, start: MediaTime(frames: seconds * 16_000, rate: 16_000), samples: samples)
    }

    /// How far the starts lie from where they are, in milliseconds, in order.
    private static func errors(_ text: AlignedText, _ spans: [Range<Double>], from start: Double = 0) -> [Double] {
        zip(text.words, spans).map { abs($0.start / .milliseconds(1) - (start + $1.lowerBound) * 1_000) }.sorted()
    }

    private static let english = """
        The quick brown fox jumped over the lazy dog, and the old man sat under the tree. \
        Then John paid five dollars for three books that nobody else wanted to read.
        """

    @Test(.needsProgram("flite"), .needsProgram("espeak-ng"), .needsProgram("pocketsphinx_batch"))
    func `English words are found where a voice says them`() async throws {
        let units = TextUnit.units(of: Self.english)
        let speech = try #require(try await ReferenceSpeech.of(units, language: "en"))
        let text = try await TextAligner().align(Self.english, to: Self.chunk(speech.samples, at: 60))
        #expect(text.timing == .aligned && text.words.map(\.text) == units.map(\.text))
        let errors = Self.errors(text, speech.spans, from: 60)
        #expect(errors[errors.count / 2] <= 25 && errors[errors.count * 95 / 100] <= 100, "\(errors)")
        #expect(text.words.allSatisfy { ($0.confidence ?? 0) >= 0 && $0.end >= $0.start })
    }

    @Test(.needsProgram("espeak-ng"), .needsProgram("pocketsphinx_batch"))
    func `Chinese characters are found, with English words among them`() async throws {
        let words = "今天天气很好，我们用 Swift 写程序，然后去公园散步。"
        let units = TextUnit.units(of: words)
        let speech = try #require(try await ReferenceSpeech.of(units, language: "zh"))
        let text = try await TextAligner().align(words, to: Self.chunk(speech.samples), language: "zh")
        #expect(text.timing == .aligned && text.words.count == units.count)
        let errors = Self.errors(text, speech.spans)
        #expect(errors[errors.count / 2] <= 45 && errors[errors.count * 9 / 10] <= 150, "\(errors)")
    }

    @Test(.needsProgram("flite"), .needsProgram("espeak-ng"), arguments: [Self.english, "今天天气很好，我们去公园散步。"])
    func `without the recognizer, sound is compared with speech`(words: String) async throws {
        let units = TextUnit.units(of: words)
        let speech = try #require(try await ReferenceSpeech.of(units, language: nil))
        let text = try await TextAligner(ways: [.warped]).align(words, to: Self.chunk(speech.samples))
        let errors = Self.errors(text, speech.spans)
        #expect(text.timing == .warped && (errors.last ?? .infinity) <= 60, "\(errors)")
        #expect(text.words.allSatisfy { $0.confidence == nil && !$0.isDoubtful })
        let other = try await TextAligner(ways: [.warped]).align(
            "nobody ever heard so much about how bread is baked", to: Self.chunk(speech.samples))
        #expect(other.timing == .warped && other.isDoubtful)
    }

    @Test func `without any program, words are dealt out`() async throws {
        let text = try await TextAligner(ways: []).align("one two three", to: Self.chunk(Signals.voice(seconds: 9)))
        #expect(text.timing == .estimated && text.words.map(\.text) == ["one", "two", "three"])
        #expect(text.words[0].start >= .seconds(2.5) && text.words[2].end <= .seconds(8.5))
    }

    @Test func `odd clips and texts have odd answers, and no fault`() async throws {
        let aligner = TextAligner()
        for samples in [[], [0.1, 0.2, 0.3], [Float](repeating: 0, count: 16_000)] {
            let text = try await aligner.align("a word", to: Self.chunk(samples))
            #expect(text.words.count == 2 && text.words.allSatisfy { $0.start <= $0.end && $0.end <= .seconds(1.2) })
        }
        #expect(try await aligner.align(" … ", to: Self.chunk([0.1])).words.isEmpty)
        let stereo = PCMChunk<Float>(
            format: PCMFormat(rate: 48_000, channels: 2), start: MediaTime(frames: 0, rate: 1),
            samples: Signals.noise(frames: 96_000, seed: 1))
        #expect(try await aligner.align("你好", to: stereo).words.count == 2)
    }

    /// Words that nobody can have said in so little sound are not looked for.
    @Test func `a text far too long for its clip is dealt out at once, and doubtful`() async throws {
        let words = String(repeating: "word ", count: 20_000)
        let text = try await TextAligner().align(words, to: Self.chunk(Signals.voice(seconds: 9)))
        #expect(text.timing == .estimated && text.isDoubtful && text.words.count == 20_000)
    }
}
