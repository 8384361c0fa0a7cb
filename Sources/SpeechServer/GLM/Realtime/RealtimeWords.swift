internal import AudioCore
internal import HTTPTransport

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

/// Writes what the client of a call is told.
struct RealtimeWords: Sendable {
    private let socket: WebSocket

    init(_ socket: WebSocket) { self.socket = socket }

    /// A new number for something.
    static func number(_ kind: String) -> String { kind + RequestNumber.next() }

    /// Tells an event; what cannot be told any more nobody misses.
    func tell(_ type: String, _ members: [String: JSONValue] = [:]) async {
        let common: [String: JSONValue] = [
            "type": .text(type), "event_id": .text(Self.number("event")),
            "client_timestamp": .number((Date().timeIntervalSince1970 * 1_000).rounded()),
        ]
        let bytes = JSON.bytes(JSONValue.object(common.merging(members) { $1 }))
        try? await socket.send(WebSocketMessage(isText: true, bytes: bytes))
    }

    /// Tells what is wrong; the call goes on.
    func tell(_ fault: Fault) async {
        await tell("error", ["error": Self.error(fault)])
    }

    static func error(_ fault: Fault, type: String = "invalid_request_error") -> JSONValue {
        let isOurs = fault.status >= 500
        return .object([
            "type": .text(isOurs ? "server_error" : type),
            "code": .text(fault.code ?? (isOurs ? "server_error" : "invalid_event")), "message": .text(fault.text),
        ])
    }

    /// Part of a conversation.
    static func item(
        _ id: String, role: String, _ content: [JSONValue] = [], status: String = "completed"
    ) -> JSONValue {
        .object([
            "id": .text(id), "object": .text("realtime.item"), "type": .text("message"), "role": .text(role),
            "status": .text(status), "content": .list(content),
        ])
    }

    static func content(_ type: String, _ text: String? = nil) -> JSONValue {
        .object(["type": .text(type)].merging(text.map { ["text": .text($0)] } ?? [:]) { $1 })
    }

    static func response(_ id: String, _ status: String, hasUsage: Bool = false) -> JSONValue {
        var members: [String: JSONValue] = [
            "id": .text(id), "object": .text("realtime.response"), "status": .text(status),
        ]
        // Nobody counts tokens here; the service itself says zeros.
        if hasUsage {
            members["usage"] = .object([
                "total_tokens": .number(0), "input_tokens": .number(0), "output_tokens": .number(0),
            ])
        }
        return .object(members)
    }
}
