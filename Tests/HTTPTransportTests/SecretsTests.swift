import Foundation
import TestSupport
import Testing

@testable import HTTPTransport

@Suite(.neverHangs)
struct SecretsTests {
    private static let answer = "HTTP/1.1 200 OK\r\nX-Log-Id: 42\r\nContent-Length: 1\r\n\r\nx"
    private static let key = "0123456789abcdef0123456789abcdef.S3cretS3cretS3cr"

    /// What a log hears of requests that go wrong or well.
    private static func heard(of requests: [HTTPRequest]) async throws -> [String] {
        let (lines, line) = AsyncStream.makeStream(of: String.self)
        let client = try HTTPClient(log: TransportLog { line.yield("\($0)") })
        for request in requests {
            do throws(TransportError) {
                var answer = try await client.send(request)
                _ = try await answer.body.collect(upTo: 100)
            } catch {}
        }
        line.finish()
        return await lines.reduce(into: []) { $0.append($1) }
    }

    @Test func `the log hears of every exchange, and of one that breaks in the middle`() async throws {
        let server = try ScriptedServer([.request, .send(Self.answer), .close])
        let broken = try ScriptedServer([
            .request, .send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"), .reset,
        ])
        let gone = try ScriptedServer([.close])
        gone.stop()
        let lines = try await Self.heard(of: [server.url, broken.url, gone.url].map { HTTPRequest("GET", $0) })
        #expect(lines.count == 4)
        #expect(lines[0].contains(": 200 after") && lines[0].hasSuffix("(42)"))
        #expect(lines[1].contains(": 200 after") && !lines[2].contains("200") && lines[2].contains(broken.url))
        #expect(lines[3].contains(gone.url))
    }

    @Test(arguments: [key, "my-gateway-key-12345"])
    func `the log never hears a key, wherever a server puts it`(key: String) async throws {
        let echo = Self.answer.replacing("42", with: "id \(key)")
        let server = try ScriptedServer([.request, .send(echo), .close])
        let moved = "HTTP/1.1 307 Moved\r\nLocation: http://\(key).invalid/x\r\nContent-Length: 0\r\n\r\n"
        let other = try ScriptedServer([.request, .send(moved), .close])
        let headers = [HTTPHeader("Authorization", "Bearer \(key)")]
        let lines = try await Self.heard(of: [
            HTTPRequest("GET", "\(server.url)/realtime?Authorization=\(key)", headers: headers),
            HTTPRequest("GET", other.url, headers: headers),
        ])
        #expect(lines.count == 2 && lines[0].contains("Authorization=[redacted]: 200") && lines[1].contains(".invalid"))
        let parts = [key] + key.split(separator: ".").map(String.init)
        #expect(parts.allSatisfy { part in lines.allSatisfy { !$0.contains(part) } }, "\(lines)")
    }
    @Test(arguments: [
        ("key 0123456789abcdef0123456789abcdef.S3cretS3cretS3cr!", "key [redacted]!"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer [redacted]"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJhcGlfa2V5IjoiMSJ9.abc-_x y", "[redacted] y"), ("sk-abcdefghijk", "[redacted]"),
        ("https://me:word@host/x?api_key=1&b=2", "https://[redacted]@host/x?api_key=[redacted]&b=2"),
        ("Authorization: abcdef", "Authorization: [redacted]"),
        (#"{"api_key": "abcdef", "n": 1}"#, #"{"api_key": "[redacted]", "n": 1}"#),
        ("https://host/x?key=abcdef&b=2", "https://host/x?key=[redacted]&b=2"),
        ("x.eyJhbGci.eyJ and eyJ alone", "x.[redacted] and eyJ alone"),
        ("nothing secret: 20251010120000f80cdc994b5866db", "nothing secret: 20251010120000f80cdc994b5866db"),
    ])
    func `what looks like a key is taken out of text`(text: String, clean: String) {
        #expect(Redaction.redact(text) == clean)
        #expect(Redaction.redact("the word hunter2", "hunter2") == "the word [redacted]")
        #expect(Redaction.redact("secret S3cretS3cretS3cr!", Self.key) == "secret [redacted]!")
    }

    /// Megabytes made to keep a pattern busy are cut before it sees them.
    @Test(arguments: ["eyJ", "a", "sk-", "authorization: ", "\u{301}"])
    func `text of any length is cut before it is looked through`(part: String) {
        let text = Redaction.redact(String(repeating: part, count: 1_000_000 / part.utf8.count))
        #expect(text.count <= Redaction.longest + 1)
    }

}
