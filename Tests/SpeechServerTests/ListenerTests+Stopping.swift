import Foundation
import Speech
import TestSupport
import Testing

@testable import SpeechServer

/// How a server begins and ends.
extension ListenerTests {
    @Test func `told to stop, it finishes what it has begun and takes nothing new`() async throws {
        var behaviour = FakeEngine.Behaviour()
        let latch = Latch()
        behaviour.latch = latch
        let engine = FakeEngine(behaviour)
        var settings = ServerSettings()
        settings.port = 0
        let server = try SpeechServer(ServerEngines(speech: engine, hearing: engine), settings)
        let port = try #require(server.address.split(separator: ":").last.flatMap { Int($0) })
        let connection = try RawConnection(port: port)
        connection.send(Self.request("/v1/audio/speech", json: #"{"input":"hi","response_format":"pcm"}"#))
        await Self.until { engine.workCount == 1 }
        async let stopped: Void = server.stop(within: .seconds(100))
        await Self.until { (try? RawConnection(port: port)) == nil }
        latch.open()
        let answer = await connection.receiveAll()
        await stopped
        #expect(Self.text(Array(answer.prefix(12))) == "HTTP/1.1 200" && answer.count > 14_400)
    }

    @Test func `a connection that is kept gets nothing new while the server stops`() async throws {
        var behaviour = FakeEngine.Behaviour()
        let latch = Latch()
        behaviour.latch = latch
        let served = try Served(behaviour)
        let kept = try RawConnection(port: served.port)
        kept.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(Self.text(await kept.receiveAll(until: "}")).hasPrefix("HTTP/1.1 200"))
        let working = try RawConnection(port: served.port)
        working.send(Self.request("/v1/audio/speech", json: #"{"input":"hi","response_format":"pcm"}"#))
        await Self.until { served.engine.workCount == 1 }
        async let stopped: Void = served.listener.stop(within: .seconds(100))
        await Self.until { (try? RawConnection(port: served.port)) == nil }
        for _ in 0..<3 { kept.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n") }
        #expect(await kept.receiveAll().isEmpty)
        latch.open()
        #expect(await working.receiveAll().count > 14_400)
        await stopped
        await served.stop()
    }

    @Test func `what is still being sent or read when the time is over is broken off`() async throws {
        var behaviour = FakeEngine.Behaviour()
        behaviour.pieceCount = 1_000_000
        let served = try Served(behaviour)
        let sending = try RawConnection(port: served.port)
        sending.send(Self.head("/asr", length: 1_000_000))
        sending.send([UInt8](repeating: 0, count: 1_000))
        let reading = try RawConnection(port: served.port, window: 4_096)
        reading.send(Self.request("/v1/audio/speech", json: #"{"input":"hi","response_format":"pcm"}"#))
        await Self.until { served.listener.exchangeCount == 2 && served.engine.pieceCount > 0 }
        await served.stop()
        #expect(served.engine.workCount == 0)
        withExtendedLifetime((sending, reading)) {}
    }

    @Test func `a server that is dropped ends by itself`() async throws {
        let engine = FakeEngine()
        var settings = ServerSettings()
        settings.port = 0
        var server: SpeechServer? = try SpeechServer(ServerEngines(speech: engine, hearing: engine), settings)
        let port = try #require(server?.address.split(separator: ":").last.flatMap { Int($0) })
        let connection = try RawConnection(port: port)
        connection.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        #expect(await !connection.receiveAll(until: "}").isEmpty)
        server = nil
        await Self.until { (try? RawConnection(port: port)) == nil }
    }

    @Test func `what has no end in time is broken off when it stops`() async throws {
        var behaviour = FakeEngine.Behaviour()
        behaviour.latch = Latch()
        let engine = FakeEngine(behaviour)
        var settings = ServerSettings()
        settings.port = 0
        let server = try SpeechServer(ServerEngines(speech: engine, hearing: engine), settings)
        let port = try #require(server.address.split(separator: ":").last.flatMap { Int($0) })
        let connection = try RawConnection(port: port)
        connection.send(Self.request("/v1/audio/speech", json: #"{"input":"hi"}"#))
        await Self.until { engine.workCount == 1 }
        await server.stop(within: .zero)
        // Nothing had been said yet, so there is an answer.
        #expect(Self.text(await connection.receiveAll()).hasPrefix("HTTP/1.1 503") && engine.workCount == 0)
    }

    @Test func `an address that cannot be had is an error that says what to do`() async throws {
        let served = try Served()
        let engine = FakeEngine()
        var settings = ServerSettings()
        settings.port = served.port
        let error = #expect(throws: ServerError.self) {
            try SpeechServer(ServerEngines(speech: engine, hearing: engine), settings)
        }
        #expect(error?.hint?.contains("--port") == true)
        settings.host = "no.such.host.invalid"
        #expect(throws: ServerError.self) { try SpeechServer(ServerEngines(speech: engine, hearing: engine), settings) }
        await served.stop()
    }
}
