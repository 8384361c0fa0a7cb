/// Floats at an address that vectors of any width can be loaded from, zero at first.
@safe
struct AlignedFloats: ~Copyable {
    /// How many there are.
    let count: Int
    /// The first of them, on a boundary of 64 bytes.
    let base: UnsafeMutablePointer<Float>

    init(count: Int) {
        self.count = count
        let memory = UnsafeMutableRawPointer.allocate(
            byteCount: max(count, 1) * MemoryLayout<Float>.stride, alignment: 64)
        unsafe base = memory.bindMemory(to: Float.self, capacity: count)
        unsafe base.initialize(repeating: 0, count: count)
    }

    deinit {
        unsafe base.deallocate()
    }

    /// Moves the floats from `start` to `end` to the front.
    func moveToFront(from start: Int, to end: Int) {
        precondition(0 <= start && start <= end && end <= count, "a move must stay inside the buffer")
        unsafe base.update(from: base + start, count: end - start)
    }

    /// Sets the floats of a range to zero.
    func clear(_ range: Range<Int>) {
        precondition(range.upperBound <= count, "the range must lie inside the buffer")
        unsafe (base + range.lowerBound).update(repeating: 0, count: range.count)
    }

    /// Copies samples to a place in the buffer.
    func replace(at start: Int, with samples: Span<Float>) {
        precondition(start + samples.count <= count, "the samples must fit into the buffer")
        unsafe samples.withUnsafeBufferPointer { source in
            guard let source = source.baseAddress else { return }
            unsafe (base + start).update(from: source, count: samples.count)
        }
    }
}
