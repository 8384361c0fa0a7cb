import AudioCore
import Foundation
import Platform
import Subtitles
import TestSupport
import Testing

/// Subtitles as a user makes them.
@Suite(.tags(.program), .serialized, .needsOptimization, .neverHangs)
struct SubtitleVerbTests {
    /// Three voices of five seconds, ten apart.
    static func sound(_ name: String = "film.wav", seconds: Int = 40, in folder: borrowing ScratchFolder) throws {
        try write(
            WAVWriter.file(
                of: Signals.voice(seconds: seconds).span, format: PCMFormat(rate: 16_000, channels: 1),
                encoding: .signed16), to: folder.file(name))
    }

    @Test func `cues are translated, with what was said below where that is wanted`() async throws {
        let folder = ScratchFolder()
        try Self.sound(in: folder)
        let server = try HearingServer()
        let command = ["subtitle", "film.wav", "--translate", "fr"]
        let run = try await BuiltCommand.run(command, in: folder, environment: server.environment)
        #expect(run.status == 0, "\(run.errors)")
        let said = Set(server.answers.map { $0.uppercased() })
        #expect(Set(try Self.track(folder.file("film.fr.srt")).cues.map(\.text)) == said)
        let both = try await BuiltCommand.run(
            command + ["--bilingual", "-o", "both.srt"], in: folder, environment: server.environment)
        #expect(both.status == 0, "\(both.errors)")
        let cues = try Self.track(folder.file("both.srt")).cues
        #expect(cues.count == 3 && cues.allSatisfy { $0.lines[0].text == $0.lines[1].text.uppercased() })
        let alone = try await BuiltCommand.run(["subtitle", "film.wav", "--bilingual"], in: folder)
        #expect(alone.status == 2 && alone.errors.contains("--translate"))
    }

    @Test(arguments: ["text", "json", "vtt"])
    func `what is longer than the engine hears at once is written down too`(form: String) async throws {
        let folder = ScratchFolder()
        try Self.sound(in: folder)
        let server = try HearingServer()
        var environment = server.environment
        environment["ORIOLE_ENGINE"] = "glm"
        let run = try await BuiltCommand.run(
            ["transcribe", "-", "--format", form, "--concurrency", "1"], in: folder, environment: environment,
            input: folder.file("film.wav"))
        #expect(run.status == 0, "\(run.errors)")
        // Which clip is asked for first is no matter of the order in which they are told.
        let answers = server.answers.sorted()
        #expect(answers.count == 3)
        let said: (String) -> [String] = { $0.split(separator: ".").map { $0.drop { $0 == " " } + "." }.sorted() }
        switch form {
        case "text": #expect(run.text.hasSuffix(".\n") && said(String(run.text.dropLast())) == answers)
        case "json":
            for answer in answers { #expect(run.text.contains(#""text":"\#(answer)""#), "\(run.text)") }
        default: #expect(try Track(reading: run.output).cues.map(\.text).sorted() == answers)
        }
    }

    // Inlined into a test, it makes the optimizer of Swift 6.3.1 crash.
    @inline(never) private static func track(_ path: String) throws -> Track { try Track(reading: contents(of: path)) }

    @Test func `subtitles lie beside the film in every format that is wanted`() async throws {
        let folder = ScratchFolder()
        try Self.sound(in: folder)
        let server = try HearingServer()
        let run = try await BuiltCommand.run(
            ["subtitle", "film.wav", "--format", "srt,vtt,json,ass,lrc,ttml,txt", "--words"], in: folder,
            environment: server.environment)
        #expect(run.status == 0 && run.output.isEmpty, "\(run.errors)")
        try Self.expectWhole(folder, answers: server.answers)
    }

    /// Every format is there, with the cues where the voices are.
    private static func expectWhole(_ folder: borrowing ScratchFolder, answers: [String]) throws {
        let endings = ["ass", "json", "lrc", "srt", "ttml", "txt", "vtt"]
        #expect(folder.names == endings.map { "film.en.\($0)" } + ["film.wav"])
        let cues = try track(folder.file("film.en.srt")).cues
        #expect(Set(cues.map(\.text)) == Set(answers) && cues.count == 3)
        for (index, cue) in cues.enumerated() {
            let begin = Double(index) * 15 + 3
            #expect(abs(cue.start / .seconds(1) - begin) < 0.8 && cue.end / .seconds(1) < begin + 5, "\(cue)")
        }
        let json = try track(folder.file("film.en.json"))
        #expect(json.words.count == 9 && json.timing == .heard && json.language == "en")
        #expect(String(decoding: try contents(of: folder.file("film.en.vtt")), as: UTF8.self).contains("<00:00:"))
    }

    @Test func `what was finished is not asked again, and the end is the same`() async throws {
        let folder = ScratchFolder()
        try Self.sound(in: folder)
        // The second clip is refused: the rest is written, and the journal stays.
        let server = try HearingServer(refusing: [1])
        let command = ["subtitle", "film.wav", "-o", "out.srt", "--concurrency", "1"]
        let first = try await BuiltCommand.run(command, in: folder, environment: server.environment)
        #expect(first.status == 1 && first.errors.contains("sensitive"), "\(first.errors)")
        #expect(folder.names == ["film.wav", "out.srt", "out.srt.oriole"])
        #expect(try Self.track(folder.file("out.srt")).cues.count == 2)
        let second = try await BuiltCommand.run(command, in: folder, environment: server.environment)
        #expect(second.status == 0, "\(second.errors)")
        #expect(server.answers.count == 4 && server.answers.last == server.answers[1])
        #expect(folder.names == ["film.wav", "out.srt"])
        let whole = try contents(of: folder.file("out.srt"))
        #expect(try Self.track(folder.file("out.srt")).cues.count == 3)
        let fresh = try await BuiltCommand.run(command + ["--fresh"], in: folder, environment: server.environment)
        #expect(fresh.status == 0 && server.answers.count == 7)
        #expect(try contents(of: folder.file("out.srt")) == whole)
    }

    @Test func `a part is heard on the clock of the whole, and shown later when that is asked`() async throws {
        let folder = ScratchFolder()
        try Self.sound(seconds: 42, in: folder)
        let server = try HearingServer()
        let run = try await BuiltCommand.run(
            ["subtitle", "film.wav", "-o", "out.vtt", "--from", "0:16", "--to", "40", "--offset", "2", "-q"],
            in: folder,
            environment: server.environment)
        #expect(run.status == 0 && run.errors.isEmpty, "\(run.errors)")
        let starts = try Self.track(folder.file("out.vtt")).cues.map { $0.start / .seconds(1) }
        #expect(starts.count == 2 && abs(starts[0] - 20.3) < 0.8 && abs(starts[1] - 35.3) < 0.8, "\(starts)")
    }

    @Test func `a trial of a part keeps what a run of the whole has finished`() async throws {
        let folder = ScratchFolder()
        try Self.sound(in: folder)
        let server = try HearingServer(refusing: [1])
        let command = ["subtitle", "film.wav", "-o", "out.srt", "--concurrency", "1"]
        _ = try await BuiltCommand.run(command, in: folder, environment: server.environment)
        let trial = try await BuiltCommand.run(
            command + ["--to", "0:12"], in: folder, environment: server.environment)
        #expect(trial.status == 0, "\(trial.errors)")
        #expect(folder.names == ["film.wav", "out.srt", "out.srt.oriole"])
        let whole = try await BuiltCommand.run(command, in: folder, environment: server.environment)
        // Three clips, and once more the one that was refused, whichever that was.
        #expect(whole.status == 0 && server.answers.count == 4, "\(whole.errors)")
        #expect(folder.names == ["film.wav", "out.srt"])
    }

    @Test func `an output's name keeps what is no ending of subtitles`() async throws {
        let folder = ScratchFolder()
        try Self.sound(seconds: 12, in: folder)
        let server = try HearingServer()
        for output in ["film.zh", "other.srt"] {
            let run = try await BuiltCommand.run(
                ["subtitle", "film.wav", "--format", "srt,json", "-o", output], in: folder,
                environment: server.environment)
            #expect(run.status == 0, "\(run.errors)")
        }
        #expect(folder.names == ["film.wav", "film.zh.json", "film.zh.srt", "other.json", "other.srt"])
        let json = try Self.track(folder.file("other.json"))
        #expect(json.duration == .seconds(12) && json.cues.first?.words.count == 3)
    }

    @Test(.needsProgram("ffmpeg")) func `files of a batch that cannot be heard do not stop the others`() async throws {
        let folder = ScratchFolder()
        try Self.sound("a.wav", seconds: 24, in: folder)
        try Self.sound("c.wav", seconds: 24, in: folder)
        try write(Array("no sound".utf8), to: folder.file("b.wav"))
        let server = try HearingServer()
        let run = try await BuiltCommand.run(
            ["subtitle", "a.wav", "b.wav", "c.wav", "--json"], in: folder, environment: server.environment)
        #expect(run.status == 1 && run.errors.contains("b.wav"), "\(run.errors)")
        #expect(folder.names.filter { $0.hasSuffix(".srt") } == ["a.en.srt", "c.en.srt"])
        #expect(run.text.split(separator: "\n").count == 2 && run.text.contains(#""cues":2"#))
        // The same command again pays for nothing twice, and leaves nothing once all is well.
        let count = server.answers.count
        try Self.sound("b.wav", seconds: 24, in: folder)
        let again = try await BuiltCommand.run(
            ["subtitle", "a.wav", "b.wav", "c.wav", "--json"], in: folder, environment: server.environment)
        // The sound of all three is the same, and was heard for each of them.
        #expect(again.status == 0 && server.answers.count == count + 2, "\(again.errors)")
        #expect(!folder.names.contains { $0.hasSuffix(".oriole") })
    }

    @Test func `a pipe becomes subtitles on standard output`() async throws {
        let folder = ScratchFolder()
        try Self.sound(seconds: 24, in: folder)
        let server = try HearingServer()
        let run = try await BuiltCommand.run(
            ["subtitle", "-", "-o", "-", "--format", "vtt", "-q"], in: folder, environment: server.environment,
            input: folder.file("film.wav"))
        #expect(run.status == 0 && run.errors.isEmpty)
        #expect(try Track(reading: run.output).cues.count == 2)
        #expect(folder.names == ["film.wav"])
    }

    @Test func `hot words and what it is about are sent, and a plan asks nobody`() async throws {
        let folder = ScratchFolder()
        try Self.sound(seconds: 24, in: folder)
        try write(Array("智谱\n  Oriole bird \n".utf8), to: folder.file("words.txt"))
        let server = try HearingServer()
        var environment = server.environment
        environment["ORIOLE_ENGINE"] = "glm"
        let plan = try await BuiltCommand.run(
            ["subtitle", "film.wav", "--dry-run"], in: folder, environment: environment)
        #expect(plan.status == 0 && plan.text.contains("2 clips") && plan.text.contains("CNY"), "\(plan.text)")
        #expect(server.answers.isEmpty)
        let run = try await BuiltCommand.run(
            ["subtitle", "film.wav", "--prompt", "about birds", "--hotwords", "A,B", "--hotwords-file", "words.txt"],
            in: folder, environment: environment)
        #expect(run.status == 0, "\(run.errors)")
        let form = String(decoding: server.requests[0].body, as: UTF8.self)
        for word in ["about birds", "智谱", "Oriole bird"] { #expect(form.contains(word)) }
    }

    @Test func `with context a clip is told what was said before`() async throws {
        let folder = ScratchFolder()
        try Self.sound(seconds: 40, in: folder)
        let server = try HearingServer()
        let run = try await BuiltCommand.run(
            ["subtitle", "film.wav", "--context", "--prompt", "birds"], in: folder, environment: server.environment)
        #expect(run.status == 0, "\(run.errors)")
        let forms = server.requests.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(forms.count == 3 && !forms[0].contains(server.answers[0]))
        #expect(forms[1].contains("birds\n\(server.answers[0])") && forms[2].contains(server.answers[1]))
    }

    @Test(
        arguments: [
            (["subtitle"], 2, "nothing to hear"), (["subtitle", "-"], 2, "no name"),
            (["subtitle", "none.mp4"], 1, "none.mp4"),
            (
                ["subtitle", "film.wav", "--burn"], Environment.program("ffmpeg") == nil ? 6 : 2,
                Environment.program("ffmpeg") == nil ? "ffmpeg" : "no picture"
            ),
            (["subtitle", "a.wav", "b.wav", "-o", "out.srt"], 2, "cannot all become"),
            (["subtitle", "film.wav", "-o", "-", "--format", "srt,vtt"], 2, "one format"),
            (["subtitle", "film.wav", "-o", "film.wav"], 2, "the recording itself"),
            (["subtitle", "film.wav", "film.mp4"], 2, "both become"),
            (["subtitle", "-", "-o", "a.srt", "--burn"], 2, "copied"),
            (["subtitle", "film.wav", "--from", "2:00", "--to", "1:00"], 2, "before --from"),
            (["subtitle", "film.wav", "--format", "doc"], 2, "srt"),
            (["subtitle", "film.wav", "-o", "none/out.srt"], 1, "none"),
            (["subtitle", "film.wav", "--language", "zh", "--engine", "offline"], 6, "English only"),
        ] as [([String], Int32, String)])
    func `what cannot be done is told`(words: [String], status: Int32, text: String) async throws {
        let folder = ScratchFolder()
        try Self.sound(seconds: 12, in: folder)
        let run = try await BuiltCommand.run(words, in: folder)
        #expect(run.status == status && run.errors.contains(text), "\(run.status ?? -1) \(run.errors)")
        #expect(folder.names == ["film.wav"])
    }

    @Test(.needsProgram("ffmpeg"), .needsProgram("ffprobe")) func `copies of the film have the subtitles`() async throws
    {
        let folder = ScratchFolder()
        try Self.sound(seconds: 12, in: folder)
        let film = [
            "-v", "error", "-f", "lavfi", "-i", "color=gray:s=320x180:r=5", "-i", folder.file("film.wav"), "-shortest",
        ]
        try await Self.run("ffmpeg", film + [folder.file("film.mp4")])
        let server = try HearingServer()
        let run = try await BuiltCommand.run(
            ["subtitle", "film.mp4", "--embed", "--burn"], in: folder, environment: server.environment)
        #expect(run.status == 0, "\(run.errors)")
        #expect(folder.names == ["film.burned.mp4", "film.en.srt", "film.mp4", "film.subtitled.mp4", "film.wav"])
        let extract = ["-v", "error", "-i", folder.file("film.subtitled.mp4"), folder.file("back.srt")]
        try await Self.run("ffmpeg", extract)
        #expect(
            try Self.track(folder.file("back.srt")).cues.map(\.text)
                == Self.track(folder.file("film.en.srt")).cues.map(\.text))
        // Letters are white where the picture was gray.
        let frame = [
            "-v", "error", "-ss", "4.5", "-i", folder.file("film.burned.mp4"), "-frames:v", "1", "-pix_fmt", "gray",
        ]
        try await Self.run("ffmpeg", frame + ["-f", "rawvideo", folder.file("frame.gray")])
        #expect(try contents(of: folder.file("frame.gray")).count { $0 > 180 } > 30)
    }

    @Test(.needsProgram("flite"), .needsProgram("pocketsphinx_batch"))
    func `without an account subtitles are made too`()
        async throws
    {
        let folder = ScratchFolder()
        let text = "The weather is fine today. We are going to the river."
        let offline = ["ORIOLE_ENGINE": "offline"]
        let spoken = try await BuiltCommand.run(
            ["speak", text, "-o", "talk.wav"], in: folder, environment: offline)
        #expect(spoken.status == 0, "\(spoken.errors)")
        let run = try await BuiltCommand.run(["subtitle", "talk.wav"], in: folder, environment: offline)
        #expect(run.status == 0, "\(run.errors)")
        let track = try Self.track(folder.file("talk.en.srt"))
        let plain: (String) -> Set<String> = { Set($0.lowercased().split { !$0.isLetter }.map(String.init)) }
        #expect(plain(track.cues.map(\.text).joined(separator: " ")).intersection(plain(text)).count >= 6)
        #expect(track.cues.allSatisfy { $0.end > $0.start && $0.end < .seconds(8) })
    }

    private static func run(_ program: String, _ arguments: [String]) async throws {
        let path = try #require(Environment.program(program))
        var child = try ChildProcess(program, at: path, arguments: arguments)
        var output: [UInt8] = []
        while try await child.read(appendingTo: &output) {}
        #expect(try await child.finish().isSuccess)
    }
}
