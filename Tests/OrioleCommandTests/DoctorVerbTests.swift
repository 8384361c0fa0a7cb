import Foundation
import Platform
import TestSupport
import Testing

@Suite(.tags(.program), .neverHangs)
struct DoctorVerbTests {
    /// Runs `oriole doctor` with settings of the environment and returns what it prints.
    private static func doctor(_ words: [String] = [], _ settings: [String] = []) async throws -> String {
        let arguments = settings + [BuiltCommand.path, "doctor"] + words
        var child = try ChildProcess("env", at: "/usr/bin/env", arguments: arguments)
        var output: [UInt8] = []
        while try await child.read(appendingTo: &output) {}
        let ending = try await child.finish()
        #expect(ending.isSuccess && ending.errors.isEmpty, "\(ending.errors)")
        return String(decoding: output, as: UTF8.self)
    }

    /// What a script reads of the report.
    private struct Report: Decodable {
        let version: String
        let kernels: String
        let note: String?
        let libraries: [Library]
        let programs: [Program]

        struct Library: Decodable {
            let name: String
            let version: String?
        }

        struct Program: Decodable {
            let name: String
            let path: String?
            let remedy: String?
        }
    }

    private static func report(_ settings: [String] = []) async throws -> Report {
        try JSONDecoder().decode(Report.self, from: Data(await doctor(["--json"], settings).utf8))
    }

    @Test func `every library is named, with the version that it tells`() async throws {
        let report = try await Self.report()
        let names = ["libcrypto", "libcurl", "libogg", "libopus", "libsamplerate", "libsndfile"]
        #expect(report.libraries.map(\.name) == names)
        let versions = report.libraries.compactMap(\.version)
        #expect(versions.count == 5 && versions.allSatisfy { $0.first?.isNumber == true })
        let text = try await Self.doctor()
        for library in report.libraries {
            let line = "  ok       \(library.name)\(library.version.map { " " + $0 } ?? "")"
            #expect(text.split(separator: "\n").contains { $0 == line })
        }
    }

    @Test func `the service is asked without its key, and its clock is read`() async throws {
        let folder = ScratchFolder()
        let answer = "HTTP/1.1 404 Not Found\r\nDate: Wed, 21 Oct 2015 07:28:00 GMT\r\nContent-Length: 0\r\n\r\n"
        let server = try ScriptedServer([.request, .send(answer), .close])
        let run = try await BuiltCommand.run(
            ["doctor", "--json"], in: folder, environment: ["ORIOLE_API_KEY": "S3cret", "ORIOLE_BASE_URL": server.url])
        #expect(run.text.contains(#""engine":"glm","key":"environment ORIOLE_API_KEY""#), "\(run.text)")
        #expect(
            run.text.contains(#""status":404"#) && run.text.contains("the clock differs")
                && run.text.contains("not the form"))
        #expect(!run.text.contains("S3cret") && server.requests.first?.value("authorization") == nil)
        let nobody = try await BuiltCommand.run(
            ["doctor", "--engine", "openai", "--base-url", "http://127.0.0.1:1"], in: folder)
        #expect(nobody.status == 0 && nobody.text.contains("wrong    the server does not answer"), "\(nobody.text)")
        let offline = try await BuiltCommand.run(["doctor"], in: folder)
        #expect(offline.text.contains("engine offline, no key") && !offline.text.contains("server"))
    }

    @Test func `a program that is missing comes with the command that installs it`() async throws {
        let programs = try await Self.report(["PATH=/nowhere"]).programs
        #expect(programs.map(\.name) == ["ffmpeg", "flite", "espeak-ng", "pocketsphinx_continuous"])
        #expect(programs.allSatisfy { $0.path == nil })
        #expect(
            programs.map(\.remedy)
                == ["ffmpeg", "flite", "espeak-ng", "pocketsphinx pocketsphinx-en-us"].map(Environment.installing))
        let text = try await Self.doctor([], ["PATH=/nowhere"])
        #expect(text.contains("  missing  ffmpeg, for films"))
    }

    @Test func `a program that is there comes with its path`() async throws {
        let folder = ScratchFolder()
        try FileManager.default.createSymbolicLink(atPath: folder.file("ffmpeg"), withDestinationPath: "/bin/sh")
        let programs = try await Self.report(["PATH=\(folder.path)"]).programs
        #expect(programs.first?.path == folder.file("ffmpeg") && programs.first?.remedy == nil)
    }

    @Test func `the kernels can be held down, and a slip of the pen is told`() async throws {
        let plain = try await Self.report(["ORIOLE_SIMD=plain"])
        #expect(plain.kernels == "plain" && plain.note == nil)
        let misspelt = try await Self.doctor([], ["ORIOLE_SIMD=avx3"])
        #expect(misspelt.contains("note: ORIOLE_SIMD is ‘avx3’"))
    }
}
