import TestSupport
import Testing

@testable import HTTPTransport

/// The frames of web sockets: cut anywhere, hostile, and back again.
@Suite(.tags(.parser)) struct FrameTests {
    private static func read(
        _ bytes: [UInt8], side: WebSocketSide = .client, limit: Int = 1 << 20, cut: Int = .max
    ) throws(WebSocketViolation) -> [FrameReader.Event] {
        var reader = FrameReader(side: side, messageLimit: limit)
        var events: [FrameReader.Event] = []
        var place = 0
        while place < bytes.count {
            let end = cut < bytes.count - place ? place + cut : bytes.count
            try reader.read(bytes.span.extracting(place..<end)) { events.append($0) }
            place = end
        }
        return events
    }

    private static func frame(_ head: UInt8, _ payload: [UInt8]) -> [UInt8] {
        payload.count < 126
            ? [head, UInt8(payload.count)] + payload
            : [head, 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xFF)] + payload
    }

    /// The examples of RFC 6455, 5.7.
    @Test func `the examples of the standard are read`() throws {
        let hello = FrameReader.Event.message(WebSocketMessage("Hello"))
        #expect(try Self.read([0x81, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F]) == [hello])
        #expect(
            try Self.read([0x81, 0x85, 0x37, 0xFA, 0x21, 0x3D, 0x7F, 0x9F, 0x4D, 0x51, 0x58], side: .server) == [hello])
        #expect(try Self.read([0x01, 0x03, 0x48, 0x65, 0x6C, 0x80, 0x02, 0x6C, 0x6F]) == [hello])
        #expect(try Self.read([0x89, 0x05, 0x48, 0x65, 0x6C, 0x6C, 0x6F]) == [.ping(Array("Hello".utf8))])
        let long = [UInt8](repeating: 7, count: 65_536)
        #expect(
            try Self.read([0x82, 0x7F, 0, 0, 0, 0, 0, 1, 0, 0] + long) == [
                .message(WebSocketMessage(isText: false, bytes: long))
            ])
    }

    @Test(arguments: [1, 2, 3, 7, 1_000, Int.max]) func `how the bytes are cut changes nothing`(cut: Int) throws {
        var bytes: [UInt8] = []
        let writer = FrameWriter(side: .client)
        let messages = [0, 1, 125, 126, 127, 65_535, 65_536, 100_000].map { count in
            WebSocketMessage(isText: count.isMultiple(of: 2), bytes: (0..<count).map { UInt8($0 & 0x7F) })
        }
        for message in messages {
            writer.write(message, appendingTo: &bytes)
            writer.writePing(appendingTo: &bytes)
        }
        writer.write(WebSocketClose(1000, "done"), appendingTo: &bytes)
        // What stands behind the end is not read.
        bytes += [0xFF, 0xFF, 0xFF]
        let events = try Self.read(bytes, side: .server, cut: cut)
        #expect(events == messages.flatMap { [.message($0), .ping([])] } + [.close(WebSocketClose(1000, "done"))])
    }

    @Test func `control frames come between the pieces of a message`() throws {
        let bytes =
            Self.frame(0x01, Array("你".utf8.prefix(2))) + Self.frame(0x89, [1]) + Self.frame(0x00, [])
            + Self.frame(0x8A, [2]) + Self.frame(0x80, Array("你".utf8.suffix(1)))
        #expect(try Self.read(bytes, cut: 1) == [.ping([1]), .pong([2]), .message(WebSocketMessage("你"))])
    }

    @Test(
        arguments: [
            ([0xC1, 0x00], 1002), ([0x83, 0x00], 1002), ([0x8B, 0x00], 1002), ([0x81, 0x80], 1002),
            ([0x09, 0x00], 1002), ([0x89, 0x7E], 1002), ([0x80, 0x00], 1002), ([0x01, 0x00, 0x81, 0x00], 1002),
            ([0x82, 0x7E, 0x00, 0x7D], 1002), ([0x82, 0x7F, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF], 1002),
            ([0x82, 0x7F, 0x80, 0, 0, 0, 0, 0, 0, 0], 1002), ([0x82, 0x7F, 0, 0, 0, 0, 0, 0x10, 0, 1], 1009),
            ([0x81, 0x01, 0xFF], 1007), ([0x81, 0x02, 0xC3, 0x28], 1007), ([0x81, 0x03, 0xED, 0xA0, 0x80], 1007),
            ([0x88, 0x01, 0x03], 1002), ([0x88, 0x02, 0x03, 0xED], 1002), ([0x88, 0x02, 0x00, 0x00], 1002),
            ([0x88, 0x03, 0x03, 0xE8, 0xFF], 1007),
        ] as [([UInt8], UInt16)])
    func `what is against the rules ends the connection with its number`(bytes: [UInt8], code: UInt16) {
        for cut in [1, Int.max] {
            let violation = #expect(throws: WebSocketViolation.self) { try Self.read(bytes, cut: cut) }
            #expect(violation?.close.code == code)
        }
    }

    @Test func `a server refuses what has no mask`() {
        #expect(throws: WebSocketViolation.self) { try Self.read([0x81, 0x00], side: .server) }
    }

    @Test func `a message in many pieces is not longer than the limit`() {
        let piece = Self.frame(0x00, [UInt8](repeating: 0, count: 60))
        #expect(throws: WebSocketViolation(1009, "a message that is too long")) {
            try Self.read(Self.frame(0x02, []) + piece + piece, limit: 100)
        }
    }

    @Test func `a reason that is too long is cut between characters, and an unsayable number is left out`() throws {
        var bytes: [UInt8] = []
        FrameWriter(side: .server).write(
            WebSocketClose(1000, String(repeating: "你", count: 60)), appendingTo: &bytes)
        #expect(try Self.read(bytes) == [.close(WebSocketClose(1000, String(repeating: "你", count: 41)))])
        bytes = []
        FrameWriter(side: .server).write(WebSocketClose(1005), appendingTo: &bytes)
        #expect(try bytes == [0x88, 0] && Self.read(bytes) == [.close(WebSocketClose(1005))])
    }

    @Test func `any bytes are read without a fault`() {
        var random = SplitMix64(9)
        for _ in 0..<2_000 {
            var bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
                UInt8.random(in: .min ... .max, using: &random)
            }
            if !bytes.isEmpty {
                bytes[0] = [0x81, 0x01, 0x00, 0x80, 0x82, 0x89, 0x88].randomElement(using: &random) ?? 0
            }
            if bytes.count > 1 { bytes[1] &= 0x7F }
            let outcomes = [1, 3, Int.max].map { cut in
                Result { () throws(WebSocketViolation) in
                    try Self.read(bytes, limit: 64, cut: cut)
                }
            }
            #expect(outcomes.allSatisfy { $0.isSame(as: outcomes[0]) })
        }
    }
}

extension Result where Success == [FrameReader.Event], Failure == WebSocketViolation {
    /// The same events, or the same violation.
    fileprivate func isSame(as other: Self) -> Bool {
        switch (self, other) {
        case (.success(let events), .success(let others)): events == others
        case (.failure(let error), .failure(let another)): error == another
        default: false
        }
    }
}
