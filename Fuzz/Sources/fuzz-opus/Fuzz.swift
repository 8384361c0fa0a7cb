internal import AudioCore
internal import FuzzSupport

private func read(_ pieces: [ArraySlice<UInt8>]) -> [Float]? {
    var reader = OggOpusReader()
    var samples: [Float] = []
    do {
        for piece in pieces { try reader.read(piece.span, appendingTo: &samples) }
        try reader.finish()
        return samples
    } catch {
        return nil
    }
}

/// Holds the parser to its promises for one input of libFuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzOpus(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = unsafe Cuts(start, count, repairing: repairedOggChecksums)
    let whole = read([input.whole[...]])
    let cut = read(input.pieces)
    promise(whole == cut, "a cut changes the sound")
    return 0
}
