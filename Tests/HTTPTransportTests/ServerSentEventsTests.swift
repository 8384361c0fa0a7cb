import Foundation
import TestSupport
import Testing

@_spi(Measuring) @testable import HTTPTransport

@Suite(.tags(.parser))
struct ServerSentEventsTests {
    struct Event: Equatable, Decodable {
        let event: String
        let data: String
        let lastEventId: String
    }

    private static func read(
        _ pieces: [ArraySlice<UInt8>], endingAt ending: ServerSentEvents.Ending = .blankLine, lineLimit: Int = 1 << 20
    ) throws -> [Event] {
        var parser = ServerSentEvents(endingAt: ending, lineLimit: lineLimit)
        var events: [Event] = []
        for piece in pieces {
            try parser.read(piece.span) { fields, data in
                let bytes = data.indices.map { data[$0] }
                events.append(
                    Event(
                        event: fields.name.isEmpty ? "message" : fields.name,
                        data: String(decoding: bytes, as: UTF8.self),
                        lastEventId: fields.lastID))
            }
        }
        return events
    }

    private static func read(_ text: String, endingAt ending: ServerSentEvents.Ending = .blankLine) throws -> [Event] {
        try read([Array(text.utf8)[...]], endingAt: ending)
    }

    @Test func `lines may end in three ways, and a byte order mark is dropped once`() throws {
        let expected = [Event(event: "message", data: "a\nb", lastEventId: "")]
        for end in ["\n", "\r", "\r\n"] {
            #expect(try Self.read("\u{FEFF}data: a\(end)data:b\(end)\(end)") == expected)
        }
        #expect(try Self.read("\u{FEFF}\u{FEFF}data: a\n\n").isEmpty)
    }

    @Test func `comments and unknown fields mean nothing, an event without an end is none`() throws {
        #expect(try Self.read(": hello\n\nfoo: 1\ndatax: 2\n\ndata: 3\n").isEmpty)
        #expect(try Self.read("data\n\n").map(\.data) == [""])
        #expect(try Self.read("event: x\ndata: 1\nid: 7\n\ndata: 2\n\n").map(\.event) == ["x", "message"])
    }

    @Test func `where blank lines are missing, each line is an event`() throws {
        let text = "data: 1\ndata:2\n\n: c\nevent: e\ndata: 3\ndata: 4\n\ndata: 5"
        let events = try Self.read(text, endingAt: .line)
        #expect(events.map(\.data) == ["1", "2", "3", "4"], "the last line has no end")
        #expect(events.map(\.event) == ["message", "message", "e", "e"])
    }

    @Test(arguments: 0..<60)
    func `how the bytes are cut does not change the events`(seed: UInt64) throws {
        var random = SplitMix64(seed)
        let parts = [
            "data: ", "data:", "\n", "\r", "\r\n", "\n\n", "event: e", "id: 1", ": c", "x", "\u{FEFF}", "é", "retry: 5",
        ]
        let text = (0..<200).map { _ in parts[Int.random(in: 0..<parts.count, using: &random)] }.joined()
        let bytes = Array(text.utf8)
        for ending in [ServerSentEvents.Ending.blankLine, .line] {
            let whole = try Self.read([bytes[...]], endingAt: ending)
            #expect(try Self.read(bytes.cut(seed: seed, longest: 1 + Int(seed) % 9), endingAt: ending) == whole)
        }
    }

    @Test func `a line has a limit, which holds on both sides of it`() throws {
        for (length, isRead) in [(99, true), (100, true), (101, false)] {
            let line = Array(("data: " + String(repeating: "x", count: length - 6) + "\n\n").utf8)
            for pieces in [[line[...]], line.cut(seed: 1, longest: 7)] {
                let events = try? Self.read(pieces, lineLimit: 100)
                #expect((events?.count == 1) == isRead)
            }
        }
    }

    @Test(.needsMaterial)
    func `the cases of the web platform tests`() throws {
        struct Case: Decodable {
            let name: String
            let body: String
            let events: [Event]

            private enum CodingKeys: String, CodingKey {
                case name, events
                case body = "body_base64"
            }
        }
        let data = Data(try contents(of: Material.path("sse/cases.json")))
        for example in try JSONDecoder().decode([Case].self, from: data) {
            let body = Array(try #require(Data(base64Encoded: example.body)))
            let events = try Self.read([body[...]])
            #expect(events == example.events, "\(example.name)")
            for seed in 0..<5 as Range<UInt64> {
                #expect(try Self.read(body.cut(seed: seed, longest: 9)) == example.events, "\(example.name), cut")
            }
        }
    }
}
