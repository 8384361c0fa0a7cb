import AudioCore
import Foundation
import HTTPTransport
import Platform
import TestSupport
import Testing

@testable import OrioleCommand

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

@Suite(.tags(.program), .neverHangs) struct ServeVerbTests {
    private static func ask(_ port: Int, token: String) throws -> String {
        let boundary = "b0undary"
        let sound = WAVWriter.file(
            of: Signals.voice(seconds: 9).span, format: PCMFormat(rate: 16_000, channels: 1), encoding: .signed16)
        let body =
            Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\n".utf8)
            + sound + Array("\r\n--\(boundary)--\r\n".utf8)
        let connection = try RawConnection(port: port)
        connection.send(
            "POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer \(token)\r\n"
                + "Content-Type: multipart/form-data; boundary=\(boundary)\r\nContent-Length: \(body.count)\r\n\r\n")
        connection.send(body)
        return String(decoding: connection.receiveAll(), as: UTF8.self)
    }

    @Test func `it serves until it is told to end, and says what it did without what is secret`() async throws {
        let folder = ScratchFolder()
        try write(Array("a-token-of-some-length\n".utf8), to: folder.file("token"))
        let hearing = try HearingServer()
        let path = folder.path
        let asking = Beside {
            let port = try BuiltCommand.listeningPort(toldIn: path + "/errors")
            let answers = try ["a-token-of-some-length", "another"].map { try Self.ask(port, token: $0) }
            let number = try String(decoding: contents(of: path + "/pid").dropLast(), as: UTF8.self)
            kill(pid_t(number) ?? 0, SIGTERM)
            return answers
        }
        let run = try await BuiltCommand.run(
            ["serve", "--port", "0", "--token-file", "token"], in: folder, environment: hearing.environment,
            noting: "pid", errors: "errors")
        let answers = try await asking.value
        #expect(run.status == 0 && run.output.isEmpty)
        #expect(answers[0].hasPrefix("HTTP/1.1 200") && answers[0].contains("\"text\":"))
        #expect(answers[1].hasPrefix("HTTP/1.1 401") && hearing.answers.count == 1)
        let said = try String(decoding: contents(of: folder.file("errors")), as: UTF8.self)
        #expect(said.contains(#""path":"/v1/audio/transcriptions""#) && said.contains(#""status":401"#))
        #expect(!said.contains("a-token-of-some-length") && !said.contains("another"))
    }

    @Test(arguments: [
        (["serve", "--host", "0.0.0.0"], ExitCode.wrongUse, "--open"),
        (["serve", "extra"], .wrongUse, "extra"), (["serve", "--port", "70000"], .wrongUse, "--port"),
        (["serve", "--token-file", "missing"], .unusableInput, "missing"),
        (["serve", "--token-file", "short"], .unusableInput, "8 characters"),
        (["serve", "--host", "no.such.host.invalid", "--open"], .failed, "no.such.host.invalid"),
    ])
    func `what cannot be served is an error with its remedy`(words: [String], code: ExitCode, part: String) async throws
    {
        let folder = ScratchFolder()
        try write(Array("abc\n".utf8), to: folder.file("short"))
        let run = try await BuiltCommand.run(words, in: folder, environment: ["ORIOLE_ENGINE": "offline"])
        #expect(run.status == code.number && run.errors.contains(part), "\(run.errors)")
    }

    @Test(arguments: ["alloy", "tongtong", "female", "own-voice"])
    func `names of voices mean something to every engine`(name: String) {
        #expect((VoiceNames.offline(name) == nil) == (name != "own-voice"))
        #expect(VoiceNames.glm(name) == (name == "alloy" ? "tongtong" : name))
    }
}
