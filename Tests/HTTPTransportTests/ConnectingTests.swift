import Foundation
import Platform
import TestSupport
import Testing

@testable import HTTPTransport

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How a connection is made: to whom, through whom, and for how long it is tried.
@Suite(.neverHangs)
struct ConnectingTests {
    private static func failure(_ request: HTTPRequest) async throws -> TransportError? {
        let client = try HTTPClient()
        do throws(TransportError) {
            _ = try await client.send(request)
            return nil
        } catch {
            return error
        }
    }

    /// OpenSSL's own server with a certificate that nobody vouches for.
    @Test(.enabled(if: Environment.program("openssl") != nil))
    func `a server without a certificate to be trusted is sent nothing`() async throws {
        let folder = ScratchFolder()
        let openssl = try #require(Environment.program("openssl"))
        let (key, certificate) = (folder.file("key.pem"), folder.file("certificate.pem"))
        var making = try ChildProcess(
            "openssl", at: openssl,
            arguments: [
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost", "-addext",
                "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate,
            ])
        var ignored: [UInt8] = []
        while try await making.read(appendingTo: &ignored) {}
        #expect(try await making.finish().isSuccess)
        var server = try ChildProcess(
            "openssl", at: openssl,
            arguments: ["s_server", "-accept", "127.0.0.1:0", "-cert", certificate, "-key", key, "-www"])
        var output: [UInt8] = []
        let marker = Array("ACCEPT 127.0.0.1:".utf8)
        var port: Int?
        while port == nil, try await server.read(appendingTo: &output) {
            guard let found = output.firstRange(of: marker) else { continue }
            let digits = output[found.upperBound...].prefix { $0 != UInt8(ascii: "\n") }
            port = digits.endIndex < output.endIndex ? Int(String(decoding: digits, as: UTF8.self)) : nil
        }
        let request = HTTPRequest("GET", "https://127.0.0.1:\(try #require(port))/")
        let error = try await Self.failure(request)
        #expect(error?.kind == .insecure && error?.mayPass == false, "\(String(describing: error))")
    }

    /// In a process of its own, whose environment names a proxy.
    @Test func `a proxy of the environment is asked for what is elsewhere`() async {
        await #expect(processExitsWith: .success) {
            let answer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nproxy"
            let proxy = try ScriptedServer([.request, .send(answer), .close])
            unsafe setenv("http_proxy", proxy.url, 1)
            let client = try HTTPClient()
            var reply = try await client.send(HTTPRequest("GET", "http://speech.invalid/a"))
            let body = try await reply.body.collect(upTo: 10)
            precondition(body == Array("proxy".utf8))
            precondition(proxy.requests[0].head.hasPrefix("GET http://speech.invalid/a HTTP/1.1"))
        }
    }

    #if os(Linux)
        /// A listener that accepts nobody and whose queue is full lets nobody in.
        @Test func `a connection that is not made within its limit is given up`() async throws {
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(listener) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            var length = socklen_t(MemoryLayout<sockaddr_in>.size)
            var waiting: [Int32] = []
            defer { for socket in waiting { close(socket) } }
            unsafe withUnsafeMutablePointer(to: &address) { address in
                unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    _ = unsafe (bind(listener, address, length), listen(listener, 0))
                    _ = unsafe getsockname(listener, address, &length)
                    for _ in 0..<4 {
                        let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
                        _ = unsafe connect(client, address, length)
                        waiting.append(client)
                    }
                }
            }
            let url = "http://127.0.0.1:\(UInt16(bigEndian: address.sin_port))/"
            let limits = TransportLimits(connecting: .milliseconds(300))
            let error = try await Self.failure(HTTPRequest("GET", url, limits: limits))
            #expect(error?.kind == .timedOut && error?.message == "no connection within 0.3 seconds")
        }
    #endif

    @Test func `bytes keep the times at which they came`() {
        let times = (0..<3).map { ContinuousClock.Instant.now + .seconds($0) }
        var received = ReceivedBytes()
        for (part, time) in [([1, 2], times[0]), ([3], times[0]), ([4], times[1]), ([5, 6], times[2])] as [([UInt8], _)]
        {
            unsafe part.withUnsafeBytes { unsafe received.append($0, at: time) }
        }
        var parts: [[UInt8]] = []
        var arrivals: [ContinuousClock.Instant] = []
        received.read { part, arrival in
            parts.append(Array(copying: part))
            arrivals.append(arrival)
        }
        #expect(parts == [[1, 2, 3], [4], [5, 6]] && arrivals == times)
        received.removeAll()
        #expect(received.isEmpty)
    }
}
