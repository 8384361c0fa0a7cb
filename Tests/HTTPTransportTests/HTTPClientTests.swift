import Foundation
import Platform
import TestSupport
import Testing

@testable import HTTPTransport

@Suite(.tags(.program), .neverHangs)
struct HTTPClientTests {
    private static let hello = "HTTP/1.1 200 OK\r\nX-Log-Id: 42\r\nContent-Type: text/plain; charset=x\r\n"

    private static func answer(_ body: String) -> String {
        "\(hello)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
    }

    private static func get(
        _ url: String, _ client: HTTPClient, limits: TransportLimits = TransportLimits()
    ) async throws(TransportError) -> (head: HTTPHead, body: String) {
        var answer = try await client.send(HTTPRequest("GET", url, limits: limits))
        let bytes = try await answer.body.collect(upTo: 1 << 22)
        return (answer.head, String(decoding: bytes, as: UTF8.self))
    }

    private static func failure(
        of body: () async throws(TransportError) -> Void
    ) async -> TransportError? {
        do throws(TransportError) {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    @Test(arguments: SocketWait.allCases)
    func `an answer comes with its head and its body, and the connection is kept`(wait: SocketWait) async throws {
        let server = try ScriptedServer([
            .request, .send(Self.answer("one")), .request, .send(Self.answer("two")), .close,
        ])
        let client = try HTTPClient(waitingBy: wait)
        let first = try await Self.get(server.url + "/a?b=c", client)
        #expect(
            first.head.status == 200 && first.head.value("x-log-id") == "42" && first.head.mediaType == "text/plain")
        #expect(first.body == "one")
        #expect(try await Self.get(server.url + "/b", client).body == "two")
        #expect(server.connectionCount == 1)
        #expect(
            server.requests.map { $0.head.split(separator: "\r\n")[0] } == ["GET /a?b=c HTTP/1.1", "GET /b HTTP/1.1"])
    }

    @Test func `bytes are posted with their type and the fields that were asked for`() async throws {
        let server = try ScriptedServer([.request, .send(Self.answer("")), .close])
        let client = try HTTPClient()
        let request = HTTPRequest(
            "POST", server.url, headers: [HTTPHeader("X-A", "b\r\nX-Evil: 1")],
            body: .bytes(Array("{}".utf8), type: "application/json"))
        #expect(try await client.send(request).head.status == 200)
        let seen = try #require(server.requests.first)
        #expect(seen.head.hasPrefix("POST / HTTP/1.1"))
        #expect(seen.value("content-type") == "application/json" && seen.body == Array("{}".utf8))
        #expect(seen.value("x-a") == "b  X-Evil: 1" && seen.value("x-evil") == nil && seen.value("expect") == nil)
    }

    @Test func `a form sends its fields first and its file as it is on disk`() async throws {
        let folder = ScratchFolder()
        let sound = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try write(sound, to: folder.file("a.wav"))
        let server = try ScriptedServer([.request, .send(Self.answer("")), .close])
        var form = Multipart()
        form.add("prompt", "上一段的文字")
        form.add("hotwords", "一")
        form.add("hotwords", "二")
        form.add("file", file: try UploadFile(path: folder.file("a.wav")), fileName: "a.wav", type: "audio/wav")
        let client = try HTTPClient()
        #expect(try await client.send(HTTPRequest("POST", server.url, body: .form(form))).head.status == 200)
        let seen = try #require(server.requests.first)
        let boundary = try #require(seen.value("content-type")?.split(separator: "boundary=").last)
        let text = String(decoding: seen.body.prefix(2_000), as: UTF8.self)
        #expect(seen.value("content-type")?.hasPrefix("multipart/form-data") == true)
        let names = text.split(separator: "name=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
        #expect(names.filter { $0 != "a.wav" } == ["prompt", "hotwords", "hotwords", "file"])
        let found = seen.body.firstRange(of: sound)
        #expect(found != nil && text.contains("上一段的文字") && text.contains("Content-Type: audio/wav"))
        #expect(String(decoding: seen.body.suffix(boundary.utf8.count + 8), as: UTF8.self).contains("--\(boundary)--"))
    }

    @Test func `what is packed is unpacked though nobody asked for it`() async throws {
        // gzip of “hello”, made by gzip -n.
        let packed: [UInt8] = [
            0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xCB, 0x48, 0xCD, 0xC9, 0xC9, 7, 0, 0x86, 0xA6, 0x10, 0x36, 5, 0, 0, 0,
        ]
        let head = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(packed.count)\r\n\r\n"
        let server = try ScriptedServer([.request, .send(head), .bytes(packed), .close])
        let client = try HTTPClient()
        #expect(try await Self.get(server.url, client).body == "hello")
    }

    @Test func `a redirection does not carry the key to another place`() async throws {
        let other = try ScriptedServer([.request, .send(Self.answer("there")), .close])
        let moved = "HTTP/1.1 307 Moved\r\nLocation: \(other.url)/b\r\nContent-Length: 0\r\n\r\n"
        let server = try ScriptedServer([.request, .send(moved), .close])
        let client = try HTTPClient()
        let request = HTTPRequest(
            "POST", server.url, headers: [HTTPHeader("Authorization", "Bearer secret")],
            body: .bytes(Array("{}".utf8), type: "application/json"))
        var answer = try await client.send(request)
        #expect(try await answer.body.collect(upTo: 100) == Array("there".utf8))
        #expect(server.requests.first?.value("authorization") == "Bearer secret")
        let followed = try #require(other.requests.first)
        #expect(followed.value("authorization") == nil && followed.head.hasPrefix("POST /b"))
    }

    @Test func `no name, no server and no address are different failures`() async throws {
        let client = try HTTPClient()
        let server = try ScriptedServer([.close])
        let url = server.url
        server.stop()
        for (url, kind) in [
            (url, TransportError.Kind.unreachable), ("http://no-such-host.invalid/", .unresolved),
            ("ftp://127.0.0.1/", .unusable), ("http://[", .unusable),
        ] {
            let error = await Self.failure { () async throws(TransportError) in _ = try await Self.get(url, client) }
            #expect(error?.kind == kind, "\(url): \(String(describing: error))")
        }
    }

    @Test(arguments: ["reset before the head", "close before the head", "reset in the body", "short body"])
    func `a connection that breaks is an error, not a short answer`(name: String) async throws {
        let part = "\(Self.hello)Content-Length: 100\r\n\r\nhalf"
        let chunked = "\(Self.hello)Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"
        let script: [ScriptedServer.Step] =
            switch name {
            case "reset before the head": [.request, .reset]
            case "close before the head": [.request, .close]
            case "reset in the body": [.request, .send(part), .reset]
            default: [.request, .send(chunked), .close]
            }
        let server = try ScriptedServer(script)
        let client = try HTTPClient()
        let error = await Self.failure { () async throws(TransportError) in _ = try await Self.get(server.url, client) }
        #expect(error?.kind == .broken && error?.mayPass == true, "\(String(describing: error))")
    }

    /// A server that ends its side has said all that it will: enough or too little.
    @Test func `a server may end its own side of a connection`() async throws {
        let client = try HTTPClient()
        let whole = try ScriptedServer([
            .request, .send("\(Self.hello)Connection: close\r\n\r\nall"), .halfClose, .stall,
        ])
        #expect(try await Self.get(whole.url, client).body == "all")
        let half = try ScriptedServer([
            .request, .send("\(Self.hello)Content-Length: 9\r\n\r\nhalf"), .halfClose, .stall,
        ])
        let error = await Self.failure { () async throws(TransportError) in _ = try await Self.get(half.url, client) }
        #expect(error?.kind == .broken)
    }

    @Test(arguments: ["first byte", "silence", "total"])
    func `each limit of time ends an exchange that does not move`(name: String) async throws {
        let half = "\(Self.hello)Content-Length: 100\r\n\r\nhalf"
        let server = try ScriptedServer(name == "first byte" ? [.request, .stall] : [.request, .send(half), .stall])
        var limits = TransportLimits()
        switch name {
        case "first byte": limits.firstByte = .milliseconds(500)
        case "silence": limits.silence = .milliseconds(500)
        default: limits.total = .milliseconds(500)
        }
        let client = try HTTPClient()
        let error = await Self.failure { () async throws(TransportError) in
            _ = try await Self.get(server.url, client, limits: limits)
        }
        #expect(error?.kind == .timedOut && error?.message.contains("0.5 seconds") == true)
        await Self.expect { server.openConnectionCount == 0 }
    }

    @Test func `a slow reader holds the server back, and loses nothing`() async throws {
        let size = 8 << 20
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 >> 13) }
        let head = "\(Self.hello)Content-Length: \(size)\r\n\r\n"
        let server = try ScriptedServer([.request, .send(head), .bytes(bytes), .close])
        let client = try HTTPClient()
        let limits = TransportLimits(
            silence: .seconds(1), unreadByteCount: 65_536)
        var answer = try await client.send(HTTPRequest("GET", server.url, limits: limits))
        // The reader is away for longer than the limit of silence: that is no silence of the server's.
        let pause = Latch()
        Thread.detachNewThread { [pause] in
            Thread.sleep(forTimeInterval: 2)
            pause.open()
        }
        pause.wait()
        var piece = ReceivedBytes()
        var received: [UInt8] = []
        while try await answer.body.next(into: &piece) {
            #expect(piece.bytes.count <= 65_536 + 16_384)
            received += piece.bytes
        }
        let isWhole = received == bytes
        #expect(isWhole)
    }

    @Test(arguments: ["before the head", "in the body", "while it waits to be read"])
    func `a cancelled task ends its transfer at once`(name: String) async throws {
        let half = "\(Self.hello)Content-Length: 10000000\r\n\r\nhalf"
        let script: [ScriptedServer.Step] =
            switch name {
            case "before the head": [.request, .stall]
            case "in the body": [.request, .send(half), .stall]
            default: [.request, .send(half), .bytes([UInt8](repeating: 1, count: 5_000_000)), .stall]
            }
        let server = try ScriptedServer(script)
        let client = try HTTPClient()
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let url = server.url
        let reading = Task {
            begin.yield()
            var answer = try await client.send(HTTPRequest("GET", url))
            var piece = ReceivedBytes()
            if name == "while it waits to be read" { while !Task.isCancelled { await Task.yield() } }
            while try await answer.body.next(into: &piece) { await Task.yield() }
        }
        var steps = begun.makeAsyncIterator()
        _ = await steps.next()
        await Self.expect { server.requests.count == 1 }
        reading.cancel()
        let result = await reading.result
        let error = #expect(throws: TransportError.self) { try result.get() }
        #expect(error?.kind == .cancelled)
        await Self.expect { server.openConnectionCount == 0 }
    }

    @Test func `a body that nobody reads any more is ended`() async throws {
        let half = "\(Self.hello)Content-Length: 100\r\n\r\nhalf"
        let server = try ScriptedServer([.request, .send(half), .stall])
        let client = try HTTPClient()
        do {
            // However long the test waits for its turn, the transfer waits too.
            let patient = TransportLimits(firstByte: .seconds(3_600), silence: .seconds(3_600))
            let answer = try await client.send(HTTPRequest("GET", server.url, limits: patient))
            #expect(answer.head.status == 200)
            // Not before its last use is the answer given up.
            withExtendedLifetime(answer) { #expect(server.openConnectionCount == 1) }
        }
        await Self.expect { server.openConnectionCount == 0 }
    }

    /// In a process of its own, where no other test has threads and descriptors.
    @Test func `clients that go away leave no thread and no descriptor`() async {
        await #expect(processExitsWith: .success) {
            // The first round brings what stays: descriptors of the runtime and of the process.
            var descriptorCount = Int.max
            for _ in 0..<3 {
                let server = try ScriptedServer([.request, .send(Self.answer("x")), .stall])
                let silent = try ScriptedServer([.request, .stall])
                do {
                    let clients = try (0..<4).map { _ in try HTTPClient() }
                    for client in clients {
                        let body = try await Self.get(server.url, client).body
                        precondition(body == "x")
                    }
                    // Each is left in the middle of another transfer, too.
                    for (index, client) in clients.enumerated() {
                        let url = silent.url
                        let waiting = Task { try await client.send(HTTPRequest("GET", url)).head.status }
                        await Self.expect { silent.requests.count > index }
                        waiting.cancel()
                        _ = await waiting.result
                    }
                    // Their names come a moment after the threads.
                    await Self.expect { Self.eventThreadCount == 4 }
                    withExtendedLifetime(clients) {}
                }
                await Self.expect { server.openConnectionCount == 0 && Self.eventThreadCount == 0 }
                await Self.expect { silent.openConnectionCount == 0 }
                server.stop()
                silent.stop()
                await Self.expect { Self.count("/proc/self/fd") <= descriptorCount }
                descriptorCount = Self.count("/proc/self/fd")
            }
        }
    }

    private static func takeAllDescriptors() -> [Int32] {
        var taken: [Int32] = []
        while case let descriptor = unsafe open("/dev/null", O_RDONLY), descriptor >= 0 { taken.append(descriptor) }
        return taken
    }

    /// In a process of its own, whose descriptors are all taken.
    @Test func `a client that finds no descriptor left says so`() async {
        await #expect(processExitsWith: .success) {
            _ = try HTTPClient()
            await Self.expect { Self.eventThreadCount == 0 }
            // So many are left that each of the client's needs is met in turn, but the last.
            var taken = Self.takeAllDescriptors()
            for count in 0..<3 {
                if count > 0 { close(taken.removeLast()) }
                let error = await Self.failure { () async throws(TransportError) in _ = try HTTPClient() }
                precondition(error?.kind == .unusable && error?.message.contains("open files") == true)
            }
            for descriptor in taken { close(descriptor) }
            _ = try HTTPClient()
        }
    }

    @Test func `a reader may run on the event thread`() async throws {
        let server = try ScriptedServer([.request, .send(Self.answer("here")), .close])
        let client = try HTTPClient()
        let url = server.url
        defer { server.stop() }
        let body = try await withTaskExecutorPreference(client.executor) {
            try await Self.get(url, client).body
        }
        #expect(body == "here")
    }

    @Test func `many transfers at once all come to their end`() async throws {
        let server = try ScriptedServer([.request, .send(Self.answer(String(repeating: "y", count: 70_000))), .close])
        let client = try HTTPClient()
        let url = server.url
        defer { server.stop() }
        let lengths = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<60 { group.addTask { try await Self.get(url, client).body.utf8.count } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(lengths == Array(repeating: 70_000, count: 60))
    }

    @Test func `an answer over its limit is refused`() async throws {
        let server = try ScriptedServer([.request, .send(Self.answer("12345678901")), .close])
        let client = try HTTPClient()
        let error = await Self.failure { () async throws(TransportError) in
            var answer = try await client.send(HTTPRequest("GET", server.url))
            _ = try await answer.body.collect(upTo: 10)
        }
        #expect(error?.kind == .tooLarge)
    }

    @Test(
        arguments: [
            ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
            ("Tue, 29 Feb 2000 23:59:59 GMT", 951_868_799), ("Sat, 28 Feb 2099 12:00:00 GMT", 4_075_963_200),
            ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 24:49:37 GMT", nil), ("12", nil), ("", nil),
        ] as [(String, Int?)])
    func `dates of servers are read`(text: String, seconds: Int?) { #expect(HTTPDate.seconds(text) == seconds) }

    // MARK: - Waiting for others

    /// Waits until something holds, under the suite's limit of time.
    private static func expect(_ condition: () -> Bool) async {
        while !condition() { await Task.yield() }
    }

    private static var eventThreadCount: Int {
        let threads = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
        return threads.count { (try? contents(of: "/proc/self/task/\($0)/comm")) == Array("oriole-events\n".utf8) }
    }

    private static func count(_ folder: String) -> Int {
        (try? FileManager.default.contentsOfDirectory(atPath: folder))?.count ?? 0
    }
}
