internal import AudioCore
internal import FuzzSupport

/// What a file gives: its samples and how it ended, or nothing when it is refused.
private func read(_ pieces: [ArraySlice<UInt8>]) -> (samples: [Float], ending: WAVEnding)? {
    var reader = WAVReader()
    var samples: [Float] = []
    do {
        for piece in pieces { try reader.read(piece.span, appendingTo: &samples) }
        let ending = try reader.finish(appendingTo: &samples)
        return (samples, ending)
    } catch {
        return nil
    }
}

/// Holds the parser to its promises for one input of libFuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzWAV(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = unsafe Cuts(start, count)
    let whole = read([input.whole[...]])
    let cut = read(input.pieces)
    promise((whole == nil) == (cut == nil), "a cut decides whether a file is read")
    guard let whole, let cut else { return 0 }
    promise(whole.samples == cut.samples && whole.ending == cut.ending, "a cut changes the sound")
    promise(whole.samples.count <= input.whole.count, "there are more samples than bytes")
    return 0
}
