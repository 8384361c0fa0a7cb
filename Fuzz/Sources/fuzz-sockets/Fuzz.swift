internal import FuzzSupport

@testable internal import GLMSpeech
@testable internal import HTTPTransport
@testable internal import SpeechServer

/// What is read of frames, and what is wrong with them.
private struct Reading: Equatable {
    var events: [FrameReader.Event] = []
    var violation: WebSocketViolation?

    init(_ pieces: [ArraySlice<UInt8>], as side: WebSocketSide) {
        var reader = FrameReader(side: side, messageLimit: 4_096)
        do throws(WebSocketViolation) {
            for piece in pieces { try reader.read(piece.span) { events.append($0) } }
        } catch {
            violation = error
        }
    }
}

/// The same events as the other side writes them, each message in one frame.
private func written(_ events: [FrameReader.Event], by side: WebSocketSide) -> [UInt8] {
    let writer = FrameWriter(side: side)
    var bytes: [UInt8] = []
    for event in events {
        switch event {
        case .message(let message): writer.write(message, appendingTo: &bytes)
        case .ping: writer.writePing(appendingTo: &bytes)
        case .pong(let payload): writer.writePong(payload, appendingTo: &bytes)
        case .close(let close): writer.write(close, appendingTo: &bytes)
        }
    }
    return bytes
}

/// Holds the frames of web sockets, and the events of calls in them, to their promises for one input of libFuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzSockets(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = unsafe Cuts(start, count)
    for (side, other) in [(WebSocketSide.client, WebSocketSide.server), (.server, .client)] {
        let whole = Reading([input.whole[...]], as: side)
        promise(whole == Reading(input.pieces, as: side), "a cut changes the frames")
        for case .message(let message) in whole.events {
            promise(message.bytes.count <= 4_096, "a message is longer than its limit")
            promise(!message.isText || String(validating: message.bytes, as: UTF8.self) != nil, "text is none")
        }
        let again = Reading([written(whole.events, by: other)[...]], as: side)
        promise(again.violation == nil, "what we write is against the rules")
        promise(again.events.count == whole.events.count, "what was read is not read again")
    }
    let text = WebSocketMessage(isText: true, bytes: input.whole)
    _ = try? RealtimeServerEvent(reading: input.whole)
    _ = try? RealtimeWish(text)
    return 0
}
