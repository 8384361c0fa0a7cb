/// Writes the frames of one side of a web socket: each message in one frame.
package struct FrameWriter: Sendable {
    private let side: WebSocketSide

    /// Makes a writer for one side of a connection.
    package init(side: WebSocketSide) { self.side = side }

    /// Appends a message.
    package func write(_ message: WebSocketMessage, appendingTo output: inout [UInt8]) {
        write(message.isText ? .text : .binary, message.bytes.span, appendingTo: &output)
    }

    /// Appends the question whether anybody is there.
    package func writePing(appendingTo output: inout [UInt8]) {
        write(.ping, [UInt8]().span, appendingTo: &output)
    }

    /// Appends the answer to that question, which repeats it.
    package func writePong(_ bytes: [UInt8], appendingTo output: inout [UInt8]) {
        write(.pong, bytes.span, appendingTo: &output)
    }

    /// Appends the last frame; a reason that is too long is cut, and a number that nobody may say is left out.
    package func write(_ close: WebSocketClose, appendingTo output: inout [UInt8]) {
        var bytes: [UInt8] = []
        if WebSocketClose.isSayable(close.code) {
            bytes = [UInt8(close.code >> 8), UInt8(close.code & 0xFF)]
            for character in close.reason {
                guard bytes.count + character.utf8.count <= FrameReader.mostControlBytes else { break }
                bytes += Array(character.utf8)
            }
        }
        write(.close, bytes.span, appendingTo: &output)
    }

    private func write(_ opcode: WebSocketOpcode, _ payload: Span<UInt8>, appendingTo output: inout [UInt8]) {
        output.append(0x80 | opcode.rawValue)
        let masked: UInt8 = side == .client ? 0x80 : 0
        switch payload.count {
        case ..<126: output.append(masked | UInt8(payload.count))
        case ..<65_536:
            output.append(masked | 126)
            output += (0..<2).reversed().map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) }
        default:
            output.append(masked | 127)
            output += (0..<8).reversed().map { UInt8(truncatingIfNeeded: payload.count >> ($0 * 8)) }
        }
        guard side == .client else {
            return unsafe payload.withUnsafeBufferPointer { unsafe output.append(contentsOf: $0) }
        }
        // What a client sends must look like nothing that a cache on the way could take for an answer.
        let mask = (0..<4).map { _ in UInt8.random(in: .min ... .max) }
        output += mask
        for index in payload.indices { output.append(payload[index] ^ mask[index & 3]) }
    }
}
