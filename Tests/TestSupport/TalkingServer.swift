import Foundation
import Platform

extension ScriptedServer {
    /// A server of web sockets that agrees to every request, and then does what a test wants of it, against the rules too.
    ///
    /// What it says of its agreement a test may spoil; some bytes may come with it at once.
    package static func agreeing(
        then steps: [Step], with bytes: [UInt8] = [], saying change: @escaping @Sendable (String) -> String = { $0 }
    ) throws -> ScriptedServer {
        let agree = Step.reply { request in
            Array(change(agreement(to: request.value("sec-websocket-key") ?? "")).utf8) + bytes
        }
        return try ScriptedServer([.request, agree] + steps)
    }

    /// The answer that the standard wants.
    package static func agreement(to key: String) -> String {
        let joined = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
        let digest = Data(SHA1.digest(of: joined.span)).base64EncodedString()
        return [
            "HTTP/1.1 101 Switching Protocols", "Upgrade: WebSocket", "Connection: keep-alive, Upgrade",
            "Sec-WebSocket-Accept: \(digest)", "", "",
        ].joined(separator: "\r\n")
    }

    /// The address for web sockets.
    package var webSocketURL: String { "ws://127.0.0.1:\(port)/talk?a=b" }
}
