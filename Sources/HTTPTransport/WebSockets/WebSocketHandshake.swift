internal import Platform

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// How a connection becomes a web socket (RFC 6455, 4): what a client asks, and whether the answer is to that question.
struct WebSocketHandshake: Sendable {
    /// A number of the client's that the answer must fit.
    private let key: String

    /// The longest head of an answer.
    static let mostHeadBytes = 32_768

    init() {
        let bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        key = Data(bytes).base64EncodedString()
    }

    /// The request, as it goes over the wire.
    func head(of request: HTTPRequest, _ address: WebSocketAddress) -> [UInt8] {
        var text = "GET \(address.target) HTTP/1.1\r\nHost: \(address.host)\r\nUpgrade: websocket\r\n"
        text += "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: \(key)\r\n"
        for header in request.headers { text += "\(header.name): \(header.value)\r\n" }
        return Array((text + "\r\n").utf8)
    }

    /// What is wrong with an answer of the status 101; nil for nothing.
    func fault(_ head: HTTPHead) -> String? {
        guard head.value("upgrade")?.lowercased() == "websocket",
            head.value("connection")?.lowercased().split(separator: ",").contains(where: {
                $0.trimmed == "upgrade"
            }) == true
        else { return "the server did not agree to a web socket" }
        guard head.value("sec-websocket-accept") == Self.acceptance(of: key) else {
            return "the server answered another question than ours"
        }
        // Nothing was offered, so that nothing can have been agreed to.
        guard head.value("sec-websocket-extensions")?.trimmed.isEmpty ?? true else {
            return "the server wants an extension that nobody offered"
        }
        guard head.value("sec-websocket-protocol")?.trimmed.isEmpty ?? true else {
            return "the server wants a protocol that nobody offered"
        }
        return nil
    }

    /// What the answer to a key must say.
    static func acceptance(of key: String) -> String {
        let joined = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        return Data(SHA1.digest(of: joined.span)).base64EncodedString()
    }
}

/// What a server of ours makes of a request for a web socket.
package enum WebSocketAgreement: Equatable, Sendable {
    /// It agrees, with these header fields beside the status 101.
    case agreed([HTTPHeader])
    /// The request lacks something.
    case refused(String)

    /// Looks at a request's header fields; no extension and no protocol that it may offer is taken.
    package init(asked field: (_ name: String) -> String?) {
        guard field("upgrade")?.lowercased() == "websocket",
            field("connection")?.lowercased().split(separator: ",").contains(where: { $0.trimmed == "upgrade" }) == true
        else {
            self = .refused("here is a web socket, which is asked for with Upgrade: websocket")
            return
        }
        guard field("sec-websocket-version") == "13" else {
            self = .refused("web sockets are spoken in version 13")
            return
        }
        guard let key = field("sec-websocket-key")?.trimmed, Data(base64Encoded: key)?.count == 16 else {
            self = .refused("Sec-WebSocket-Key has sixteen bytes")
            return
        }
        self = .agreed([
            HTTPHeader("Upgrade", "websocket"),
            HTTPHeader("Sec-WebSocket-Accept", WebSocketHandshake.acceptance(of: key)),
        ])
    }
}

/// Where a web socket is, out of an address of the web.
struct WebSocketAddress: Sendable {
    /// The address for libcurl, which does not know `ws:` and `wss:`.
    let url: String
    /// The host with its port, where that is not the usual one.
    let host: String
    /// The path and the query.
    let target: String

    /// Takes an address apart.
    ///
    /// - Throws: `unusable` for what is none, or belongs to another protocol.
    init(_ text: String) throws(TransportError) {
        let unusable = TransportError(.unusable, "the address of a web socket begins with ws:// or wss://")
        guard let scheme = text.firstRange(of: "://"),
            let known = ["ws": "http", "wss": "https", "http": "http", "https": "https"][
                text[..<scheme.lowerBound].lowercased()]
        else { throw unusable }
        // What stands behind # is not for the server.
        let rest = text[scheme.upperBound...].prefix { $0 != "#" }
        let end = rest.firstIndex { $0 == "/" || $0 == "?" } ?? rest.endIndex
        let authority = rest[..<end]
        guard !authority.isEmpty, rest.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { throw unusable }
        url = "\(known)://\(rest)"
        host = String(authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority)
        let path = rest[end...]
        target = path.first == "/" ? String(path) : "/\(path)"
    }
}

extension StringProtocol {
    fileprivate var trimmed: String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}
