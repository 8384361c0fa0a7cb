import AudioCore
import Foundation
import Platform
import TestSupport
import Testing

/// Where somebody speaks, as the command tells it.
@Suite(.tags(.program), .timeLimit(.minutes(5)))
struct SegmentVerbTests {
    private struct Report: Decodable {
        let speech: [Span]
        let clips: [Span]

        struct Span: Decodable {
            let start: Double
            let end: Double
        }
    }

    /// Two voices of five seconds, ten seconds apart, in stereo at another rate.
    private static func sound(in folder: borrowing ScratchFolder) throws {
        let samples = Signals.voice(seconds: 24).flatMap { [$0, $0] }
        try write(
            WAVWriter.file(of: samples.span, format: PCMFormat(rate: 16_000, channels: 2), encoding: .signed16),
            to: folder.file("in.wav"))
    }

    @Test func `speech and clips are told to people and to programs, and drawn`() async throws {
        let folder = ScratchFolder()
        try Self.sound(in: folder)
        let json = try await BuiltCommand.run(["segment", "in.wav", "--json", "-q"], in: folder)
        #expect(json.status == 0 && json.errors.isEmpty, "\(json.errors)")
        let report = try JSONDecoder().decode(Report.self, from: Data(json.output))
        #expect(report.clips.count == 2 && report.speech.count >= 2)
        for (clip, begin) in zip(report.clips, [3.0, 18]) {
            #expect(clip.start > begin - 0.6 && clip.end < begin + 6 && clip.end - clip.start > 2, "\(clip)")
        }
        let plain = try await BuiltCommand.run(
            ["segment", "in.wav", "--plot", "out.svg", "--progress", "none"], in: folder)
        let lines = plain.text.split(separator: "\n")
        #expect(lines.count == 3 && lines[2].hasSuffix("of 0:24.000 is speech, in 2 clips"), "\(plain.text)")
        #expect(plain.errors == "out.svg: a picture of it\n")
        let picture = String(decoding: try contents(of: folder.file("out.svg")), as: UTF8.self)
        #expect(picture.hasPrefix("<svg xmlns=") && picture.hasSuffix("</svg>\n"))
        #expect(picture.contains(">in.wav</text>") && picture.contains("0:20</text>"))
        #expect(folder.names == ["in.wav", "out.svg"])
    }

    @Test func `a pipe is heard as it comes, and a name is no markup`() async throws {
        let folder = ScratchFolder()
        try Self.sound(in: folder)
        let run = try await BuiltCommand.run(
            ["segment", "-", "--plot", "a.svg", "--limit", "2", "-q"], in: folder, input: folder.file("in.wav"))
        #expect(run.status == 0 && run.errors.isEmpty)
        #expect(run.text.split(separator: "\n").count > 3, "clips of two seconds are many")
        try FileManager.default.moveItem(atPath: folder.file("in.wav"), toPath: folder.file("a <b> & c.wav"))
        _ = try await BuiltCommand.run(["segment", "a <b> & c.wav", "--plot", "a.svg", "-q"], in: folder)
        let picture = String(decoding: try contents(of: folder.file("a.svg")), as: UTF8.self)
        #expect(picture.contains("a &lt;b&gt; &amp; c.wav"))
    }

    @Test(arguments: [
        (["segment"], 2, "one recording"), (["segment", "a", "b"], 2, "one recording"),
        (["segment", "none.wav"], 1, "none.wav"),
        (["segment", "in.wav", "--plot", "/none/a.svg"], 1, "/none/a.svg"),
        (["segment", "in.wav", "--limit", "1"], 2, "--limit cannot be"),
    ])
    func `what cannot be done is told`(words: [String], status: Int32, text: String) async throws {
        let folder = ScratchFolder()
        try Self.sound(in: folder)
        let run = try await BuiltCommand.run(words, in: folder)
        #expect(run.status == status && run.errors.contains(text), "\(run.status) \(run.errors)")
    }

    @Test(.needsProgram("ffmpeg")) func `what is no recording is told`() async throws {
        let folder = ScratchFolder()
        try write(Array("no sound at all".utf8), to: folder.file("text.txt"))
        let run = try await BuiltCommand.run(["segment", "text.txt"], in: folder)
        #expect(run.status == 3 && run.errors.contains("hint:"), "\(run.status) \(run.errors)")
    }

    @Test func `silence is nobody's speech`() async throws {
        let folder = ScratchFolder()
        let silence = [Float](repeating: 0, count: 160_000)
        try write(
            WAVWriter.file(of: silence.span, format: PCMFormat(rate: 16_000, channels: 1), encoding: .signed16),
            to: folder.file("in.wav"))
        let run = try await BuiltCommand.run(["segment", "in.wav"], in: folder)
        #expect(run.status == 0 && run.text == "nobody speaks in 0:10.000\n")
        #expect(
            try await BuiltCommand.run(["segment", "in.wav", "--json"], in: folder).text
                == "{\"clips\":[],\"speech\":[]}\n")
    }
}
