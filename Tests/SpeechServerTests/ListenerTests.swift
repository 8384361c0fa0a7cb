import AudioCore
import Foundation
import HTTPTransport
import Platform
import Speech
import Synchronization
import TestSupport
import Testing

@testable import SpeechServer

/// The server over a socket: those who leave, those who are slow, and those who mean harm.
@Suite(.serialized, .neverHangs) struct ListenerTests {
    /// A server at a port of its own, with a fake engine behind it.
    struct Served {
        let engine: FakeEngine
        let service: SpeechService
        let listener: HTTPListener
        let port: Int
        let lines = Lines()

        final class Lines: Sendable {
            let all = Mutex<[AccessLine]>([])
            var list: [AccessLine] { all.withLock { $0 } }
        }

        init(
            _ behaviour: FakeEngine.Behaviour = FakeEngine.Behaviour(),
            _ limits: ListenerLimits = ListenerLimits(),
            _ change: (inout ServerSettings) -> Void = { _ in }
        ) throws {
            engine = FakeEngine(behaviour)
            var settings = ServerSettings()
            settings.log = { [lines] line in lines.all.withLock { $0.append(line) } }
            change(&settings)
            let engines = ServerEngines(speech: engine, hearing: engine, conversation: engine, voices: engine)
            service = SpeechService(engines, settings)
            listener = try HTTPListener(at: ListeningSocket(host: "127.0.0.1", port: 0), service, limits)
            port = listener.address.port
        }

        func stop() async { await listener.stop(within: .zero) }

        /// Whether it still answers.
        func lives() async throws -> Bool { try await state().hasSuffix(#"{"status":"ok"}"#) }

        func state() async throws -> String {
            let connection = try RawConnection(port: port)
            connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            return String(decoding: await connection.receiveAll(), as: UTF8.self)
        }
    }

    static func until(_ condition: () -> Bool) async { while !condition() { await Task.yield() } }

    static func request(_ path: String, json: String, close: Bool = true) -> String {
        "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(json.utf8.count)\r\n\(close ? "Connection: close\r\n" : "")\r\n\(json)"
    }

    static func head(_ path: String, length: Int) -> String {
        "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Length: \(length)\r\n"
            + "Content-Type: multipart/form-data; boundary=\(FormPart.boundary)\r\n\r\n"
    }

    static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

    /// The files of uploads that there are on disk, in this process.
    static var uploads: [String] {
        let folder = Environment.value("TMPDIR") ?? "/tmp"
        let here = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return here.compactMap { try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)") }
            .filter { $0.hasPrefix(folder) && $0.contains(".upload") }
    }

    // MARK: - The ordinary

    @Test(.needsOptimization) func `a request over a socket gets what it gets in process`() async throws {
        let served = try Served()
        let inProcess = InProcess()
        let sound = SpokenSound.wave(seconds: 10)
        let body = FormPart.body([.text("response_format", "srt"), .file(sound)])
        let client = try HTTPClient()
        for path in ["/v1/audio/transcriptions", "/v1/audio/speech", "/v1/audio/voices"] {
            let isSpeech = path.hasSuffix("speech")
            let json = #"{"input":"hi","response_format":"wav"}"#
            var request = HTTPRequest(
                path.hasSuffix("voices") ? "GET" : "POST", "http://127.0.0.1:\(served.port)\(path)")
            if request.method == "POST" {
                request.body =
                    isSpeech
                    ? .bytes(Array(json.utf8), type: "application/json")
                    : .bytes(body, type: "multipart/form-data; boundary=\(FormPart.boundary)")
            }
            var answer = try await client.send(request)
            var bytes: [UInt8] = []
            var piece = ReceivedBytes()
            while try await answer.body.next(into: &piece) { bytes += piece.bytes }
            let wanted =
                if request.method == "GET" {
                    await inProcess.get(path)
                } else if isSpeech {
                    await inProcess.post(json: json, to: path)
                } else {
                    await inProcess.post(form: [.text("response_format", "srt"), .file(sound)], to: path)
                }
            #expect(answer.head.status == wanted.status && bytes == wanted.body, "\(path)")
            #expect(answer.head.value("content-type") == wanted.field("Content-Type"))
        }
        await served.stop()
    }

    @Test func `many requests go over one connection, and each is logged without what is secret`() async throws {
        let served = try Served { $0.token = "a-secret-token" }
        let connection = try RawConnection(port: served.port)
        for _ in 0..<20 {
            connection.send(
                "GET /v1//models/?key=a-secret-token HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer a-secret-token\r\n\r\n"
            )
            #expect(Self.text(await connection.receiveAll(until: #""object":"list"}"#)).hasPrefix("HTTP/1.1 200"))
        }
        connection.send(
            "GET /v1/models HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer wrong\r\n\r\n")
        #expect(Self.text(await connection.receiveAll()).hasPrefix("HTTP/1.1 401"))
        await served.stop()
        let lines = served.lines.list
        #expect(lines.count == 21 && lines.prefix(20).allSatisfy { $0.status == 200 && $0.path == "/v1/models" })
        #expect(lines.last?.status == 401 && Set(lines.map(\.id)).count == 21)
        let time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/
        #expect(lines.allSatisfy { $0.time.wholeMatch(of: time) != nil }, "\(lines.map(\.time))")
        #expect(!lines.contains { JSON.text($0).contains("a-secret-token") })
    }

    @Test func `HEAD has the head alone, and another method is told what is taken`() async throws {
        let served = try Served()
        let connection = try RawConnection(port: served.port)
        connection.send("HEAD /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        let head = Self.text(await connection.receiveAll())
        #expect(head.hasPrefix("HTTP/1.1 200") && head.hasSuffix("\r\n\r\n") && head.contains("Content-Length: 15"))
        let other = try RawConnection(port: served.port)
        other.send("GET /asr HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        let told = Self.text(await other.receiveAll())
        #expect(told.hasPrefix("HTTP/1.1 405") && told.contains("Allow: POST") && told.contains("make subtitles"))
        await served.stop()
    }

    // MARK: - Those who leave

    @Test(arguments: [false, true]) func `who leaves while uploading leaves nothing`(abruptly: Bool) async throws {
        let served = try Served()
        do {
            let connection = try RawConnection(port: served.port)
            connection.send(Self.head("/asr", length: 30 << 20))
            let part = FormPart.body([.file([UInt8](repeating: 1, count: 5 << 20))]).dropLast(100)
            connection.send(Array(part))
            await Self.until { !Self.uploads.isEmpty }
            if abruptly { connection.reset() }
        }
        await Self.until { !served.listener.isBusy }
        await Self.until { Self.uploads.isEmpty }
        #expect(served.engine.heard.isEmpty && served.lines.list.map(\.status) == [499])
        #expect(try await served.lives())
        await served.stop()
    }

    @Test(.needsOptimization, arguments: ["/v1/audio/transcriptions", "/asr", "/v1/audio/speech"])
    func `who leaves while we work ends the work`(path: String) async throws {
        var behaviour = FakeEngine.Behaviour()
        behaviour.latch = Latch()
        let served = try Served(behaviour)
        do {
            let connection = try RawConnection(port: served.port)
            if path.hasSuffix("speech") {
                connection.send(Self.request(path, json: #"{"input":"hi"}"#))
            } else {
                let name = path == "/asr" ? "audio_file" : "file"
                let body = FormPart.body([
                    .file(SpokenSound.wave(seconds: 10) + [UInt8](repeating: 0, count: 1 << 20), name)
                ])
                connection.send(Self.head(path, length: body.count))
                connection.send(body)
            }
            await Self.until { served.engine.workCount == 1 }
        }
        await Self.until { served.engine.workCount == 0 && !served.listener.isBusy && Self.uploads.isEmpty }
        #expect(served.lines.list.map(\.status) == [499])
        #expect(try await served.lives())
        await served.stop()
    }

    @Test func `who leaves while we answer ends the speech`() async throws {
        var behaviour = FakeEngine.Behaviour()
        behaviour.pieceCount = 1_000_000
        let served = try Served(behaviour)
        do {
            let connection = try RawConnection(port: served.port)
            connection.send(Self.request("/v1/audio/speech", json: #"{"input":"hi","response_format":"pcm"}"#))
            #expect(await !connection.receive().isEmpty)
        }
        await Self.until { served.engine.workCount == 0 && !served.listener.isBusy }
        #expect(served.engine.pieceCount < 10_000)
        await served.stop()
    }

    // MARK: - Those who are slow

    @Test func `a slow reader holds the speech back, and loses nothing`() async throws {
        var behaviour = FakeEngine.Behaviour()
        behaviour.pieceCount = 5_000
        let served = try Served(behaviour)
        let connection = try RawConnection(port: served.port, window: 4_096)
        connection.send(Self.request("/v1/audio/speech", json: #"{"input":"hi","response_format":"pcm"}"#))
        #expect(await !connection.receive(upTo: 100).isEmpty)
        // What fits into the buffers on the way is made, and then no more.
        var last = -1
        while last != served.engine.pieceCount {
            last = served.engine.pieceCount
            for _ in 0..<2_000 { await Task.yield() }
        }
        #expect(last < 500, "\(last) of 5000 pieces were made for a reader who takes none")
        _ = await connection.receiveAll()
        #expect(served.engine.pieceCount == 5_000)
        await served.stop()
        #expect(served.lines.list.map(\.sent) == [5_000 * 4_800])
    }

    @Test(arguments: [
        "", "POST /asr HTTP/1.1\r\nHost: localhost\r\nX-A: ",
        "POST /asr HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\nContent-Type: multipart/form-data; boundary=b\r\n\r\n--b",
    ])
    func `who never comes to an end is put out`(beginning: String) async throws {
        var limits = ListenerLimits()
        limits.patience = .milliseconds(200)
        let served = try Served(FakeEngine.Behaviour(), limits)
        let connection = try RawConnection(port: served.port)
        connection.send(beginning)
        #expect(await connection.receiveAll().isEmpty)
        await Self.until { !served.listener.isBusy }
        #expect(try await served.lives())
        await served.stop()
    }

    @Test func `who takes no answer is put out`() async throws {
        var limits = ListenerLimits()
        limits.patience = .milliseconds(200)
        var behaviour = FakeEngine.Behaviour()
        behaviour.pieceCount = 1_000_000
        let served = try Served(behaviour, limits)
        let connection = try RawConnection(port: served.port, window: 4_096)
        connection.send(Self.request("/v1/audio/speech", json: #"{"input":"hi","response_format":"pcm"}"#))
        await Self.until { served.engine.pieceCount > 0 }
        await Self.until { served.engine.workCount == 0 && !served.listener.isBusy }
        withExtendedLifetime(connection) {}
        await served.stop()
    }

    // MARK: - Those who mean harm

    @Test(arguments: [
        "\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET /\0 HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "POST /asr HTTP/1.1\r\nHost: localhost\r\nContent-Length: -5\r\n\r\n",
        "POST /asr HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999999\r\n\r\n",
        "POST /asr HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nZZZ\r\n",
        "POST /asr HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data\r\nContent-Length: 3\r\n\r\nabc",
        "GET /../../etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /health%00 HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "POST /asr HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nContent-Length: 5\r\n\r\nabcde",
        "POST /asr HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "GET /health HTTP/1.1\r\n\r\n",
        "GET /%00%ff%zz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
        "GET /" + String(repeating: "a", count: 200_000) + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nX: " + String(repeating: "b", count: 500_000) + "\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\n" + String(repeating: "X: y\r\n", count: 50_000) + "\r\n",
        "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}", String(repeating: "\0", count: 100_000),
    ])
    func `what is no request does no harm`(bytes: String) async throws {
        let served = try Served()
        let connection = try RawConnection(port: served.port)
        connection.send(bytes)
        connection.endSending()
        let answer = Self.text(await connection.receiveAll())
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1."))
        // What stands behind a NUL is not there for the library, so that it asks for less than it seems to.
        let isCut = bytes.contains("\0")
        #expect((isCut || !answer.hasPrefix("HTTP/1.1 200")) && !answer.contains("root:"))
        #expect(try await served.lives())
        await served.stop()
    }

    @Test(arguments: [
        "Content-Length: 3\r\nTransfer-Encoding: chunked", "Content-Length: 3\r\nContent-Length: 5",
        "Content-Length : 3",
        "Transfer-Encoding: xchunked", "Transfer-Encoding: gzip, chunked", "Content-Length: 9223372036854775808",
        "Content-Length: 3, 3",
    ])
    func `behind a request whose end nobody can tell, nothing is read`(fields: String) async throws {
        let served = try Served()
        let connection = try RawConnection(port: served.port)
        connection.send(
            "POST /v1/audio/speech HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n\r\n0\r\n\r\n"
                + "GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n")
        let answer = Self.text(await connection.receiveAll())
        #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(answer)")
        #expect(!answer.contains("version"))
        #expect(try await served.lives())
        await served.stop()
    }

    @Test(arguments: 0..<8) func `noise does no harm`(seed: UInt64) async throws {
        let served = try Served()
        var random = SplitMix64(seed)
        var bytes =
            Array(Self.head("/asr", length: 5_000).utf8) + FormPart.body([.file([UInt8](repeating: 9, count: 4_000))])
        for _ in 0..<30 {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
        let connection = try RawConnection(port: served.port)
        for piece in bytes.cut(seed: seed, longest: 700) { connection.send(Array(piece)) }
        connection.endSending()
        _ = await connection.receiveAll()
        #expect(try await served.lives())
        await served.stop()
    }

    @Test func `a body over the limit is refused, said before or found out`() async throws {
        let served = try Served { $0.longestUpload = 100_000 }
        let told = try RawConnection(port: served.port)
        told.send(Self.head("/v1/audio/transcriptions", length: 200_000))
        told.send([UInt8](repeating: 0, count: 200_000))
        #expect(Self.text(await told.receiveAll(until: "}}")).hasPrefix("HTTP/1.1 413"))
        let silent = try RawConnection(port: served.port)
        silent.send(
            "POST /v1/audio/transcriptions HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
                + "Content-Type: multipart/form-data; boundary=b\r\n\r\n")
        for _ in 0..<20 { silent.send("2710\r\n\(String(repeating: "x", count: 10_000))\r\n") }
        silent.send("0\r\n\r\n")
        #expect(Self.text(await silent.receiveAll(until: "}}")).hasPrefix("HTTP/1.1 413"))
        #expect(try await served.lives())
        await served.stop()
    }

    @Test func `when too many wait, the next is told to come again`() async throws {
        var behaviour = FakeEngine.Behaviour()
        let latch = Latch()
        behaviour.latch = latch
        let served = try Served(behaviour) { $0.speaking = .init(running: 1, waiting: 1) }
        let json = #"{"input":"hi","response_format":"pcm"}"#
        let connections = try (0..<2).map { _ in try RawConnection(port: served.port) }
        for connection in connections { connection.send(Self.request("/v1/audio/speech", json: json)) }
        await Self.until { served.service.workshop.speakingLane.gate.waitingCount == 1 }
        let third = try RawConnection(port: served.port)
        third.send(Self.request("/v1/audio/speech", json: json))
        let refused = Self.text(await third.receiveAll(until: "}}"))
        #expect(refused.hasPrefix("HTTP/1.1 503"))
        #expect(refused.contains("Retry-After: 10") && refused.contains(#""type":"server_error""#))
        latch.open()
        for connection in connections { #expect(await connection.receiveAll().count > 14_400) }
        await served.stop()
    }
}
