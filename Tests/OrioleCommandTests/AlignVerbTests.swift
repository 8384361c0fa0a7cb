import AudioCore
import Foundation
import Platform
import Subtitles
import TestSupport
import Testing

/// Known text on its sound, as the command puts it there.
@Suite(.tags(.program), .neverHangs)
struct AlignVerbTests {
    private struct Report: Decodable {
        let timing: String
        let language: String
        let words: [Word]

        struct Word: Decodable {
            let text: String
            let start: Double
            let end: Double
        }
    }

    /// Something that is in no text, then two sentences.
    private static func speak(in folder: borrowing ScratchFolder) async throws {
        try write(
            Array("The museum opens every morning.\n\nHer father was born in a small village.\n".utf8),
            to: folder.file("text.txt"))
        let offline = ["ORIOLE_ENGINE": "offline"]
        for (name, text) in [
            ("0", "This is a recording of the public library."), ("1", "The museum opens every morning."),
            ("2", "Her father was born in a small village."),
        ] {
            let run = try await BuiltCommand.run(
                ["speak", text, "-o", "\(name).wav", "--voice", "rms", "-q"], in: folder, environment: offline)
            #expect(run.status == 0, "\(run.errors)")
        }
        var samples: [Float] = []
        for name in ["0", "1", "2"] {
            var input = try await AudioInput(path: folder.file("\(name).wav"))
            while let chunk = try await input.next() { samples += chunk.samples }
            samples += Signals.noise(frames: 24_000 * 4, seed: 1, level: 0.0005)
        }
        try write(
            WAVWriter.file(of: samples.span, format: PCMFormat(rate: 24_000, channels: 1), encoding: .signed16),
            to: folder.file("all.wav"))
    }

    @Test(
        .needsOptimization, .needsProgram("flite"), .needsProgram("espeak-ng"),
        .needsProgram("pocketsphinx_continuous"),
        .needsProgram("pocketsphinx_batch"))
    func `a script gets its times, and what is in no text is left out`() async throws {
        let folder = ScratchFolder()
        try await Self.speak(in: folder)
        let run = try await BuiltCommand.run(
            ["align", "text.txt", "all.wav", "-o", "out.srt", "--progress", "none"], in: folder)
        #expect(run.status == 0 && run.errors.hasPrefix("out.srt: 13 words, 13 aligned\n"), "\(run.errors)")
        let cues = SubRip.cues(in: String(decoding: try contents(of: folder.file("out.srt")), as: UTF8.self))
        #expect(cues.map(\.text) == ["The museum opens every morning.", "Her father was born in a small village."])
        let first = try await AudioInput(path: folder.file("0.wav")).expectedFrameCount ?? 0
        #expect(cues[0].start > .seconds(Double(first) / 24_000 + 3.5) && cues[1].start > cues[0].end + .seconds(3))
        let json = try await BuiltCommand.run(["align", "out.srt", "all.wav", "--retime", "-q"], in: folder)
        let report = try JSONDecoder().decode(Report.self, from: Data(json.output))
        #expect(report.timing == "aligned" && report.language == "en" && report.words.count == 13)
        #expect(abs(report.words[0].start - cues[0].start / .seconds(1)) < 0.05)
    }

    /// From the bare text, with an introduction that is not in it.
    ///
    /// The times are those of sentences, which begin in the pause before.
    @Test(
        .tags(.material), .needsMaterial, .needsOptimization, .needsProgram("espeak-ng"),
        .needsProgram("pocketsphinx_continuous"), .needsProgram("pocketsphinx_batch"))
    func `a chapter of an audiobook gets its times`() async throws {
        struct Truth: Decodable {
            let segments: [Segment]

            struct Segment: Decodable {
                let start: Double
                let text: String
            }
        }
        let folder = ScratchFolder()
        let stem = Material.path("speech/en/mobydick_1")
        let run = try await BuiltCommand.run(
            ["align", "\(stem).txt", "\(stem).mp3", "--language", "en", "-o", "out.json", "-q"], in: folder)
        #expect(run.status == 0, "\(run.errors)")
        let report = try JSONDecoder().decode(Report.self, from: Data(try contents(of: folder.file("out.json"))))
        let truth = try JSONDecoder().decode(Truth.self, from: Data(try contents(of: "\(stem).align.json")))
        #expect(report.timing == "aligned")
        func letters(_ text: String) -> Int { text.count(where: \.isLetter) }
        var (word, before) = (0, 0)
        for segment in truth.segments {
            // Words and sentences have the same letters, in the same order.
            var sum = report.words.prefix(word).reduce(0) { $0 + letters($1.text) }
            while sum < before {
                sum += letters(report.words[word].text)
                word += 1
            }
            let late = report.words[word].start - segment.start
            #expect((-0.15...0.7).contains(late), "\(segment.text.prefix(20)): \(late)")
            before += letters(segment.text)
        }
    }

    @Test func `without any program the times are a guess, and that is said`() async throws {
        let folder = ScratchFolder()
        try write(Array("你好世界".utf8), to: folder.file("text.txt"))
        let samples = Signals.voice(seconds: 15)
        try write(
            WAVWriter.file(of: samples.span, format: PCMFormat(rate: 16_000, channels: 1), encoding: .signed16),
            to: folder.file("in.wav"))
        let run = try await BuiltCommand.run(
            ["align", "text.txt", "in.wav", "--progress", "none"], in: folder, environment: ["PATH": folder.path])
        let report = try JSONDecoder().decode(Report.self, from: Data(run.output))
        #expect(run.status == 0 && report.timing == "estimated" && report.language == "zh" && report.words.count == 4)
        #expect(run.errors.contains("note: times are estimated"), "\(run.errors)")
    }

    @Test(arguments: [
        (["align", "a.txt"], 2, "a text and a recording"), (["align", "-", "-"], 2, "standard input"),
        (["align", "none.txt", "in.wav"], 1, "none.txt"), (["align", "a.txt", "none.wav"], 1, "none.wav"),
        (["align", "a.txt", "in.wav", "-o", "out.doc"], 2, "does not say what to write"),
        (["align", "a.txt", "in.wav", "-o", "out.srt", "--json"], 2, "--json is for words"),
        (["align", "a.txt", "in.wav", "--retime"], 3, "no times"),
        (["align", "marks.txt", "in.wav"], 3, "no word"),
        (["align", "a.txt", "in.wav"], 3, "nobody speaks"),
    ])
    func `what cannot be done is told`(words: [String], status: Int32, text: String) async throws {
        let folder = ScratchFolder()
        try write(Array("a word".utf8), to: folder.file("a.txt"))
        try write(Array(" … ".utf8), to: folder.file("marks.txt"))
        let silence = [Float](repeating: 0, count: 16_000 * 4)
        try write(
            WAVWriter.file(of: silence.span, format: PCMFormat(rate: 16_000, channels: 1), encoding: .signed16),
            to: folder.file("in.wav"))
        let run = try await BuiltCommand.run(words, in: folder)
        #expect(run.status == status && run.errors.contains(text), "\(run.status) \(run.errors)")
    }
}
