import Foundation
import Platform
import TestSupport
import Testing

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What somebody meets who types something odd, or whose machine is odd.
@Suite(.tags(.program), .neverHangs)
struct RoughEdgesTests {
    private static let offline = ["ORIOLE_ENGINE": "offline"]

    /// A program of the tests in the place of one of the offline engine's.
    private static func put(_ name: String, _ script: String, in folder: borrowing ScratchFolder) throws {
        try write(Array("#!/bin/sh\n\(script)\n".utf8), to: folder.file(name))
        _ = unsafe chmod(folder.file(name), 0o700)
    }

    private static func environment(_ folder: borrowing ScratchFolder) -> [String: String] {
        ["PATH": "\(folder.path):/usr/bin:/bin", "ORIOLE_ENGINE": "offline"]
    }

    @Test(arguments: [
        ("head -c 100000000 /dev/zero", "more than 64 MiB"), ("exit 0", "flite: "),
        (
            #"printf 'RIFF\044\0\1\0WAVEfmt \020\0\0\0\1\0\1\0\200\076\0\0\0\175\0\0\2\0\020\0data\0\0\1\0abcd'"#,
            "stops before"
        ),
    ])
    func `a program that writes too much, nothing or half a file has failed`(script: String, words: String) async throws
    {
        let folder = ScratchFolder()
        try Self.put("flite", script, in: folder)
        let run = try await BuiltCommand.run(
            ["speak", "hi", "-o", "out.wav"], in: folder, environment: Self.environment(folder))
        #expect(run.status == 5 && run.errors.contains(words), "\(run.status): \(run.errors)")
        #expect(folder.names == ["flite"])
    }

    @Test(
        .needsProgram("flite"), .needsProgram("espeak-ng"),
        arguments: [
            (["speak", ". . ."], 3, "no word in it"),
            (["speak", "Hello 你好", "--voice", "slt"], 3, "flite reads English only"),
            (["speak", "hi", "--voice", "tongtong"], 3, "cannot speak with the voice"),
        ])
    func `what cannot be spoken is told, and nothing of it is left out`(words: [String], status: Int32, message: String)
        async throws
    {
        let folder = ScratchFolder()
        let run = try await BuiltCommand.run(words + ["-o", "a.wav"], in: folder, environment: Self.offline)
        #expect(run.status == status && run.errors.contains(message) && run.errors.contains("hint:"), "\(run.errors)")
        #expect(!folder.names.contains("a.wav"))
    }

    @Test(.needsProgram("flite")) func `a voice that was set for another engine keeps nobody silent`() async throws {
        let folder = ScratchFolder()
        _ = try await BuiltCommand.run(["config", "set", "voice", "tongtong"], in: folder)
        let run = try await BuiltCommand.run(
            ["speak", "hi", "-o", "a.wav"], in: folder, environment: Self.offline)
        #expect(run.status == 0 && run.errors.contains("no voice ‘tongtong’"), "\(run.errors)")
        #expect(folder.names.contains("a.wav"))
    }

    @Test(arguments: [
        (["speak", "--speed", "9", "--help"], 0, "usage: oriole speak"),
        (["--quiet", "speak", "hi"], 2, "a verb comes first"),
        (["--verison"], 2, "did you mean ‘--version’?"), (["speak", "-5"], 2, "-- before what begins with a dash"),
        (["version", "--json"], 0, #"{"version":""#), (["help", "speak", "--json"], 0, #"{"text":"oriole speak"#),
        (["config", "get", "speed", "--json"], 0, #"{"name":"speed","origin":"built in","value":"1.0"}"#),
        (["config", "list"], 0, "speech-model"), (["config", "path", "--json"], 0, #"{"path":""#),
    ])
    func `what was meant is understood, or told`(words: [String], status: Int32, text: String) async throws {
        let run = try await BuiltCommand.run(words, in: ScratchFolder())
        #expect(run.status == status && (run.text + run.errors).contains(text), "\(run.text)\(run.errors)")
    }

    @Test func `standard input is called by its name`() async throws {
        let run = try await BuiltCommand.run(["transcribe", "-"], in: ScratchFolder(), environment: Self.offline)
        #expect(run.status == 3 && run.errors.contains("standard input is empty"), "\(run.errors)")
    }

    @Test func `a plan of what is longer than a clip is told`() async throws {
        let folder = ScratchFolder()
        let settings = ["ORIOLE_ENGINE": "glm", "ORIOLE_API_KEY": "k"]
        let header = "524946462420 4e00 57415645666d7420100000000100010040 1f0000803e000002001000646174610020 4e00"
        let bytes = header.filter { $0 != " " }
        var file: [UInt8] = []
        var rest = Substring(bytes)
        while let digits = rest.isEmpty ? nil : rest.prefix(2) {
            file.append(UInt8(digits, radix: 16) ?? 0)
            rest = rest.dropFirst(2)
        }
        // A header that promises 320 seconds at 8 kHz, and all of them.
        try write(file + [UInt8](repeating: 0, count: 0x4E2000), to: folder.file("long.wav"))
        let run = try await BuiltCommand.run(
            ["transcribe", "long.wav", "--dry-run"], in: folder, environment: settings)
        #expect(run.status == 0 && run.text.contains("5.34 minutes"), "\(run.text)\(run.errors)")
    }

    @Test func `voices are deleted as far as they can be`() async throws {
        let good = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 13\r\n\r\n{\"voice\":\"b\"}"
        let refusal = #"{"error":{"code":"1214","message":"no"}}"#
        let bad = "HTTP/1.1 400 Bad\r\nContent-Length: \(refusal.utf8.count)\r\n\r\n\(refusal)"
        let server = try ScriptedServer([.request, .send(bad), .request, .send(good), .close])
        let run = try await BuiltCommand.run(
            ["voices", "delete", "a", "b", "--json"], in: ScratchFolder(),
            environment: ["ORIOLE_BASE_URL": server.url, "ORIOLE_API_KEY": "k", "ORIOLE_ENGINE": "glm"])
        #expect(
            run.status == 1 && run.text == "{\"deleted\":[\"b\"]}\n" && run.errors.contains("1214"), "\(run.errors)")
    }

    @Test(arguments: [
        (["ORIOLE_SPEED": "fast"], "speed cannot be ‘fast’"), (["ORIOLE_KEY_FILE": "/none"], "no key"),
        (["ORIOLE_ENGINE": "nobody"], "engine cannot be ‘nobody’"),
    ])
    func `the doctor finds what the verbs would refuse`(settings: [String: String], problem: String) async throws {
        let environment = settings.merging(["ORIOLE_BASE_URL": "http://127.0.0.1:1"]) { own, _ in own }
        let run = try await BuiltCommand.run(["doctor"], in: ScratchFolder(), environment: environment)
        #expect(run.status == 0 && run.text.contains("wrong    \(problem)"), "\(run.text)")
        #expect(settings["ORIOLE_KEY_FILE"] == nil || run.text.contains("engine glm"))
    }

    @Test(arguments: ["glm", "openai"]) func `a server that fails is no server that answers`(engine: String)
        async throws
    {
        let server = try ScriptedServer([.request, .send("HTTP/1.1 502 Bad\r\nContent-Length: 0\r\n\r\n"), .close])
        let run = try await BuiltCommand.run(
            ["doctor", "--engine", engine, "--base-url", server.url], in: ScratchFolder())
        #expect(run.text.contains("wrong    the server fails (status 502)"), "\(run.text)")
    }
}
