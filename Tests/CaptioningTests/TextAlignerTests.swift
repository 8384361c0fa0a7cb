import AudioCore
import Foundation
import Platform
import TestSupport
import Testing

@_spi(Measuring) @testable import Captioning

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Words and their times, with the programs that are installed, and with others in their place.
@Suite(.tags(.program), .timeLimit(.minutes(3)))
struct TextAlignerTests {
    private static let format = PCMFormat(rate: 16_000, channels: 1)

    private static func chunk(_ samples: [Float], at seconds: Int = 0) -> PCMChunk<Float> {
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
        #expect(text.words.allSatisfy { $0.confidence == nil })
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

    /// Writes what it is told into the file of results.
    private static func lie(_ words: String) -> String {
        """
        [ $# = 0 ] && { echo -hmm; exit 1; }
        while [ "$1" != -hypseg ]; do shift; done
        echo 'a S 0 T 0 A 0 L 0 \(words)' > "$2"
        """
    }

    /// In a process of its own, whose programs are the test's.
    @Test(
        .needsProgram("espeak-ng"),
        arguments: [
            "exit 1", "exit 0", "yes garbage | head -c 100000", "kill -9 $$",
            "[ $# = 0 ] && exit 1; exec /usr/bin/pocketsphinx_batch \"$@\"",
            lie("0 1 1 w0000 90 1 1 w0001 30 1 1 w0002 300"), lie("0 1 1 w0000 90 1 1 w0001 95000 1 1 w0002 99000"),
            lie("0 1 1 w0000 90 1 1 w0002 200 1 1 w0001 300"), lie("0 1 1 w0000 90 1 1 w0001 200"), lie("x"),
        ])
    func `a recognizer that fails or lies ends in a worse way, never in a wrong time that seems sure`(script: String)
        async
    {
        await #expect(processExitsWith: .success) { [script] in
            let folder = ScratchFolder()
            let program = "#!/bin/sh\nPATH=/usr/bin:/bin\n\(script)\n"
            try write(Array(program.utf8), to: folder.file("pocketsphinx_batch"))
            _ = unsafe chmod(folder.file("pocketsphinx_batch"), 0o700)
            for name in ["espeak-ng", "flite"] {
                guard let path = Environment.program(name) else { continue }
                try FileManager.default.createSymbolicLink(atPath: folder.file(name), withDestinationPath: path)
            }
            unsafe setenv("PATH", folder.path, 1)
            let samples = Signals.voice(seconds: 9)
            let text = try await TextAligner().align("one two three", to: TextAlignerTests.chunk(samples))
            precondition(text.timing == .warped || text.timing == .estimated)
            precondition(text.words.count == 3 && text.words.allSatisfy { $0.confidence == nil })
        }
    }

    @Test(.needsProgram("espeak-ng"), .needsProgram("pocketsphinx_batch"))
    func `a cancelled task gets no times`() async throws {
        let aligning = Task {
            try await TextAligner().align("one two three", to: TextAlignerTests.chunk(Signals.voice(seconds: 9)))
        }
        aligning.cancel()
        let result = await aligning.result
        let error = #expect(throws: AudioError.self) { try result.get() }
        #expect(error?.code == .cancelled)
    }

    /// Bounds a little looser than what is reached: 10 and 98, 30 and 87 (see `make bench ARGS="--only hearing"`).
    @Test(
        .tags(.material), .needsMaterial, .needsProgram("espeak-ng"), .needsProgram("pocketsphinx_batch"),
        arguments: [("speech/en/acoustic_corpus", "en", 20.0, 93.0), ("speech/zh/aishell3_SSB00050015", "zh", 40, 80)])
    func `words of recordings are where others found them`(path: String, language: String, median: Double, near: Double)
        async throws
    {
        struct Timings: Decodable {
            struct Word: Decodable {
                let text: String
                let start: Double
                let end: Double
            }
            let words: [Word]
        }
        let json = Data(try contents(of: Material.path("\(path).align.json")))
        let words = try JSONDecoder().decode(Timings.self, from: json).words
        var source = try ConvertedSource(try await AudioInput(path: Material.path("\(path).wav")), to: Self.format)
        var samples: [Float] = []
        while let chunk = try await source.next() { samples += chunk.samples }
        let text = words.map(\.text).joined(separator: language == "zh" ? "" : " ")
        let aligned = try await TextAligner().align(text, to: Self.chunk(samples), language: language)
        #expect(aligned.timing == .aligned && !aligned.isDoubtful && aligned.words.count == words.count)
        let errors = Self.errors(aligned, words.map { $0.start..<max($0.start, $0.end) })
        let share = Double(errors.count { $0 <= 100.5 }) / Double(errors.count) * 100
        #expect(errors[errors.count / 2] <= median && share >= near, "\(errors)")
    }
}
