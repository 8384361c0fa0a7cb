/// Bytes of an answer that a reader takes at once, with the time at which each part of them came.
package struct ReceivedBytes: Sendable {
    /// All of them.
    package private(set) var bytes: [UInt8] = []
    /// When the last part came.
    private var arrival = ContinuousClock.Instant.now
    /// Where the parts before the last end, and when they came: there are some only when the reader is late.
    private var earlier: [(end: Int, arrival: ContinuousClock.Instant)] = []

    package init() {}

    /// Whether there is nothing.
    package var isEmpty: Bool { bytes.isEmpty }

    /// Hands over each part with its time, in order.
    package func read<Failure: Error>(
        _ body: (Span<UInt8>, ContinuousClock.Instant) throws(Failure) -> Void
    ) throws(Failure) {
        var start = 0
        for part in earlier {
            try body(bytes.span.extracting(start..<part.end), part.arrival)
            start = part.end
        }
        try body(bytes.span.extracting(droppingFirst: start), arrival)
    }

    mutating func append(_ part: UnsafeRawBufferPointer, at arrival: ContinuousClock.Instant) {
        if !bytes.isEmpty && arrival != self.arrival { earlier.append((bytes.count, self.arrival)) }
        unsafe bytes.append(contentsOf: part)
        self.arrival = arrival
    }

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        earlier.removeAll(keepingCapacity: true)
    }
}
