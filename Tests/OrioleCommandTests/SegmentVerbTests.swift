import AudioCore
import Foundation
import Platform
import TestSupport
import Testing

/// Where somebody speaks, as the command tells it.
@Suite(.tags(.program), .neverHangs)
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

    @Test(.needsOptimization) func `speech and clips are told to people and to programs, and drawn`() async throws {
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

    @Test(.needsOptimization) func `a pipe is heard as it comes, and a name is no markup`() async throws {
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

    @Test(arguments: ["a band", "three samples"]) func `what is no voice is nobody's speech`(kind: String) async throws
    {
        let folder = ScratchFolder()
        let samples = kind == "a band" ? Signals.beat(frames: 160_000) : [0.1, -0.2, 0.3]
        try write(
            WAVWriter.file(of: samples.span, format: PCMFormat(rate: 16_000, channels: 1), encoding: .signed16),
            to: folder.file("in.wav"))
        let run = try await BuiltCommand.run(["segment", "in.wav", "-q"], in: folder)
        #expect(run.status == 0 && run.text.hasPrefix("nobody speaks in 0:"), "\(run.text)")
    }

    /// A telephone, and a film.
    @Test(.needsOptimization, arguments: [(8_000, 1, SampleEncoding.signed16), (48_000, 2, .signed24)])
    func `the same is heard of the same voice in another form`(rate: Int, channels: Int, encoding: SampleEncoding)
        async throws
    {
        let folder = ScratchFolder()
        let samples = Signals.voice(seconds: 12)
        var other: [Float] = []
        var resampler = try Resampler(from: 16_000, to: rate, channels: 1)
        try resampler.convert(samples.span, appendingTo: &other)
        try resampler.finish(appendingTo: &other)
        let wide = other.flatMap { Array(repeating: $0, count: channels) }
        for (name, sound, format, encoding) in [
            ("plain", samples, PCMFormat(rate: 16_000, channels: 1), SampleEncoding.signed16),
            ("other", wide, PCMFormat(rate: rate, channels: channels), encoding),
        ] {
            try write(
                WAVWriter.file(of: sound.span, format: format, encoding: encoding), to: folder.file("\(name).wav"))
        }
        var reports: [Report] = []
        for name in ["plain", "other"] {
            let run = try await BuiltCommand.run(["segment", "\(name).wav", "--json", "-q"], in: folder)
            reports.append(try JSONDecoder().decode(Report.self, from: Data(run.output)))
        }
        #expect(reports[0].clips.count == 1 && reports[1].clips.count == 1)
        for (clip, same) in zip(reports[0].clips, reports[1].clips) {
            #expect(abs(clip.start - same.start) <= 0.1 && abs(clip.end - same.end) <= 0.1, "\(clip) \(same)")
        }
    }

    /// In less memory than the file has bytes.
    @Test(.tags(.soak), .needsPatience)
    func `ten hours are heard in little memory`() async throws {
        let folder = ScratchFolder()
        let (hours, second) = (10, 16_000)
        let header = WAVWriter.file(
            of: [Float](repeating: 0, count: 0).span, format: PCMFormat(rate: second, channels: 1),
            encoding: .signed16)
        // A pipe's header, which tells no length, and silence that takes no room on the disk.
        let file = folder.file("in.wav")
        try write(header, to: file)
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: file))
        try handle.seek(toOffset: 4)
        try handle.write(contentsOf: Data(repeating: 255, count: 4))
        try handle.seek(toOffset: UInt64(header.count) - 4)
        try handle.write(contentsOf: Data(repeating: 255, count: 4))
        var voice: [UInt8] = []
        PCMEncoder(.signed16).encode(Signals.voice(seconds: 12).span, appendingTo: &voice)
        for hour in 0..<hours {
            try handle.seek(toOffset: UInt64(header.count + 2 * second * 3_600 * hour))
            try handle.write(contentsOf: Data(voice))
        }
        try handle.truncate(atOffset: UInt64(header.count + 2 * second * 3_600 * hours))
        try handle.close()
        let run = try await BuiltCommand.run(
            ["segment", "-", "--json", "-q"], in: folder, input: file, mostKilobytes: 800_000)
        let report = try JSONDecoder().decode(Report.self, from: Data(run.output))
        #expect(report.clips.map { Int($0.start / 3_600) } == Array(0..<hours), "\(run.errors)")
    }
}
