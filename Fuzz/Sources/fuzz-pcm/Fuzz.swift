internal import AudioCore
internal import FuzzSupport

private func decode(_ pieces: [ArraySlice<UInt8>], _ encoding: SampleEncoding, _ order: ByteOrder) -> [Float]? {
    var decoder = PCMDecoder(encoding, channels: 2, order: order)
    var samples: [Float] = []
    do {
        for piece in pieces { try decoder.decode(piece.span, appendingTo: &samples) }
        return samples
    } catch {
        return nil
    }
}

/// Holds the parser to its promises for one input of libFuzzer.
@c(LLVMFuzzerTestOneInput)
public func fuzzPCM(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = unsafe Cuts(start, count)
    for encoding in SampleEncoding.allCases {
        for order in [ByteOrder.littleEndian, .bigEndian] {
            let whole = decode([input.whole[...]], encoding, order)
            promise(whole == decode(input.pieces, encoding, order), "a cut changes the samples")
            guard let whole, order == .littleEndian, PCMEncoder.encodings.contains(encoding) else { continue }
            var bytes: [UInt8] = []
            PCMEncoder(encoding).encode(whole.span, appendingTo: &bytes)
            // Thirty-two bits do not all fit into a float.
            promise(
                encoding == .signed32 || bytes[...] == input.whole.prefix(bytes.count),
                "what was read is written otherwise")
        }
    }
    return 0
}
