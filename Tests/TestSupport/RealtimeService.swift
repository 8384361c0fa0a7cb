import Foundation
import HTTPTransport
import Synchronization

/// GLM-Realtime on loopback: it says what a test wants, and notes what it is told.
package final class RealtimeService: Sendable {
    private let server: ScriptedServer
    private let heard = Heard()

    /// An event that a client said.
    package struct Event: Sendable {
        package let type: String
        package let json: String
    }

    private final class Heard: Sendable {
        let events = Mutex<[Event]>([])

        /// Notes an event, and returns the types of all so far.
        func add(_ event: Event) -> [String] {
            events.withLock { events in
                events.append(event)
                return events.map(\.type)
            }
        }
    }

    /// Greets, agrees with some lines to how the call is to be, and then answers each event, which it gets with the types of all.
    package init(
        agreeing agreement: String = #"{"type":"session.updated","session":{}}"#,
        _ answer: @escaping @Sendable (Event, [String]) -> [String]
    ) throws {
        let heard = heard
        server = try ScriptedServer.agreeing(then: [
            .talk { read, write in
                func say(_ text: String) {
                    _ = write(Self.frame { $0.write(WebSocketMessage(text), appendingTo: &$1) })
                }
                say(#"{"type":"session.created","session":{"id":"s"}}"#)
                var reader = FrameReader(side: .server, messageLimit: 1 << 20)
                var isOver = false
                while !isOver {
                    let bytes = read()
                    guard !bytes.isEmpty else { return }
                    try? reader.read(bytes.span) { event in
                        switch event {
                        case .message(let message):
                            let event = Event(type: Self.type(of: message.bytes), json: message.text)
                            let types = heard.add(event)
                            let isUpdate = event.type == "session.update"
                            for line in isUpdate
                                ? agreement.split(separator: "\n").map(String.init) : answer(event, types)
                            {
                                if line == Self.breaking { isOver = true } else { say(line) }
                            }
                        case .close(let close):
                            _ = write(Self.frame { $0.write(close, appendingTo: &$1) })
                            isOver = true
                        // A caller that gets no processor for a minute must find it alive.
                        case .ping(let bytes): _ = write(Self.frame { $0.writePong(bytes, appendingTo: &$1) })
                        case .pong: break
                        }
                    }
                }
            }
        ])
    }

    /// An answer that is none: the connection ends without a word.
    package static let breaking = "break"

    /// The address before the path.
    package var url: String { server.url }

    /// What was said so far.
    package var said: [Event] { heard.events.withLock { $0 } }

    private static func frame(_ write: (FrameWriter, inout [UInt8]) -> Void) -> [UInt8] {
        var bytes: [UInt8] = []
        write(FrameWriter(side: .server), &bytes)
        return bytes
    }

    private static func type(of json: [UInt8]) -> String {
        struct Typed: Decodable {
            let type: String
        }
        return (try? JSONDecoder().decode(Typed.self, from: Data(json)))?.type ?? ""
    }
}
