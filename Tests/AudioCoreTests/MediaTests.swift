import Foundation
import Platform
import TestSupport
import Testing

@testable import AudioCore

@Suite(.tags(.program), .neverHangs)
struct MediaTests {
    /// What ffmpeg prints about a film with three sound tracks.
    static let report = """
        Input #0, matroska,webm, from 'film.mkv':
          Duration: 01:02:03.50, start: 0.000000, bitrate: 1000 kb/s
          Stream #0:0: Video: h264, yuv420p, 1280x720 (default)
          Stream #0:1(eng): Audio: aac (LC), 48000 Hz, 5.1, fltp
          Stream #0:2[0x2](chi): Audio: ac3, 48000 Hz, stereo, fltp, 192 kb/s (default)
          Stream #0:3: Audio: opus, 48000 Hz, mono, fltp
          Stream #0:4(chi): Subtitle: subrip
        At least one output file must be specified
        """

    @Test func `what ffmpeg prints tells the tracks and the length`() {
        let probe = MediaProbe(report: Self.report)
        #expect(probe.duration == .seconds(3_723.5))
        #expect(probe.tracks.map(\.language) == ["eng", "chi", nil])
        #expect(probe.tracks.map(\.isDefault) == [false, true, false])
        #expect(probe.tracks[1].details == "ac3, 48000 Hz, stereo, fltp, 192 kb/s")
    }

    @Test(arguments: [
        (AudioTrack.automatic, 1), (.index(0), 0), (.index(2), 2), (.language("zh"), 1), (.language("zho-Hans"), 1),
        (.language("EN"), 0),
    ])
    func `a choice finds its track`(choice: AudioTrack, index: Int) throws {
        #expect(try MediaProbe(report: Self.report).track(choice, in: "film.mkv").index == index)
    }

    @Test(arguments: [AudioTrack.index(3), .language("fr")])
    func `a choice that finds none lists what there is`(choice: AudioTrack) {
        let error = #expect(throws: AudioError.self) {
            try MediaProbe(report: Self.report).track(choice, in: "film.mkv")
        }
        #expect(error?.code == .noAudio)
        #expect(error?.remedy == "there are: 0 (eng, aac); 1 (chi, ac3); 2 (no language, opus)")
    }

    @Test(.needsProgram("ffmpeg"))
    func `no media file, no sound and no file are three different messages`() async throws {
        let folder = ScratchFolder()
        let path = folder.file("notes.txt")
        try write(Array(String(repeating: "Once upon a time. ", count: 100).utf8), to: path)
        let noMedia = await #expect(throws: AudioError.self) { _ = try await AudioInput(path: path) }
        #expect(noMedia?.code == .malformedInput && noMedia?.message == "\(path) is not a media file")
        let silent = folder.file("silent.mkv")
        try await Self.ffmpeg(["-f", "lavfi", "-i", "color=size=16x16:duration=0.1", "-c:v", "rawvideo", silent])
        let noSound = await #expect(throws: AudioError.self) { _ = try await AudioInput(path: silent) }
        #expect(noSound?.code == .noAudio && noSound?.message == "\(silent) has no audio track")
        let missing = await #expect(throws: AudioError.self) { _ = try await AudioInput(path: folder.file("none.mkv")) }
        #expect(missing?.code == .notFound)
    }

    @Test(.needsProgram("ffmpeg"))
    func `the chosen track of a film is read, with its late beginning`() async throws {
        let folder = ScratchFolder()
        let film = folder.file("film.mkv")
        try await Self.ffmpeg([
            "-f", "lavfi", "-i", "sine=frequency=440:duration=2:sample_rate=48000", "-f", "lavfi", "-itsoffset", "0.5",
            "-i",
            "sine=frequency=880:duration=1:sample_rate=48000", "-map", "0:a", "-map", "1:a", "-c:a", "pcm_s16le",
            "-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=chi", film,
        ])
        let english = try await Self.samples(AudioInput(path: film))
        #expect(english.count == 96_000)
        let chinese = try await Self.samples(AudioInput(path: film, track: .language("zh")))
        #expect(chinese.count == 72_000)
        #expect(chinese.prefix(23_900).allSatisfy { $0 == 0 } && chinese[24_000..<30_000].contains { abs($0) > 0.05 })
    }

    @Test(.needsProgram("ffmpeg"))
    func `a reader that is cancelled leaves no program behind`() async throws {
        let folder = ScratchFolder()
        let film = folder.file("film.mkv")
        try await Self.ffmpeg([
            "-f", "lavfi", "-i", "sine=duration=600:sample_rate=48000", "-c:a", "pcm_s16le", film,
        ])
        #expect(programs(mentioning: film).isEmpty)
        let (started, start) = AsyncStream.makeStream(of: Void.self)
        let reading = Task {
            var reader = try await MediaReader(path: film)
            _ = try await reader.next()
            start.yield()
            while try await reader.next() != nil { await Task.yield() }
        }
        var starts = started.makeAsyncIterator()
        _ = await starts.next()
        #expect(programs(mentioning: film).count == 1)
        reading.cancel()
        let result = await reading.result
        #expect(programs(mentioning: film).isEmpty)
        let error = #expect(throws: AudioError.self) { try result.get() }
        #expect(error?.code == .cancelled)
    }

    /// The numbers of the programs that were started with an argument.
    private func programs(mentioning argument: String) -> [Int] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return all.compactMap(Int.init).filter { number in
            let line = (try? contents(of: "/proc/\(number)/cmdline")) ?? []
            return String(decoding: line, as: UTF8.self).contains(argument)
        }
    }

    static func samples(_ input: consuming AudioInput) async throws -> [Float] {
        var samples: [Float] = []
        while let chunk = try await input.next() { samples += chunk.samples }
        return samples
    }

    /// Makes a file with ffmpeg.
    static func ffmpeg(_ arguments: [String]) async throws {
        let path = try #require(Environment.program("ffmpeg"))
        var child = try ChildProcess("ffmpeg", at: path, arguments: ["-v", "error", "-nostdin", "-y"] + arguments)
        var output: [UInt8] = []
        while try await child.read(appendingTo: &output) {}
        let ending = try await child.finish()
        #expect(ending.isSuccess, "\(ending.errors)")
    }

    @Test func `a letter of each script stands for its font`() async throws {
        #expect(Fonts.samples(of: "Hello, {\\k10}café 12") == [])
        #expect(Fonts.samples(of: "你好世界 привет это 안녕 こん").map { String($0) } == ["п", "こ", "你", "안"])
        try await Fonts.check("Latin letters are in every font")
    }
}
