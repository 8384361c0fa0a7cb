import HTTPTransport
import Speech
import Synchronization
import TestSupport
import Testing

@testable import GLMSpeech

@Suite(.neverHangs)
struct CredentialTests {
    /// A clock of milliseconds that a test sets.
    private final class Time: Sendable {
        private let value: Mutex<Int64>
        init(_ start: Int64) { value = Mutex(start) }
        var now: Int64 { value.withLock { $0 } }
        func advance(_ milliseconds: Int64) { value.withLock { $0 += milliseconds } }
    }

    @Test func `a token is signed as the service expects, and renewed before it ends`() throws {
        let time = Time(1_760_000_000_000)
        let signer = try #require(TokenSigner(Wire.key) { time.now })
        let token = signer.token()
        #expect(
            token
                == "eyJhbGciOiJIUzI1NiIsInNpZ25fdHlwZSI6IlNJR04ifQ.eyJhcGlfa2V5IjoiMDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWYiLCJleHAiOjE3NjAwMDAyMTAwMDAsInRpbWVzdGFtcCI6MTc2MDAwMDAwMDAwMH0.-M9ezQQRZsObEDcighozpXmGC6WDeYZpRnUykLKG0NM"
        )
        time.advance(179_999)
        #expect(signer.token() == token)
        time.advance(1)
        #expect(signer.token() != token)
    }

    @Test func `a token that the service calls too old is renewed once, at once`() async throws {
        let old = Wire.error("1003", "401 Unauthorized")
        let good = Wire.events([Wire.frame(Wire.base64[0], 0), Wire.end])
        let time = Time(1_760_000_000_000)
        for (steps, isHealed) in [([old, .request, good], true), ([old, .request, old], false)] {
            let server = try ScriptedServer([.request] + steps + [.close])
            var settings = Wire.settings(server)
            settings.credential = .signed(Wire.key)
            let signer = TokenSigner(Wire.key) {
                time.advance(5)
                return time.now
            }
            let (chunks, error) = await Wire.read(try GLMClient(settings, signer: signer).speak(SpeechRequest("你好")))
            #expect((error == nil && chunks.count == 1) == isHealed)
            let tokens = server.requests.compactMap { $0.value("authorization") }
            #expect(tokens.count == 2 && tokens[0] != tokens[1] && tokens.allSatisfy { $0.hasPrefix("Bearer eyJ") })
        }
    }

    @Test func `a key of another form goes as it is`() {
        for key in ["abc", "a.b.c", ".b", "a."] { #expect(TokenSigner(key) == nil) }
    }

    @Test func `nothing of a key is ever printed`() {
        let credential = Credential.key(Wire.key)
        var settings = GLMSettings(credential: credential)
        settings.credential = .signed(Wire.key)
        for text in [
            "\(credential)", "\(settings)", String(reflecting: settings),
            String(describing: Mirror(reflecting: credential).children.count),
        ] {
            #expect(!text.contains("S3cret") && !text.contains("0123456789abcdef"))
        }
        #expect(credential.account != Credential.key("other").account && !credential.account.contains("0123"))
    }
}
