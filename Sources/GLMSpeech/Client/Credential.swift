internal import AudioCore
internal import Platform
internal import Synchronization

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// What proves to a service who asks; it prints as nothing that is secret.
public struct Credential: Sendable, CustomStringConvertible, CustomReflectable {
    let key: String?
    let isSigned: Bool

    /// No key, for a server of one's own.
    public static let none = Credential(key: nil, isSigned: false)

    /// The key itself goes with each request.
    public static func key(_ key: String) -> Credential { Credential(key: key, isSigned: false) }

    /// A token that is signed with the key's secret goes with each request, and is made anew before it ends.
    ///
    /// The key has the form `id.secret`; another goes as it is.
    public static func signed(_ key: String) -> Credential { Credential(key: key, isSigned: true) }

    /// Whether there is a key.
    public var isEmpty: Bool { key == nil }

    /// Says only whether there is a key.
    public var description: String { key == nil ? "no key" : "a key" }

    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }

    /// A name for the account that does not give the key away.
    var account: String {
        guard let key else { return "" }
        let digest = SHA256.digest(of: Array(key.utf8).span)
        return digest.prefix(8).map { String($0, radix: 16) }.joined()
    }
}

/// Signs tokens (RFC 7519, HS256) and keeps each until shortly before its end.
final class TokenSigner: Sendable, CustomReflectable {
    private let id: String
    private let secret: String
    private let now: @Sendable () -> Int64
    private let current = Mutex<(token: String, renewal: Int64)?>(nil)

    /// How long a token holds, and how long it is used, in milliseconds: as the service's own programs do.
    private static let lifetime: Int64 = 210_000
    private static let use: Int64 = 180_000

    /// Makes a signer from `id.secret`, by a clock of milliseconds since 1970; nil for a key of another form.
    init?(_ key: String, now: @escaping @Sendable () -> Int64 = TokenSigner.systemTime) {
        let parts = key.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        id = String(parts[0])
        secret = String(parts[1])
        self.now = now
    }

    /// Shows nothing.
    var customMirror: Mirror { Mirror(self, children: []) }

    /// A token that still holds for a while.
    func token() -> String {
        current.withLock { current in
            let time = now()
            if let kept = current, time < kept.renewal { return kept.token }
            let token = sign(time)
            current = (token, time + Self.use)
            return token
        }
    }

    /// Forgets the token, which the service says has ended.
    func renew() { current.withLock { $0 = nil } }

    private func sign(_ time: Int64) -> String {
        let header = #"{"alg":"HS256","sign_type":"SIGN"}"#
        let payload = #"{"api_key":"\#(id)","exp":\#(time + Self.lifetime),"timestamp":\#(time)}"#
        let body = Self.base64URL(Array(header.utf8)) + "." + Self.base64URL(Array(payload.utf8))
        return body + "." + Self.base64URL(HMAC.sha256(Array(body.utf8), key: Array(secret.utf8)))
    }

    /// Base64 for addresses, without padding (RFC 4648, section 5).
    private static func base64URL(_ bytes: [UInt8]) -> String {
        String(decoding: Base64Encoder.text(of: bytes.span), as: UTF8.self)
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    static let systemTime: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000) }
}
