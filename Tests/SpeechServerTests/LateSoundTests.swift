import AudioCore
import Foundation
import Platform
import Subtitles
import TestSupport
import Testing

@testable import SpeechServer

/// Films whose sound begins later than their picture, and clients that drop the gap or fill it.
@Suite(.needsOptimization, .enabled(if: Environment.program("ffmpeg") != nil, "ffmpeg makes the film"))
struct LateSoundTests {
    /// A film of eleven seconds whose sound begins in the second.
    private static func make(in folder: borrowing ScratchFolder) async throws -> String {
        try write(SpokenSound.wave(seconds: 9), to: folder.file("voice.wav"))
        let path = folder.file("late film.mkv")
        var ffmpeg = try ChildProcess(
            "ffmpeg", at: #require(Environment.program("ffmpeg")),
            arguments: [
                "-v", "error", "-nostdin", "-f", "lavfi", "-i", "color=size=32x32:rate=5:duration=11", "-itsoffset",
                "1.5",
                "-i", folder.file("voice.wav"), "-c:a", "pcm_s16le", "-metadata:s:a:0", "language=eng", path,
            ])
        var output: [UInt8] = []
        while try await ffmpeg.read(appendingTo: &output) {}
        let ending = try await ffmpeg.finish()
        try #require(ending.isSuccess, "\(ending.errors)")
        return path
    }

    private static func start(
        of film: String, _ settings: ServerSettings, _ sound: [UInt8] = SpokenSound.raw(seconds: 9)
    ) async throws -> Duration {
        let reply = await InProcess(.init(), settings).post(
            form: [FormPart(name: "audio_file", content: sound, fileName: "audio_file")], to: "/asr",
            query: ["encode": "false", "output": "srt", "language": "en", "video_file": film])
        return try #require(try Track(reading: reply.body, as: .srt).cues.first).start
    }

    @Test func `cues are late with the sound where the client dropped the gap, and only there`() async throws {
        let folder = ScratchFolder()
        let film = try await Self.make(in: folder)
        var settings = ServerSettings()
        let usual = try await Self.start(of: film, settings)
        settings.mediaFolder = folder.path
        let shifted = try await Self.start(of: film, settings)
        #expect(abs((shifted - usual) / .seconds(1) - 1.5) < 0.03, "\(usual) \(shifted)")
        // Others fill it with nothing: then the sound that came is right as it is.
        let filled = [UInt8](repeating: 0, count: 48_000) + SpokenSound.raw(seconds: 9)
        let right = try await Self.start(of: film, settings, filled)
        #expect(abs((right - shifted) / .seconds(1)) < 0.05)
    }

    @Test func `a film elsewhere is not looked at, wherever its name seems to lead`() async throws {
        let folder = ScratchFolder()
        let other = ScratchFolder()
        let film = try await Self.make(in: other)
        try FileManager.default.createSymbolicLink(atPath: folder.file("link.mkv"), withDestinationPath: film)
        var settings = ServerSettings()
        let usual = try await Self.start(of: film, settings)
        settings.mediaFolder = folder.path
        let names = [
            film, folder.file("link.mkv"),
            folder.file("../\(other.path.split(separator: "/").last ?? "")/late film.mkv"),
        ]
        for name in names { #expect(try await Self.start(of: name, settings) == usual, "\(name)") }
    }
}
