/// What a frame of a web socket is for (RFC 6455, 5.2).
enum WebSocketOpcode: UInt8, Sendable {
    case continuation = 0x0
    case text = 0x1
    case binary = 0x2
    case close = 0x8
    case ping = 0x9
    case pong = 0xA

    /// Whether it is about the connection, and may come between the pieces of a message.
    var isControl: Bool { rawValue & 0x8 != 0 }
}

/// A message that went over a web socket.
package struct WebSocketMessage: Equatable, Sendable {
    /// Whether the bytes are text; those are valid UTF-8 then.
    package let isText: Bool
    /// What was said.
    package let bytes: [UInt8]

    package init(isText: Bool, bytes: [UInt8]) {
        self.isText = isText
        self.bytes = bytes
    }

    /// A message of text.
    package init(_ text: String) { self.init(isText: true, bytes: Array(text.utf8)) }

    /// The text, without what is none.
    package var text: String { String(decoding: bytes, as: UTF8.self) }
}

/// Why a web socket ended, in the words of the side that ended it.
package struct WebSocketClose: Equatable, Sendable {
    /// The number, such as 1000 for an ordinary end; 1005 where none was said.
    package let code: UInt16
    /// The reason, for people.
    package let reason: String

    package init(_ code: UInt16, _ reason: String = "") {
        self.code = code
        self.reason = reason
    }

    /// All is said.
    package static let normal = WebSocketClose(1000)
    /// The other side, or the page, goes away.
    package static let goingAway = WebSocketClose(1001)
    /// Nobody said why.
    static let unsaid = WebSocketClose(1005)

    /// Numbers that may stand in a frame.
    static func isSayable(_ code: UInt16) -> Bool {
        switch code {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}

/// What the other side did against the rules.
package struct WebSocketViolation: Error, Equatable, Sendable {
    /// What is said to the other side before the connection ends.
    package let close: WebSocketClose

    init(_ code: UInt16, _ reason: String) { close = WebSocketClose(code, reason) }
}

/// Which side of a web socket somebody is: what clients send is masked, what servers send is not.
package enum WebSocketSide: Sendable {
    case client, server
}

/// How much a web socket takes at once.
public struct WebSocketLimits: Hashable, Sendable {
    /// Bytes of a message, however many frames it has.
    public var messageByteCount: Int
    /// The other side is not read from while so many bytes of messages wait for their reader.
    public var unreadByteCount: Int
    /// Who sends waits while so many bytes have not left.
    public var unsentByteCount: Int
    /// After so long without a sign of life the other side is asked for one (`ping`).
    public var idle: Duration
    /// The other side is given up so long after it was asked.
    public var patience: Duration

    /// Makes limits; those left out are fit for conversations in sound.
    public init(
        messageByteCount: Int = 16 << 20, unreadByteCount: Int = 1 << 20, unsentByteCount: Int = 1 << 20,
        idle: Duration = .seconds(20), patience: Duration = .seconds(20)
    ) {
        self.messageByteCount = messageByteCount
        self.unreadByteCount = unreadByteCount
        self.unsentByteCount = unsentByteCount
        self.idle = idle
        self.patience = patience
    }
}
