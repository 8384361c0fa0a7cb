/// Input for a parser, once whole and once in pieces whose lengths the first byte decides.
public struct Cuts {
    /// All of it.
    public let whole: [UInt8]
    /// The same in pieces.
    public let pieces: [ArraySlice<UInt8>]

    /// Takes the bytes that the fuzzer made; the first says how to cut the others, which may be
    /// repaired before.
    public init(_ start: UnsafePointer<UInt8>, _ count: Int, repairing repair: ([UInt8]) -> [UInt8] = { $0 }) {
        let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
        whole = repair(Array(bytes.dropFirst()))
        var pieces: [ArraySlice<UInt8>] = []
        var place = 0
        var length = Int(bytes.first ?? 0)
        while place < whole.count {
            length = length &* 5 % 61 + 1
            pieces.append(whole[place..<min(place + length, whole.count)])
            place += length
        }
        self.pieces = pieces
    }
}

/// Stops the fuzzer when a promise is broken.
public func promise(_ holds: Bool, _ what: StaticString) {
    precondition(holds, "\(what)")
}
