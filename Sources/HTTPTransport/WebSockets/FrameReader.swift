/// Puts the frames of a web socket together, from bytes that are cut anywhere.
///
/// ```swift
/// var reader = FrameReader(side: .client, messageLimit: 1 << 20)
/// try reader.read(bytes.span) { event in … }
/// ```
///
/// After a violation it reads nothing more.
package struct FrameReader: Sendable {
    private let side: WebSocketSide
    private let messageLimit: Int
    /// Bytes of a header that is not whole.
    private var header: [UInt8] = []
    private var frame: Frame?
    /// The message whose last frame has not come.
    private var message: (isText: Bool, bytes: [UInt8])?
    private var controlBytes: [UInt8] = []
    private var isOver = false

    /// What came.
    package enum Event: Equatable, Sendable {
        case message(WebSocketMessage)
        case ping([UInt8])
        case pong([UInt8])
        case close(WebSocketClose)
    }

    private struct Frame {
        let opcode: WebSocketOpcode
        let isFinal: Bool
        let mask: [UInt8]?
        let length: Int
        var taken = 0
    }

    /// The most bytes of a frame that is about the connection.
    static let mostControlBytes = 125

    /// Makes a reader for one side of a connection.
    package init(side: WebSocketSide, messageLimit: Int) {
        self.side = side
        self.messageLimit = messageLimit
    }

    /// Takes bytes and hands over what they complete; nothing behind the frame that ends the connection is looked at.
    package mutating func read(
        _ bytes: Span<UInt8>, _ take: (Event) -> Void
    ) throws(WebSocketViolation) {
        var place = 0
        do throws(WebSocketViolation) {
            while !isOver {
                if frame == nil {
                    guard try readHeader(bytes, &place) else { return }
                }
                readPayload(bytes, &place)
                guard let frame, frame.taken == frame.length else { return }
                self.frame = nil
                if let event = try end(of: frame) { take(event) }
            }
        } catch {
            isOver = true
            throw error
        }
    }

}

// MARK: - Frames

extension FrameReader {
    /// Reads what is left of a header; false while bytes are missing.
    private mutating func readHeader(_ bytes: Span<UInt8>, _ place: inout Int) throws(WebSocketViolation) -> Bool {
        while header.count < headerLength {
            guard place < bytes.count else { return false }
            header.append(bytes[place])
            place += 1
            // What is wrong is told before more is waited for.
            if header.count == 2 { try checkBeginning() }
        }
        try begin()
        return true
    }

    /// How long the header is, as far as its bytes tell.
    private var headerLength: Int {
        guard header.count >= 2 else { return 2 }
        let length = header[1] & 0x7F
        return 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + (header[1] & 0x80 != 0 ? 4 : 0)
    }

    private func checkBeginning() throws(WebSocketViolation) {
        guard header[0] & 0x70 == 0 else { throw WebSocketViolation(1002, "an extension that nobody agreed to") }
        guard let opcode = WebSocketOpcode(rawValue: header[0] & 0x0F) else {
            throw WebSocketViolation(1002, "an unknown kind of frame")
        }
        guard (header[1] & 0x80 != 0) == (side == .server) else {
            throw WebSocketViolation(1002, side == .server ? "a frame without a mask" : "a frame with a mask")
        }
        if opcode.isControl {
            guard header[0] & 0x80 != 0 else { throw WebSocketViolation(1002, "a control frame in pieces") }
            guard header[1] & 0x7F <= Self.mostControlBytes else {
                throw WebSocketViolation(1002, "a control frame that is too long")
            }
        } else if (opcode == .continuation) != (message != nil) {
            throw WebSocketViolation(
                1002, message == nil ? "a piece of no message" : "a message inside another")
        }
    }

    private mutating func begin() throws(WebSocketViolation) {
        guard let opcode = WebSocketOpcode(rawValue: header[0] & 0x0F) else { return }
        let length = try length()
        let mask = header[1] & 0x80 != 0 ? Array(header.suffix(4)) : nil
        frame = Frame(opcode: opcode, isFinal: header[0] & 0x80 != 0, mask: mask, length: length)
        if !opcode.isControl, opcode != .continuation { message = (opcode == .text, []) }
        header.removeAll(keepingCapacity: true)
    }

    private func length() throws(WebSocketViolation) -> Int {
        let short = Int(header[1] & 0x7F)
        guard short >= 126 else { return short }
        let long = header[2..<(short == 126 ? 4 : 10)].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard long >= (short == 126 ? 126 : 65_536), long <= UInt64(Int64.max) else {
            throw WebSocketViolation(1002, "a length that is not as short as it could be")
        }
        guard long <= UInt64(messageLimit - (message?.bytes.count ?? 0)) else { throw Self.tooLong }
        return Int(long)
    }

    private static var tooLong: WebSocketViolation { WebSocketViolation(1009, "a message that is too long") }

    private mutating func readPayload(_ bytes: Span<UInt8>, _ place: inout Int) {
        guard var current = frame else { return }
        let count = min(bytes.count - place, current.length - current.taken)
        guard count > 0 else { return }
        let part = bytes.extracting(place..<place + count)
        if current.opcode.isControl {
            controlBytes.append(part, mask: current.mask, from: current.taken)
        } else {
            // Taken out for a while, so that appending does not copy.
            var bytes = message.take()
            bytes?.bytes.append(part, mask: current.mask, from: current.taken)
            message = bytes
        }
        place += count
        current.taken += count
        frame = current
    }
}

// MARK: - Messages

extension FrameReader {
    /// What a frame that is whole completes.
    private mutating func end(of frame: Frame) throws(WebSocketViolation) -> Event? {
        switch frame.opcode {
        case .ping: return .ping(takeControlBytes())
        case .pong: return .pong(takeControlBytes())
        case .close:
            isOver = true
            return .close(try close(takeControlBytes()))
        case .text, .binary, .continuation:
            guard (message?.bytes.count ?? 0) <= messageLimit else { throw Self.tooLong }
            guard frame.isFinal, let whole = message.take() else { return nil }
            if whole.isText, String(validating: whole.bytes, as: UTF8.self) == nil {
                throw WebSocketViolation(1007, "text that is no UTF-8")
            }
            return .message(WebSocketMessage(isText: whole.isText, bytes: whole.bytes))
        }
    }

    private mutating func takeControlBytes() -> [UInt8] {
        defer { controlBytes = [] }
        return controlBytes
    }

    private func close(_ bytes: [UInt8]) throws(WebSocketViolation) -> WebSocketClose {
        guard !bytes.isEmpty else { return .unsaid }
        guard bytes.count >= 2 else { throw WebSocketViolation(1002, "half a number for the end") }
        let code = UInt16(bytes[0]) << 8 | UInt16(bytes[1])
        guard WebSocketClose.isSayable(code) else { throw WebSocketViolation(1002, "a number that nobody may say") }
        guard let reason = String(validating: bytes[2...], as: UTF8.self) else {
            throw WebSocketViolation(1007, "a reason that is no UTF-8")
        }
        return WebSocketClose(code, reason)
    }
}

extension [UInt8] {
    /// Appends bytes of a frame from a place in it, without their mask.
    fileprivate mutating func append(_ bytes: Span<UInt8>, mask: [UInt8]?, from place: Int) {
        let start = count
        unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
        guard let mask else { return }
        for index in 0..<bytes.count { self[start + index] ^= mask[(place + index) & 3] }
    }
}
