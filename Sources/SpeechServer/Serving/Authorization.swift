internal import AudioCore
internal import HTTPTransport
internal import Platform

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Who may ask: whoever shows the token, or one signed with it, as clients of the service do; everybody without a token.
struct Authorization: Sendable {
    private let token: [UInt8]?
    /// The time by which signed tokens end, in milliseconds since 1970.
    private let now: @Sendable () -> Int64

    /// Whether nobody but this machine can reach the server.
    private let isForThisMachine: Bool

    init(
        token: String?, isForThisMachine: Bool = false,
        now: @escaping @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000) }
    ) {
        self.token = token.map { Array($0.utf8) }
        self.isForThisMachine = isForThisMachine
        self.now = now
    }

    /// Checks a request.
    ///
    /// - Throws: `unauthorized`, and `forbidden` for a page of another site when nothing else keeps it away.
    func check(_ head: RequestHead) throws(Fault) {
        guard let token else {
            try checkHost(head)
            return try checkOrigin(head)
        }
        guard let shown = Self.shown(head) else {
            throw Fault(
                .unauthorized, "no token came with the request", hint: "Authorization: Bearer TOKEN", code: "1001")
        }
        guard !Self.isSame(shown, token) else { return }
        guard let end = Self.end(of: shown, signedWith: token) else {
            throw Fault(.unauthorized, "the token is not the right one", code: "1000")
        }
        // Clients renew a token when they get this code.
        guard end > now() else { throw Fault(.unauthorized, "the token has ended", code: "1003") }
    }

    /// The token in the header, with or without `Bearer` before it.
    private static func shown(_ head: RequestHead) -> [UInt8]? {
        // A page that asks for a web socket can set no header.
        let parameter = head.field("upgrade") == nil ? nil : head.parameter("Authorization")
        guard let field = head.field("authorization") ?? parameter else { return nil }
        let isBearer = field.prefix(7).lowercased() == "bearer "
        return Array((isBearer ? field.dropFirst(7) : field[...]).utf8)
    }

    /// Compares digests, all of them: how long it takes tells nothing about where two tokens differ.
    private static func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        let (left, right) = (SHA256.digest(of: left.span), SHA256.digest(of: right.span))
        var difference: UInt8 = 0
        for (a, b) in zip(left, right) { difference |= a ^ b }
        return difference == 0
    }

    /// When a token (RFC 7519) ends, in milliseconds; nil unless it was signed with the secret half of ours.
    private static func end(of shown: [UInt8], signedWith token: [UInt8]) -> Int64? {
        guard let dot = token.firstIndex(of: UInt8(ascii: ".")) else { return nil }
        let (id, secret) = (token[..<dot], Array(token[(dot + 1)...]))
        let parts = shown.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = decoded(parts[2]), let payload = decoded(parts[1]),
            isSame(signature, HMAC.sha256(Array(shown[..<parts[1].endIndex]), key: secret)),
            let claims: Claims = try? JSON.decode(payload)
        else { return nil }
        guard (1..<Int64.max / 1_000).contains(claims.exp), isSame(Array(claims.apiKey.utf8), Array(id)) else {
            return nil
        }
        // Some clients write seconds where milliseconds are meant.
        return claims.exp < 100_000_000_000 ? claims.exp * 1_000 : claims.exp
    }

    private struct Claims: Decodable {
        let apiKey: String
        let exp: Int64

        enum CodingKeys: String, CodingKey {
            case apiKey = "api_key"
            case exp
        }
    }

    /// The bytes of a part, in the alphabet that addresses may hold.
    private static func decoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let usual = [UInt8(ascii: "-"): UInt8(ascii: "+"), UInt8(ascii: "_"): UInt8(ascii: "/")]
        return Base64Decoder.bytes(of: text.map { usual[$0] ?? $0 })
    }

    /// The names by which this machine calls itself; a page cannot make one of them its own.
    private static let namesHere: Set = ["localhost", "127.0.0.1", "[::1]", "host.docker.internal"]

    /// Some other name that leads to this machine is a page's, which wants to pass for the server.
    private func checkHost(_ head: RequestHead) throws(Fault) {
        guard isForThisMachine, let host = head.field("host"), !Self.namesHere.contains(Self.name(of: host[...])) else {
            return
        }
        throw Fault(
            .forbidden, "the server is for this machine, and has another name", hint: "call it 127.0.0.1 or localhost")
    }

    /// A browser tells which page asks; one of another site has no business with a server that trusts whoever reaches it.
    private func checkOrigin(_ head: RequestHead) throws(Fault) {
        for origin in head.fields where origin.name.lowercased() == "origin" {
            guard let site = origin.value.split(separator: "/", maxSplits: 2).last else { continue }
            let isHere =
                Self.namesHere.contains(Self.name(of: site))
                || origin.value.hasSuffix("://\(head.field("host") ?? "-")")
            guard isHere else {
                throw Fault(
                    .forbidden, "pages of \(Redaction.redact(origin.value)) may not use a server without a token",
                    hint: "start it with --token-file")
            }
        }
    }

    /// A host without its port.
    private static func name(of host: Substring) -> String {
        guard let colon = host.lastIndex(of: ":"), host[colon...].dropFirst().allSatisfy(\.isNumber) else {
            return host.lowercased()
        }
        return host[..<colon].lowercased()
    }
}
