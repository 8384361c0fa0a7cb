import AudioCore
import Foundation
import Platform
import Subtitles
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Ctrl-C in the middle of the verbs that wait for somebody.
@Suite(.tags(.program), .neverHangs)
struct InterruptTests {
    private static let verbs: [[String]] = [
        ["speak", "hi", "-o", "out.wav"], ["speak", "hi", "-o", "out.opus", "--stream"], ["transcribe", "in.wav"],
        ["transcribe", "in.wav", "--stream"], ["voice", "in.wav", "-o", "out.wav"], ["voices"], ["doctor"],
    ]

    private static func sound(in folder: borrowing ScratchFolder) throws {
        let samples = [Float](repeating: 0.1, count: 16_000)
        let format = PCMFormat(rate: 16_000, channels: 1)
        try write(WAVWriter.file(of: samples.span, format: format, encoding: .signed16), to: folder.file("in.wav"))
    }

    /// The number of a process that wrote it into a file.
    private static func process(in path: String) throws -> pid_t {
        var number: pid_t?
        try waitUntil {
            number = (try? contents(of: path)).flatMap { pid_t(String(decoding: $0.dropLast(), as: UTF8.self)) }
            return number != nil
        }
        return number ?? 0
    }

    @Test(arguments: verbs.indices) func `it ends at once, with 130 and nothing left behind`(index: Int) async throws {
        let folder = ScratchFolder()
        try Self.sound(in: folder)
        let server = try ScriptedServer([.request, .stall])
        defer { server.stop() }
        let environment = [
            "ORIOLE_BASE_URL": server.url, "ORIOLE_API_KEY": "k", "ORIOLE_ENGINE": "glm", "TMPDIR": folder.file(""),
        ]
        let path = folder.path
        let interrupted = Beside {
            try waitUntil { !server.requests.isEmpty }
            try kill(Self.process(in: path + "/pid"), SIGINT)
        }
        let run = try await BuiltCommand.run(Self.verbs[index], in: folder, environment: environment, noting: "pid")
        try await interrupted.value
        #expect(run.status == 130 && run.errors == "oriole: interrupted; no file is left half made\n", "\(run.errors)")
        while server.openConnectionCount > 0 { await Task.yield() }
        #expect(folder.names == ["in.wav", "pid"])
    }

    /// Sound that has come already lies in a part file, which must go too.
    @Test(arguments: [
        (
            ["speak", "hi", "-o", "out.opus", "--stream"],
            #"{"choices":[{"index":0,"delta":{"content":"\#(String(repeating: "AAAA", count: 24_000))"}}]}"#
        ),
        (
            ["voice", "in.wav", "-o", "out.wav"],
            #"{"choices":[{"delta":{"audio":{"id":"1","data":"\#(String(repeating: "AAAA", count: 24_000))"}}}]}"#
        ),
    ])
    func `what has been written goes with it`(words: [String], frame: String) async throws {
        let folder = ScratchFolder()
        try Self.sound(in: folder)
        let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
        let server = try ScriptedServer([.request, .send("\(head)data: \(frame)\n\n"), .stall])
        defer { server.stop() }
        let environment = ["ORIOLE_BASE_URL": server.url, "ORIOLE_API_KEY": "k", "ORIOLE_ENGINE": "glm"]
        let path = folder.path
        let interrupted = Beside {
            let names = { (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] }
            try waitUntil { names().contains { $0.hasSuffix(".part") } }
            try kill(Self.process(in: path + "/pid"), SIGINT)
        }
        let run = try await BuiltCommand.run(words, in: folder, environment: environment, noting: "pid")
        try await interrupted.value
        #expect(run.status == 130, "\(run.errors)")
        #expect(folder.names == ["in.wav", "pid"])
    }

    @Test(arguments: [
        ["speak", "hi", "-o", "out.wav"], ["transcribe", "in.wav"], ["voice", "in.wav", "-o", "out.wav"],
    ])
    func `a program that works for it ends with it`(words: [String]) async throws {
        let folder = ScratchFolder()
        try Self.sound(in: folder)
        // In the place of the programs, one that says who it is and works without end.
        let program = Array("#!/bin/sh\necho $$ > '\(folder.file("worker"))'\nexec sleep 1000\n".utf8)
        for name in ["flite", "pocketsphinx_continuous"] {
            try write(program, to: folder.file(name))
            _ = unsafe chmod(folder.file(name), 0o700)
        }
        let path = folder.path
        let worker = Beside {
            let worker = try Self.process(in: path + "/worker")
            try kill(Self.process(in: path + "/pid"), SIGTERM)
            return worker
        }
        let environment = [
            "PATH": "\(folder.path):/usr/bin:/bin", "ORIOLE_ENGINE": "offline", "TMPDIR": folder.file(""),
        ]
        let run = try await BuiltCommand.run(words, in: folder, environment: environment, noting: "pid")
        #expect(run.status == 130, "\(run.errors)")
        let number = try await worker.value
        #expect(kill(number, 0) != 0 && errno == ESRCH)
        #expect(folder.names == ["flite", "in.wav", "pid", "pocketsphinx_continuous", "worker"])
    }

    @Test(.needsOptimization) func `what is said into a pipe until then is written`() async throws {
        let folder = ScratchFolder()
        let sound = WAVWriter.file(
            of: Signals.voice(seconds: 24).span, format: PCMFormat(rate: 16_000, channels: 1), encoding: .signed16)
        #expect(unsafe mkfifo(folder.file("pipe"), 0o600) == 0)
        let server = try HearingServer()
        let path = folder.path
        let spoken = Beside {
            // Whoever speaks goes on holding the pipe.
            let pipe = unsafe fopen(path + "/pipe", "w")
            defer { unsafe fclose(pipe) }
            unsafe fwrite(sound, 1, sound.count, pipe)
            unsafe fflush(pipe)
            try waitUntil { !server.answers.isEmpty }
            try kill(Self.process(in: path + "/pid"), SIGINT)
            try waitUntil { try kill(Self.process(in: path + "/pid"), 0) != 0 }
        }
        let run = try await BuiltCommand.run(
            ["transcribe", "-", "--format", "srt"], in: folder, environment: server.environment,
            input: folder.file("pipe"), noting: "pid")
        try await spoken.value
        #expect(run.status == 0, "\(run.errors)")
        let said = Set(server.answers.flatMap { $0.split(separator: " ") })
        let written = try Track(reading: run.output).cues.flatMap { $0.text.split(separator: " ") }
        #expect(!written.isEmpty && said.isSuperset(of: written), "\(written)")
    }
}
