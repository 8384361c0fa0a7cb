internal import AudioCore
internal import FuzzSupport

private func decode(_ pieces: [ArraySlice<UInt8>], stopsAtQuote: Bool) -> [UInt8]? {
    var decoder = Base64Decoder(stopsAtQuote: stopsAtQuote)
    var bytes: [UInt8] = []
    do {
        for piece in pieces {
            let used = try decoder.decode(piece.span, appendingTo: &bytes)
            promise(used == piece.count || decoder.isAtQuote, "characters are left over")
        }
        try decoder.finish(appendingTo: &bytes)
        return bytes
    } catch {
        return nil
    }
}

/// Holds the parser to its promises for one input of libFuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzBase64(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = unsafe Cuts(start, count)
    for stopsAtQuote in [false, true] {
        let whole = decode([input.whole[...]], stopsAtQuote: stopsAtQuote)
        promise(whole == decode(input.pieces, stopsAtQuote: stopsAtQuote), "a cut changes the bytes")
    }
    let text = Base64Encoder.text(of: input.whole.span)
    promise(decode([text[...]], stopsAtQuote: false) == input.whole, "what was encoded does not come back")
    return 0
}
