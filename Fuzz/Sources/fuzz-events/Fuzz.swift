internal import FuzzSupport
@_spi(Measuring) internal import HTTPTransport

/// The events of a stream as text, or nothing when a line is too long.
private func read(_ pieces: [ArraySlice<UInt8>], _ ending: ServerSentEvents.Ending) -> [String]? {
    var events = ServerSentEvents(endingAt: ending, lineLimit: 1 << 20)
    var found: [String] = []
    do {
        for piece in pieces {
            try events.read(piece.span) { fields, data in
                found.append("\(fields) \(data.indices.map { data[$0] })")
            }
        }
        return found
    } catch {
        return nil
    }
}

/// Holds the parser of events to its promises for one input of libFuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzEvents(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = unsafe Cuts(start, count)
    for ending in [ServerSentEvents.Ending.blankLine, .line] {
        promise(read([input.whole[...]], ending) == read(input.pieces, ending), "a cut changes the events")
    }
    return 0
}
